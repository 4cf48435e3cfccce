"""Limits of usage: said to be reached once per item and period, and never in the way of what is recorded."""

from datetime import datetime

from actors.invoicing.desk import Desk
from actors.invoicing.keys import subscription_key, usage_limit_key, usage_meter_key
from actors.invoicing.metering import measured
from actors.invoicing.states import SubscriptionState, changed
from actors.invoicing.usage_states import MeterState, UsageLimitState, meter_id
from actors.runtime.decision import Asked, Done, Key, View
from actors.runtime.refusals import Refusal, found
from messages.envelope import About, Command
from messages.quantities import fraction_of, text_of
from messages.usage import SetUsageLimit, UsageLimit


def needs(asked: Asked, view: View) -> set[Key]:
    """The subscription, the item's limit, and what it has used in the current period."""
    tenant, item = asked.tenant, asked.data.subscription_item
    key = subscription_key(tenant, asked.command.subject)
    state: SubscriptionState | None = view.get(key)
    keys = {key, usage_limit_key(tenant, item)}
    if state is not None:
        keys.add(_current_meter(state, item))
    return keys


def set_limit(desk: Desk, command: Command, wish: SetUsageLimit) -> None:
    """200 with the limit. One that is reached already is said to be so at once."""
    state: SubscriptionState = found(desk, subscription_key(desk.tenant, command.subject))
    item = wish.subscription_item
    if all(each.id != item for each in state.subscription.items):
        detail = f"{state.subscription.id} has no item {item}."
        raise Refusal("reference_not_found", detail, pointer="/subscription_item")
    quantity = text_of(fraction_of(wish.quantity)) if wish.quantity is not None else None
    limit = _limit(desk, state, item, quantity, desk.now)
    desk.put(UsageLimitState(tenant=desk.tenant, usage_limit=limit))
    tell_if_reached(desk, _current_meter(state, item))
    latest: UsageLimitState = desk.get(usage_limit_key(desk.tenant, item))
    desk.answer(Done(200, latest.usage_limit))


def tell_if_reached(desk: Desk, meter: Key) -> None:
    """Says it, unless it was said of this limit in the meter's period before."""
    state: MeterState | None = desk.get(meter)
    if state is None:
        return
    counter = state.usage_meter
    kept: UsageLimitState | None = desk.get(usage_limit_key(desk.tenant, counter.subscription_item))
    limit = kept.usage_limit if kept else None
    if limit is None or limit.quantity is None or limit.quantity == counter.limit_told:
        return
    if measured(counter.figures, counter.aggregation) < fraction_of(limit.quantity):
        return
    reached = limit.model_copy(update=changed(limit, desk.now, reached_at=desk.now))
    told = counter.model_copy(update={"limit_told": limit.quantity, "version": counter.version + 1})
    desk.put(UsageLimitState(tenant=desk.tenant, usage_limit=reached))
    desk.put(MeterState(tenant=desk.tenant, usage_meter=told))
    desk.say("usage.limit_reached", reached, limit, _about(desk, limit))


def _limit(desk: Desk, state: SubscriptionState, item: str, quantity: str | None, now: datetime) -> UsageLimit:
    kept: UsageLimitState | None = desk.get(usage_limit_key(desk.tenant, item))
    if kept is not None:
        limit = kept.usage_limit
        reached_at = limit.reached_at if limit.quantity == quantity else None
        return limit.model_copy(update=changed(limit, now, quantity=quantity, reached_at=reached_at))
    return UsageLimit(
        id=item,
        subscription=state.subscription.id,
        subscription_item=item,
        quantity=quantity,
        created_at=now,
        updated_at=now,
    )


def _current_meter(state: SubscriptionState, item: str) -> Key:
    return usage_meter_key(state.tenant, meter_id(item, state.subscription.current_period.start))


def _about(desk: Desk, limit: UsageLimit) -> About:
    state: SubscriptionState | None = desk.get(subscription_key(desk.tenant, limit.subscription))
    customer = state.subscription.customer_id if state else None
    return About(customer_id=customer, subscription=limit.subscription)
