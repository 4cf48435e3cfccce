"""An event goes into the meter of its item and period, and its value among those of a unique count."""

from actors.invoicing.desk import Desk
from actors.invoicing.keys import usage_unique_key
from actors.invoicing.metering import counted
from actors.invoicing.usage_periods import Place
from actors.invoicing.usage_states import MeterState, UniqueState, UniqueValue, UsageMeter, unique_id
from messages.quantities import fraction_of
from messages.usage import UsageEvent


def count(desk: Desk, place: Place, event: UsageEvent, value: str) -> None:
    """Into the meter, which is made by the first event."""
    state: MeterState | None = desk.get(place.meter)
    meter = state.usage_meter if state else _new_meter(desk, place)
    unique_is_new = meter.aggregation == "unique_count" and _is_new(desk, meter.id, value)
    quantity = fraction_of(event.quantity)
    figures = counted(meter.figures, quantity, event.occurred_at, event.id, unique_is_new)
    changes = {"figures": figures, "version": meter.version + 1 if state else 1}
    desk.put(MeterState(tenant=desk.tenant, usage_meter=meter.model_copy(update=changes)))


def _new_meter(desk: Desk, place: Place) -> UsageMeter:
    """Nothing was used yet."""
    return UsageMeter(
        id=place.meter.id,
        subscription=place.subscription.id,
        subscription_item=place.item,
        price=place.price.id,
        currency=place.price.currency,
        aggregation=place.aggregation,
        period_start=place.period.start,
        period_end=place.period.end,
        created_at=desk.now,
    )


def _is_new(desk: Desk, meter: str, value: str) -> bool:
    """Whether no event that counts has this value; from now on one more has it."""
    key = usage_unique_key(desk.tenant, unique_id(meter, value))
    state: UniqueState | None = desk.get(key)
    if state is None:
        first = UniqueValue(id=key.id, meter=meter, value=value, events=1, created_at=desk.now)
        desk.put(UniqueState(tenant=desk.tenant, usage_unique=first))
        return True
    known = state.usage_unique
    changes = {"events": known.events + 1, "version": known.version + 1}
    desk.put(UniqueState(tenant=desk.tenant, usage_unique=known.model_copy(update=changes)))
    return known.events == 0
