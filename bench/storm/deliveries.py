"""What a storm consists of: events of payments that exist, each delivered three times, a tenth of them forged."""

import hmac
import json
import random
from collections.abc import Sequence
from typing import NamedTuple

from messages.payments import SIMULATED

COPIES = 3
FORGED_ONE_IN = 10
PATH = f"/webhooks/{SIMULATED}/demo"


class Delivery(NamedTuple):
    """An event on its way: its number, and whether its signature is no good."""

    number: int
    forged: bool


def shuffled(events: int, seed: str) -> list[Delivery]:
    """All deliveries of so many events. All copies of a forged one are forged, so nothing of it may be found."""
    deliveries = [Delivery(number, number % FORGED_ONE_IN == 0) for number in range(events) for _ in range(COPIES)]
    random.Random(seed).shuffle(deliveries)  # noqa: S311 - the same lot for the same storm
    return deliveries


def event_id(storm: str, delivery: Delivery) -> str:
    """Under which it would be recorded."""
    return f"evt_{storm}_{'forged' if delivery.forged else 'good'}_{delivery.number}"


def body(storm: str, delivery: Delivery, payments: Sequence[str], at_seconds: int) -> bytes:
    """A charge that succeeded, of one of these payments, as Stripe shapes it."""
    payment = payments[delivery.number % len(payments)]
    charge = {
        "id": f"ch_{payment}",
        "object": "charge",
        "amount": 1000,
        "amount_captured": 1000,
        "captured": True,
        "currency": "usd",
        "metadata": {"pocketpay_payment_id": payment},
        "status": "succeeded",
    }
    about = {"id": event_id(storm, delivery), "object": "event", "type": "charge.succeeded", "livemode": False}
    return json.dumps({**about, "created": at_seconds, "data": {"object": charge}}).encode()


def signature(told: bytes, delivery: Delivery, secret: str, at_seconds: int) -> str:
    """The header over this body. Forged ones are of another body, another secret, or far too old."""
    if delivery.forged:
        fault = delivery.number // FORGED_ONE_IN % 3
        told = told.replace(b"1000", b"1001") if fault == 0 else told
        secret = f"not {secret}" if fault == 1 else secret
        at_seconds -= 3600 if fault == 2 else 0
    signed = hmac.digest(secret.encode(), b"%d.%s" % (at_seconds, told), "sha256").hex()
    return f"t={at_seconds},v1={signed}"
