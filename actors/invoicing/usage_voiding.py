"""Usage that should not have been: it is taken out of its meter, as long as that is not billed."""

from actors.invoicing.desk import Desk
from actors.invoicing.keys import subscription_key, usage_event_key, usage_meter_key, usage_unique_key
from actors.invoicing.metering import Meter
from actors.invoicing.rules import clock_at
from actors.invoicing.usage_states import MeterState, UniqueState, UsageEventState, UsageMeter, unique_id
from actors.runtime.decision import Asked, Done, Key, View
from actors.runtime.refusals import Refusal, found, wrong_state
from messages.envelope import About, Command
from messages.quantities import fraction_of, text_of
from messages.usage import VoidUsage


def needs(asked: Asked, view: View) -> set[Key]:
    """The event, its meter and value, and whose it is."""
    tenant, key = asked.tenant, usage_event_key(asked.tenant, asked.command.subject)
    state: UsageEventState | None = view.get(key)
    if state is None:
        return {key}
    keys = {key, subscription_key(tenant, state.usage_event.subscription)}
    if state.meter is not None:
        keys |= {usage_meter_key(tenant, state.meter), usage_unique_key(tenant, unique_id(state.meter, state.value))}
    return keys


def clock_of(asked: Asked, view: View) -> str | None:
    """The test clock of the event's subscription."""
    event: UsageEventState | None = view.get(usage_event_key(asked.tenant, asked.command.subject))
    return clock_at(view, subscription_key(asked.tenant, event.usage_event.subscription)) if event else None


def void(desk: Desk, command: Command, wish: VoidUsage) -> None:
    """200 with the event, which counts no longer. Its id stays taken: a repeat is not counted either."""
    _ = wish
    state: UsageEventState = found(desk, usage_event_key(desk.tenant, command.subject))
    event = state.usage_event
    if event.status != "recorded" or state.meter is None:
        raise wrong_state("usage_event", event.id, event.status, "voided", ["recorded"])
    meter: MeterState = desk.get(usage_meter_key(desk.tenant, state.meter))
    if meter.usage_meter.invoice_line is not None:
        detail = f"It was billed with {meter.usage_meter.invoice_line}: issue a credit note for what was too much."
        raise Refusal("usage_too_late", detail)
    figures = _without(desk, meter.usage_meter, state)
    changes = {"figures": figures, "version": meter.usage_meter.version + 1}
    desk.put(MeterState(tenant=desk.tenant, usage_meter=meter.usage_meter.model_copy(update=changes)))
    voided = event.model_copy(update={"status": "voided", "version": event.version + 1})
    desk.put(state.model_copy(update={"usage_event": voided}))
    about = About(customer_id=event.customer_id, subscription=event.subscription)
    desk.say("usage.voided", voided, event, about)
    desk.answer(Done(200, voided))


def _without(desk: Desk, meter: UsageMeter, state: UsageEventState) -> Meter:
    """The figures as if it had not been counted. Raises Refusal where what would come instead is not known."""
    event, figures = state.usage_event, meter.figures
    changes: dict[str, object] = {
        "events": figures.events - 1,
        "total": text_of(fraction_of(figures.total) - fraction_of(event.quantity)),
    }
    match meter.aggregation:
        case "unique_count":
            changes["unique_count"] = figures.unique_count - _last_of_its_value(desk, meter, state)
        case "max" if figures.highest == event.quantity:
            raise _decides("highest")
        case "last" if figures.last_id == event.id:
            raise _decides("latest")
        case _:
            pass
    return figures.model_copy(update=changes)


def _last_of_its_value(desk: Desk, meter: UsageMeter, state: UsageEventState) -> bool:
    key = usage_unique_key(desk.tenant, unique_id(meter.id, state.value))
    known: UniqueState = desk.get(key)
    value = known.usage_unique
    changes = {"events": value.events - 1, "version": value.version + 1}
    desk.put(known.model_copy(update={"usage_unique": value.model_copy(update=changes)}))
    return value.events == 1


def _decides(which: str) -> Refusal:
    detail = f"It is the {which} of its period and the price goes by that: what came before it is not kept."
    return Refusal("validation_failed", detail)
