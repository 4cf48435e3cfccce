"""Subscribers, each by a clock that goes on to the last day: seats, usage, changes, cards that fail. Pure."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Final

from pocketpay.demo.steps import Step, Track, midnight

SUBSCRIBERS: Final = ("subscriber-1", "subscriber-2", "subscriber-3")
BEGINS: Final = date(2026, 1, 1)
STOPS_DAYS: Final = (3, 12)
"""So far goes a clock at once."""


def catalogue(draw: Random) -> Track:
    """A seat and a metered call."""
    month = {"interval": "month"}
    seat = {"product": "@product", "currency": "USD", "unit_amount": draw.randint(500, 5000), "recurring": month}
    metered = month | {"usage_type": "metered", "aggregate_usage": "sum"}
    call = {"product": "@product", "currency": "USD", "unit_amount": draw.randint(1, 20), "recurring": metered}
    return (
        Step("product", "/products", {"name": "Simulated", "unit_label": "seat"}),
        Step("price-seat", "/prices", seat),
        Step("price-call", "/prices", call),
    )


def history(draw: Random, customer_id: str, days: int) -> Track:
    """From the first day to the last."""
    put = {"name": customer_id, "default_payment_method": "pm_card_visa", "test_clock": f"@{customer_id}-clock"}
    items = [{"price": "@price-seat", "quantity": draw.randint(1, 9)}, {"price": "@price-call"}]
    subscribed = {"customer_id": customer_id, "items": items}
    return (
        Step(f"{customer_id}-clock", "/test-clocks", {"now": midnight(BEGINS, 0), "name": customer_id}),
        Step(f"{customer_id}-put", f"/customers/{customer_id}", put, "PUT"),
        Step(f"{customer_id}-subscription", "/subscriptions", subscribed),
        *(step for day in _stops(draw, days) for step in _day(draw, customer_id, day)),
    )


def _stops(draw: Random, days: int) -> Iterator[int]:
    day = 0
    while day < days:
        day = min(days, day + draw.randint(*STOPS_DAYS))
        yield day


def _day(draw: Random, customer_id: str, day: int) -> Iterator[Step]:
    name = f"{customer_id}-{day}"
    yield Step(name, f"/test-clocks/@{customer_id}-clock/advance", {"to": midnight(BEGINS, day)})
    if draw.random() < 0.6:
        yield _used(draw, customer_id, day)
    if draw.random() < 0.3:
        item = {"id": f"@{customer_id}-subscription#items.0.id", "price": "@price-seat", "quantity": draw.randint(1, 9)}
        yield Step(f"{name}-change", f"/subscriptions/@{customer_id}-subscription/change", {"items": [item]})
    if draw.random() < 0.3:
        card = draw.choice(("pm_card_visa", "pm_card_chargeDeclined"))
        yield Step(f"{name}-card", f"/customers/{customer_id}", {"default_payment_method": card}, "PATCH")


def _used(draw: Random, customer_id: str, day: int) -> Step:
    """An hour before midnight, which is now."""
    events = [
        {
            "id": f"{customer_id}-{day}-call-{number}",
            "subscription": f"@{customer_id}-subscription",
            "subscription_item": f"@{customer_id}-subscription#items.1.id",
            "quantity": str(draw.randint(1, 200)),
            "occurred_at": f"{midnight(BEGINS, day - 1)[:11]}23:00:00Z",
        }
        for number in range(draw.randint(1, 5))
    ]
    return Step(f"{customer_id}-{day}-used", "/usage-events/bulk", {"events": events})
