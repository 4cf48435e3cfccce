"""The periods of a subscription, by its anchor, interval and zone; a first one may be shorter than its whole."""

from datetime import datetime

from actors.invoicing.calendar import boundary, number_at, period_at
from actors.invoicing.desk import Desk
from actors.invoicing.keys import price_key
from actors.invoicing.states import PriceState, SubscriptionState
from messages.products import Aggregation, Price, Recurring
from messages.spans import Span
from messages.subscriptions import SubscriptionItem

_MONTHLY = Recurring(interval="month")


def price_of(desk: Desk, item: SubscriptionItem) -> Price:
    """An item's price."""
    state: PriceState = desk.get(price_key(desk.tenant, item.price))
    return state.price


def recurring_of(desk: Desk, items: list[SubscriptionItem]) -> Recurring:
    """The interval that all items share."""
    recurring = price_of(desk, items[0]).recurring
    assert recurring is not None, "only recurring prices come into a subscription"
    return recurring


def is_metered(desk: Desk, item: SubscriptionItem) -> bool:
    """Whether it is billed afterwards, by what was used."""
    return counted_by(desk, item) is not None


def counted_by(desk: Desk, item: SubscriptionItem) -> Aggregation | None:
    """How what was used of it is added up; None where it is not metered."""
    recurring = price_of(desk, item).recurring
    if recurring is None or recurring.usage_type != "metered":
        return None
    return recurring.aggregate_usage or "sum"


def whole_at(desk: Desk, state: SubscriptionState, moment: datetime) -> Span:
    """The whole period that contains the moment, though the subscription may have begun inside it."""
    subscription = state.subscription
    recurring = recurring_of(desk, subscription.items)
    return period_at(subscription.billing_cycle_anchor, recurring, state.work.zone, moment)


def period_from(desk: Desk, state: SubscriptionState, moment: datetime) -> Span:
    """From the moment on up to the end of the whole period that contains it."""
    return Span(start=moment, end=whole_at(desk, state, moment).end)


def coupon_end(anchor: datetime, zone: str | None, start: datetime, months: int) -> datetime:
    """So many months after the first monthly boundary, counted from the anchor, at or after the start."""
    number = number_at(anchor, _MONTHLY, zone, start)
    on_boundary = boundary(anchor, _MONTHLY, zone, number) == start
    return boundary(anchor, _MONTHLY, zone, number + months + (not on_boundary))
