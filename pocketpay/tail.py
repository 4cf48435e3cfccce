"""Live messages of NATS, one per line."""

import json
from collections.abc import Callable

import nats
from nats.aio.msg import Msg

from pocketpay.embedded.nats_users import VIEWER, inbox


async def follow(nats_url: str, subject: str, say: Callable[[str], None], *, as_json: bool) -> None:
    """Says every message until cancelled. Raises nats.errors.Error and OSError when it can't connect."""
    connection = await nats.connect(nats_url, inbox_prefix=inbox(VIEWER), max_reconnect_attempts=-1)
    try:
        subscription = await connection.subscribe(subject)
        async for message in subscription.messages:
            say(message.data.decode(errors="replace") if as_json else in_a_line(message))
    finally:
        await connection.close()


def in_a_line(message: Msg) -> str:
    """Time, subject, and status and amount if there are any. Escaped: no value can look like a line."""
    try:
        envelope = json.loads(message.data)
        data = envelope["data"]
        figures = [str(data[name]) for name in ("status", "amount", "currency") if data.get(name) is not None]
        text = " ".join((str(envelope["time"]), message.subject, *figures))
    except (ValueError, KeyError, TypeError, AttributeError):
        text = f"{message.subject} {len(message.data)} bytes"
    return text.encode("unicode_escape").decode()
