"""A connection to NATS for a person's command: with a deadline, and with words for what goes wrong."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import SlowConsumerError

from pocketpay.embedded.nats_users import VIEWER, inbox
from pocketpay.program import StartFailed

TOLD_MAX = 20
CONNECT_SECONDS = 5

Trouble = asyncio.Future[None]
"""Gets StartFailed when the server forbids something later on: it says so at any time, and to nobody in particular."""


@contextlib.asynccontextmanager
async def connected(nats_url: str, trouble: Trouble | None = None) -> AsyncIterator[Client]:
    """As the user of the URL. Raises StartFailed when nobody answers or the user is not let in."""
    client = await _connect(nats_url, trouble)
    try:
        yield client
    finally:
        with contextlib.suppress(NatsError, OSError, TimeoutError):
            await asyncio.wait_for(client.close(), CONNECT_SECONDS)


async def _connect(nats_url: str, trouble: Trouble | None) -> Client:
    told: list[str] = []

    async def report(error: Exception) -> None:
        told.append(str(error))
        del told[:-TOLD_MAX]
        lost = isinstance(error, OSError | TimeoutError)  # it connects again by itself
        if trouble is not None and not trouble.done() and not lost:
            trouble.set_exception(StartFailed(_in_words(error)))

    parts = urlsplit(nats_url)
    where, user = f"{parts.hostname}:{parts.port or 4222}", parts.username or VIEWER
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return await nats.connect(
                nats_url,
                name=f"pocketpay {user}",
                inbox_prefix=inbox(user),
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.5,
                error_cb=report,
            )
    except (TimeoutError, OSError, NatsError) as error:
        if any("authorization" in each.lower() for each in (*told, str(error))):
            raise StartFailed(f"NATS on {where} does not let {user} in: its password is another one") from None
        silent = f"NATS on {where} does not answer within {CONNECT_SECONDS} s: `pocketpay status` says what runs"
        raise StartFailed(silent) from None


def _in_words(error: Exception) -> str:
    if isinstance(error, SlowConsumerError):
        return "more is said than can be shown, and some was left out: narrow it down by tenant, type or subject"
    return f"NATS says: {error}"
