"""Which kind of resource an id names: its prefix says it, and nobody need be asked."""

import re
from typing import Final

OBJECTS: Final = {
    "pay": "payment",
    "ref": "refund",
    "dsp": "dispute",
    "po": "payout",
    "pm": "payment_method",
    "txn": "transaction",
    "hold": "hold",
    "trf": "transfer",
    "cus": "customer",
    "prod": "product",
    "price": "price",
    "cpn": "coupon",
    "promo": "promotion_code",
    "txr": "tax_rate",
    "sub": "subscription",
    "si": "subscription_item",
    "inv": "invoice",
    "cn": "credit_note",
    "use": "usage_event",
    "clock": "test_clock",
    "we": "webhook_endpoint",
    "del": "webhook_delivery",
    "mail": "mail",
    "diff": "difference",
    "evt": "event",
    "cmd": "command",
}
"""Prefix -> `object`. A customer whose id is the caller's own is not among them."""


_WHOLE = re.compile(r"([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}", re.ASCII)


def object_named_by(id_: str) -> str | None:
    """None for what only looks like one of our ids, such as `sub_42`."""
    found = _WHOLE.fullmatch(id_)
    return OBJECTS.get(found[1]) if found else None


def object_of(id_: str) -> str | None:
    """None for an id whose prefix says nothing, such as a customer's own."""
    prefix, _, rest = id_.partition("_")
    return OBJECTS.get(prefix) if rest else None
