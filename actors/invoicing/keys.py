"""Under which key the invoicing actor keeps each of its states."""

from collections.abc import Callable
from functools import partial
from typing import Final

from actors.runtime.decision import Key

KeyOf = Callable[[str, str], Key]
"""Of a tenant and an id."""

customer_key: Final[KeyOf] = partial(Key, "customer")
product_key: Final[KeyOf] = partial(Key, "product")
lookup_key: Final[KeyOf] = partial(Key, "lookup_key")
price_key: Final[KeyOf] = partial(Key, "price")
coupon_key: Final[KeyOf] = partial(Key, "coupon")
tax_rate_key: Final[KeyOf] = partial(Key, "tax_rate")
subscription_key: Final[KeyOf] = partial(Key, "subscription")
invoice_key: Final[KeyOf] = partial(Key, "invoice")
party_key: Final[KeyOf] = partial(Key, "invoice_party")
series_key: Final[KeyOf] = partial(Key, "invoice_series")
credit_note_key: Final[KeyOf] = partial(Key, "credit_note")
clock_key: Final[KeyOf] = partial(Key, "test_clock")
usage_event_key: Final[KeyOf] = partial(Key, "usage_event")
usage_meter_key: Final[KeyOf] = partial(Key, "usage_meter")
usage_unique_key: Final[KeyOf] = partial(Key, "usage_unique")
usage_limit_key: Final[KeyOf] = partial(Key, "usage_limit")
revenue_key: Final[KeyOf] = partial(Key, "revenue")
revenue_day_key: Final[KeyOf] = partial(Key, "revenue_day")
earning_key: Final[KeyOf] = partial(Key, "earning")

_OF_PREFIX: Final = {
    "sub": subscription_key,
    "inv": invoice_key,
    "cn": credit_note_key,
    "clock": clock_key,
    "rev": revenue_key,
}


def revenue_id(clock: str | None) -> str:
    """Under which revenue is kept of those who live by this clock, or in real time."""
    return f"rev_{clock or 'real'}"


def revenue_keys(tenant: str, clock: str | None) -> set[Key]:
    """Where it is kept: needed by whatever issues, voids or credits an invoice."""
    return {revenue_key(tenant, revenue_id(clock))}


def entity_key(tenant: str, entity: str) -> Key:
    """Lanes and alarms carry the id alone: its prefix says of which resource it is. Any other is a customer's."""
    return _OF_PREFIX.get(entity.partition("_")[0], customer_key)(tenant, entity)
