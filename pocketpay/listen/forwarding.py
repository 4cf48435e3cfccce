"""From an event to the webhook that an endpoint would get, and to what became of it."""

import asyncio
import base64
import binascii
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from actors.notifications.delivering import Sender
from actors.notifications.signing import signed_headers
from messages.webhook_addresses import networks
from messages.wire import Json
from pocketpay.tail.lines import word
from pocketpay.tail.wanted import fits

EVERYWHERE: Final = networks(("0.0.0.0/0", "::/0"))
"""Whoever runs `listen` may call what they like from their own machine."""

REPEATS_SECONDS: Final = (1, 3, 9)
NEVER_DELIVERED: Final = ("webhook.*", "mail.*")
PREFIX: Final = "whsec_"
SECRET_BYTES: Final = range(24, 65)


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What became of one event: the last of its attempts."""

    event: str
    type: str
    sequence: int
    attempts: int
    result: str
    response_status: int | None
    error: str | None
    duration_ms: int

    def as_json(self) -> str:
        """One line, whatever is in it."""
        return json.dumps(asdict(self))

    def in_line(self) -> str:
        """`12:00:01 payment.succeeded         evt_01ja…  200  41 ms`."""
        said = str(self.response_status or self.error)
        tries = "" if self.attempts == 1 else f"  {self.attempts} attempts"
        given_up = "" if self.result == "succeeded" else "  GIVEN UP"
        now = datetime.now(UTC).strftime("%H:%M:%S")
        return f"{now} {word(self.type):<30} {word(self.event)}  {said}  {self.duration_ms} ms{tries}{given_up}"


@dataclass(frozen=True, slots=True)
class Forward:
    """Where to, signed with what."""

    url: str
    secret: str
    sender: Sender
    repeats_seconds: Sequence[float] = REPEATS_SECONDS

    async def deliver(self, text: str, sequence: int) -> Forwarded:
        """Repeats what fails a few times, for as long as no other event may overtake it."""
        event: Json = json.loads(text)
        body, attempts = webhook_body(text, sequence), 0
        while True:
            headers = signed_headers(event["id"], datetime.now(UTC), body, (self.secret,))
            told = await self.sender.post(self.url, body, headers)
            attempts += 1
            if told["result"] == "succeeded" or attempts > len(self.repeats_seconds):
                break
            await asyncio.sleep(self.repeats_seconds[attempts - 1])
        return Forwarded(
            event=event["id"],
            type=event["type"],
            sequence=sequence,
            attempts=attempts,
            result=told["result"],
            response_status=told["response_status"],
            error=told["error"],
            duration_ms=told["duration_ms"],
        )


def webhook_body(event: str, sequence: int) -> str:
    """The event as it is, with the block that a delivery has."""
    delivery = json.dumps({"endpoint": "listen", "sequence": sequence, "replay": False}, separators=(",", ":"))
    return f'{event.rstrip().removesuffix("}")},"delivery":{delivery}}}'


def takes(text: str, types: Sequence[str]) -> bool:
    """Whether the event is of one of these types, and of a kind that endpoints are told at all."""
    kind = json.loads(text)["type"]
    return any(fits(kind, each) for each in types) and not any(fits(kind, each) for each in NEVER_DELIVERED)


def new_secret() -> str:
    """Of one run."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def is_secret(text: str) -> bool:
    """As Standard Webhooks has them: `whsec_` and 24 to 64 bytes in base64."""
    try:
        return text.startswith(PREFIX) and (
            len(base64.b64decode(text.removeprefix(PREFIX), validate=True)) in SECRET_BYTES
        )
    except (binascii.Error, ValueError):
        return False
