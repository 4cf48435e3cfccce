"""Which item, price and period an event of usage belongs to, or why to none."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from actors.invoicing.calendar import period_at
from actors.invoicing.keys import clock_key, invoice_key, price_key, subscription_key, usage_meter_key
from actors.invoicing.rules import must_stand_still
from actors.invoicing.states import InvoiceState, PriceState, SubscriptionState, TestClockState
from actors.invoicing.usage_states import MeterState, meter_id
from actors.runtime.decision import Key
from actors.runtime.refusals import Refusal, invalid, referred_in, wrong_state
from messages.products import Aggregation, Price, Recurring
from messages.spans import Span
from messages.subscriptions import Subscription, SubscriptionItem, SubscriptionStatus
from messages.usage import BulkUsageWish

Get = Callable[[Key], Any]
"""A state, or None; of a view or of a desk."""

AHEAD: Final = timedelta(minutes=5)
"""So far may the clocks of those who report usage be ahead of ours."""


class Place(NamedTuple):
    """Where an event belongs. `counts`: its period is not billed yet."""

    subscription: Subscription
    item: str
    price: Price
    aggregation: Aggregation
    at: datetime
    period: Span
    meter: Key
    counts: bool


def keys_of_subscription(tenant: str, subscription: str, get: Get) -> set[Key]:
    """All that places of its usage depend on, but for the meters."""
    key = subscription_key(tenant, subscription)
    state: SubscriptionState | None = get(key)
    if state is None:
        return {key}
    clock = {clock_key(tenant, state.clock)} if state.clock else set()
    prices = {price_key(tenant, item.price) for item in state.subscription.items}
    return {key} | clock | prices | {invoice_key(tenant, closed.invoice) for closed in state.work.closed}


def place_of(tenant: str, wish: BulkUsageWish, asked_at: datetime, get: Get) -> Place:
    """Raises Refusal. Without a time of its own an event happened when it was asked for, by its customer's clock."""
    state: SubscriptionState = referred_in(get, subscription_key(tenant, wish.subscription), "/subscription")
    now = _now_of(tenant, state, asked_at, get)
    item, price, recurring = _metered(tenant, state.subscription, wish.subscription_item, get)
    at = wish.occurred_at or now
    _must_be_in_its_time(state.subscription, at, now)
    _must_still_be_there(state, item.id, at)
    period, is_open = _period_of(tenant, state, item.id, recurring, at, get)
    meter = usage_meter_key(tenant, meter_id(item.id, period.start))
    known: MeterState | None = get(meter)
    billed = known is not None and known.usage_meter.invoice_line is not None
    aggregation = recurring.aggregate_usage or "sum"
    return Place(state.subscription, item.id, price, aggregation, at, period, meter, is_open and not billed)


def _now_of(tenant: str, state: SubscriptionState, asked_at: datetime, get: Get) -> datetime:
    """Raises Refusal while the clock is advanced: nothing else happens to its customers."""
    clock: TestClockState | None = get(clock_key(tenant, state.clock)) if state.clock else None
    must_stand_still(clock)
    return clock.test_clock.now if clock else asked_at


def _metered(
    tenant: str, subscription: Subscription, item_id: str | None, get: Get
) -> tuple[SubscriptionItem, Price, Recurring]:
    """The item that is named, or the only one that is metered. Raises Refusal."""
    metered: list[tuple[SubscriptionItem, Price, Recurring]] = []
    for item in subscription.items:
        state: PriceState | None = get(price_key(tenant, item.price))
        recurring = state.price.recurring if state else None
        if state is not None and recurring is not None and recurring.usage_type == "metered":
            metered.append((item, state.price, recurring))
    found = [each for each in metered if item_id is None or each[0].id == item_id]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        detail = f"{len(found)} items of {subscription.id} are metered: say which by subscription_item."
        raise invalid("/subscription_item", "missing", detail)
    if item_id is not None and all(item.id != item_id for item in subscription.items):
        raise Refusal("reference_not_found", f"{subscription.id} has no item {item_id}.", pointer="/subscription_item")
    raise Refusal("usage_not_metered", f"{item_id or f'No item of {subscription.id}'} has a metered price.")


def _must_be_in_its_time(subscription: Subscription, at: datetime, now: datetime) -> None:
    """Raises Refusal for what cannot have happened to it, or not yet."""
    if subscription.status is SubscriptionStatus.INCOMPLETE_EXPIRED:
        allowed = [status.value for status in SubscriptionStatus if status is not SubscriptionStatus.INCOMPLETE_EXPIRED]
        raise wrong_state("subscription", subscription.id, subscription.status, "used", allowed)
    if at > now + AHEAD:
        raise invalid("/occurred_at", "too_large", f"It would happen more than five minutes after {now.isoformat()}.")
    if at < subscription.start_date:
        raise invalid("/occurred_at", "too_small", f"{subscription.id} began at {subscription.start_date.isoformat()}.")
    end = _end_of(subscription)
    if end is not None and at >= end:
        raise invalid("/occurred_at", "too_large", f"{subscription.id} ends at {end.isoformat()}.")


def _end_of(subscription: Subscription) -> datetime | None:
    """When it ended, or will as things stand."""
    at_period_end = subscription.current_period.end if subscription.cancel_at_period_end else None
    return subscription.ended_at or min(filter(None, (subscription.cancel_at, at_period_end)), default=None)


def _must_still_be_there(state: SubscriptionState, item: str, at: datetime) -> None:
    """Raises Refusal for what happens after the item goes by a scheduled change: no invoice would ask for it."""
    change = state.subscription.scheduled_change
    if change is None or state.work.change_waits or at < change.at:
        return
    if all(each.id != item for each in change.items):
        raise invalid("/occurred_at", "too_large", f"The item {item} goes at {change.at.isoformat()}.")


def _period_of(
    tenant: str, state: SubscriptionState, item: str, recurring: Recurring, at: datetime, get: Get
) -> tuple[Span, bool]:
    """The period, and whether it may be added to. One that is over may be as long as its invoice is a draft.

    The current one may be closed for an item that has gone, and is open for those that stay. What is over was never
    open for an item that came afterwards.
    """
    subscription, current = state.subscription, state.subscription.current_period
    in_current = current.start <= at < current.end
    if in_current and subscription.status is not SubscriptionStatus.CANCELED:
        return current, True
    for closed in reversed(state.work.closed):
        invoice: InvoiceState | None = get(invoice_key(tenant, closed.invoice))
        if closed.span.start <= at < closed.span.end and invoice is not None and _asks_for(invoice, item):
            return closed.span, invoice.is_draft
    if in_current:
        return current, False
    period = period_at(subscription.billing_cycle_anchor, recurring, state.work.zone, at)
    if at < current.start:
        return period, False
    # The next one has begun already, and the subscription is about to be renewed into it; under a pause that invoices
    # nothing it is billed from the end of that pause on.
    paused = subscription.pause is not None and subscription.pause.behavior == "none"
    return Span(start=max(period.start, current.end), end=period.end), not paused


def _asks_for(invoice: InvoiceState, item: str) -> bool:
    return any(line.type == "usage" and line.subscription_item == item for line in invoice.lines)
