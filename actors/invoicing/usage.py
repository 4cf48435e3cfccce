"""Usage: recorded once per id, counted into the meter of its item and period, or known to have come too late."""

from typing import Any, Final

from actors.invoicing.desk import Desk
from actors.invoicing.keys import (
    subscription_key,
    usage_event_key,
    usage_limit_key,
    usage_meter_key,
    usage_unique_key,
)
from actors.invoicing.usage_counting import count
from actors.invoicing.usage_limits import tell_if_reached
from actors.invoicing.usage_periods import Get, Place, keys_of_subscription, place_of
from actors.invoicing.usage_states import MeterState, UsageEventState, unique_id
from actors.runtime.decision import Asked, Done, Key, View
from actors.runtime.refusals import Refusal, found
from messages.envelope import About, Command
from messages.quantities import fraction_of, text_of
from messages.usage import BulkUsageWish, RecordUsage, UsageCounts, UsageEvent, UsageResult

TOLD_MAX: Final = 100


def needs(asked: Asked, view: View) -> set[Key]:
    """Events by their ids, what places them, and the meters, values and limits that they count into."""
    tenant, wishes, get = asked.tenant, asked.data.events, view.get
    keys: set[Key] = set()
    for subscription in {wish.subscription for wish in wishes}:
        keys |= keys_of_subscription(tenant, subscription, get)
    for wish in wishes:
        keys |= _keys_of_event(asked, wish, get)
    return keys


def record(desk: Desk, command: Command, asked: RecordUsage) -> None:
    """201 with the event, or 200 with the first one of this id; of many 200 with what became of each."""
    if asked.single:
        found(desk, subscription_key(desk.tenant, asked.events[0].subscription))
    meters: dict[Key, None] = {}
    results = [_result(desk, command, wish, meters, strict=asked.single) for wish in asked.events]
    for meter in meters:
        tell_if_reached(desk, meter)
    counts = _counts(command.id, results)
    if counts.recorded or counts.late:
        about = _about(desk, asked.events)
        desk.say("usage.recorded", counts.model_copy(update={"data": results[:TOLD_MAX]}), about=about)
    if not asked.single:
        desk.answer(Done(200, counts))
        return
    state: UsageEventState = desk.get(usage_event_key(desk.tenant, asked.events[0].id))
    desk.answer(Done(200 if counts.duplicate else 201, as_it_stands(state, desk.get)))


def as_it_stands(state: UsageEventState, get: Get) -> UsageEvent:
    """The event, which is invoiced when its meter is."""
    event = state.usage_event
    meter: MeterState | None = get(usage_meter_key(state.tenant, state.meter)) if state.meter else None
    if event.status != "recorded" or meter is None or meter.usage_meter.invoice_line is None:
        return event
    return event.model_copy(update={"status": "invoiced", "invoice_line": meter.usage_meter.invoice_line})


def _keys_of_event(asked: Asked, wish: BulkUsageWish, get: Get) -> set[Key]:
    tenant, key = asked.tenant, usage_event_key(asked.tenant, wish.id)
    known: UsageEventState | None = get(key)
    if known is not None:
        return {key, usage_meter_key(tenant, known.meter)} if known.meter else {key}
    try:
        place = place_of(tenant, wish, asked.command.time, get)
    except Refusal:
        return {key}
    keys = {key, place.meter, usage_limit_key(tenant, place.item)}
    if place.aggregation == "unique_count":
        keys.add(usage_unique_key(tenant, unique_id(place.meter.id, value_of(wish))))
    return keys


def value_of(wish: BulkUsageWish) -> str:
    """What a unique count tells it apart by."""
    return wish.unique if wish.unique is not None else text_of(fraction_of(wish.quantity))


def _result(desk: Desk, command: Command, wish: BulkUsageWish, meters: dict[Key, None], *, strict: bool) -> UsageResult:
    """What became of one; `meters` collects those that it went into. If `strict` it raises Refusal."""
    if desk.get(usage_event_key(desk.tenant, wish.id)) is not None:
        return UsageResult(id=wish.id, result="duplicate")
    try:
        place = place_of(desk.tenant, wish, command.time, desk.get)
    except Refusal as no:
        if strict:
            raise
        return UsageResult(id=wish.id, result="rejected", error=no.code, detail=no.detail)
    event = _event(desk, wish, place)
    meter = place.meter.id if place.counts else None
    desk.put(UsageEventState(tenant=desk.tenant, usage_event=event, meter=meter, value=value_of(wish)))
    if not place.counts:
        return UsageResult(id=wish.id, result="late")
    count(desk, place, event, value_of(wish))
    meters[place.meter] = None
    return UsageResult(id=wish.id, result="recorded")


def _event(desk: Desk, wish: BulkUsageWish, place: Place) -> UsageEvent:
    return UsageEvent(
        id=wish.id,
        status="recorded" if place.counts else "late",
        subscription=place.subscription.id,
        subscription_item=place.item,
        customer_id=place.subscription.customer_id,
        quantity=text_of(fraction_of(wish.quantity)),
        properties=wish.properties,
        occurred_at=place.at,
        recorded_at=desk.now,
        period=place.period,
    )


def _counts(command_id: str, results: list[UsageResult]) -> UsageCounts:
    counts = dict.fromkeys(("recorded", "duplicate", "late", "rejected"), 0)
    for each in results:
        counts[each.result] += 1
    return UsageCounts(id=command_id, data=results, **counts)


def _about(desk: Desk, wishes: list[BulkUsageWish]) -> About:
    """Whom and what it concerns, if that is only one."""
    subscriptions = {wish.subscription for wish in wishes}
    if len(subscriptions) > 1:
        return About()
    state: Any = desk.get(subscription_key(desk.tenant, subscriptions.pop()))
    return About(customer_id=state.subscription.customer_id, subscription=state.subscription.id) if state else About()
