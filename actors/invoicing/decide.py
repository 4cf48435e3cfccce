"""The invoicing actor's pure half: which rule a message goes to, and at what time it is decided."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from actors.invoicing import (
    catalogue_prices,
    catalogue_products,
    clocks,
    coupons,
    credit_notes,
    credit_refunds,
    customer_rules,
    hearing,
    invoice_alarms,
    invoice_commands,
    invoice_drafts,
    recognizing,
    refunds_heard,
    settling,
    subscriptions,
    usage_rules,
)
from actors.invoicing.agenda import by_clocks, next_entry
from actors.invoicing.desk import Desk
from actors.invoicing.keys import clock_key, entity_key
from actors.invoicing.needs import around, of_clock
from actors.invoicing.rules import Rule, clock_at, must_stand_still
from actors.invoicing.states import TestClockState
from actors.invoicing.terms import Terms
from actors.runtime.decision import Answered, Asked, Decision, FellDue, Heard, Key, Message, Refused, View
from actors.runtime.refusals import Refusal
from messages.wire import in_utc_milliseconds

RULES: Final[Mapping[str, Rule]] = {
    **clocks.RULES,
    **catalogue_products.RULES,
    **catalogue_prices.RULES,
    **coupons.RULES,
    **customer_rules.RULES,
    **usage_rules.RULES,
    **subscriptions.RULES,
    **invoice_drafts.RULES,
    **invoice_commands.RULES,
    **credit_notes.RULES,
}
"""By the command's type; every slice brings its own."""

DUE: Final[Mapping[str, Callable[[Desk, Any, datetime], None]]] = {
    **subscriptions.DUE,
    "invoice": invoice_alarms.rung,
    "credit_note": credit_refunds.rung,
    "revenue": recognizing.fell_due,
}
"""What happens when the alarm of an entity rings, by the kind of its key. The state may be None."""

ANSWERED: Final[Mapping[str, Callable[[Desk, Any, Answered], None]]] = {
    "invoice": settling.answered,
    "credit_note": credit_refunds.answered,
    "revenue": recognizing.answered,
}
"""What follows from the answer that another actor gives to an entity, by the kind of its key."""

HEARD_NEEDS: Final[Mapping[str, Callable[[Heard, View], set[Key]]]] = {
    **hearing.HEARD_NEEDS,
    **refunds_heard.HEARD_NEEDS,
}
HEARD: Final[Mapping[str, Callable[[Desk, Heard], None]]] = {
    **hearing.HEARD,
    **refunds_heard.HEARD,
}
"""By the event's type."""


def needs(message: Message, view: View) -> set[Key]:
    """The states that the message is decided by."""
    match message:
        case Asked(command=command):
            rule = RULES[command.type]
            return rule.needs(message, view) | of_clock(message.tenant, rule.clock(message, view))
        case FellDue(tenant=tenant, entity=entity) if entity.startswith("clock_"):
            return _of_step(clock_key(tenant, entity), view)
        case FellDue(tenant=tenant, entity=entity) | Answered(tenant=tenant, entity=entity):
            return around(entity_key(tenant, entity), view)
        case Heard(event=event):
            return HEARD_NEEDS[event.type](message, view)
        case _:
            return set()


def decide(terms: Terms, message: Message, view: View, now: datetime) -> Decision:
    """All effects of one message."""
    now = in_utc_milliseconds(now)
    match message:
        case FellDue(tenant=tenant, entity=entity) if entity.startswith("clock_"):
            decision = _step(terms, tenant, view.get(clock_key(tenant, entity)), view, now)
        case Asked():
            decision = _asked(terms, message, view, now)
        case FellDue(tenant=tenant, entity=entity, at=at):
            decision = _rung(_desk(terms, tenant, clock_at(view, entity_key(tenant, entity)), view, now), entity, at)
        case Answered(tenant=tenant, entity=entity):
            desk = _desk(terms, tenant, clock_at(view, entity_key(tenant, entity)), view, now)
            ANSWERED[entity_key(tenant, entity).kind](desk, view.get(entity_key(tenant, entity)), message)
            decision = desk.decision()
        case Heard(event=event):
            desk = _desk(terms, message.tenant, None, view, now)
            HEARD[event.type](desk, message)
            decision = desk.decision()
        case _:
            return Decision()
    return by_clocks(message.tenant, decision, view, now)


def _asked(terms: Terms, message: Asked, view: View, now: datetime) -> Decision:
    command, rule = message.command, RULES[message.command.type]
    clock = rule.clock(message, view)
    desk = _desk(terms, message.tenant, clock, view, now)
    desk.cause = command.id
    try:
        _must_be_ready(desk, clock)
        rule.decide(desk, command, message.data)
    except Refusal as no:
        return Decision(outcome=Refused(no.code, no.detail, no.extra))
    return desk.decision()


def _must_be_ready(desk: Desk, clock: str | None) -> None:
    """Raises Refusal where the clock is just being advanced, or gone."""
    state: TestClockState | None = desk.get(clock_key(desk.tenant, clock)) if clock else None
    must_stand_still(state)
    if state is not None and state.deleted:
        raise Refusal("not_found", f"The test clock {state.test_clock.id}, by which the customer lived, was deleted.")


def _rung(desk: Desk, entity: str, at: datetime) -> Decision:
    key = entity_key(desk.tenant, entity)
    desk.cause = f"{entity}/{at.isoformat()}"
    DUE[key.kind](desk, desk.get(key), at)
    return desk.decision()


def _of_step(key: Key, view: View) -> set[Key]:
    state: TestClockState | None = view.get(key)
    entry = next_entry(state) if state else None
    return {key} | (around(entity_key(key.tenant, entry[0]), view) if entry else set())


def _step(terms: Terms, tenant: str, state: TestClockState | None, view: View, now: datetime) -> Decision:
    """One instant of one entity under the clock, or the end of the advance."""
    if state is None or state.waiting:
        return Decision()
    entry = next_entry(state)
    if entry is None:
        desk = Desk(tenant, terms, view, now)
        if state.test_clock.status == "advancing":
            clocks.settled(desk, state)
        return desk.decision()
    moved = clocks.stepped(state, *entry)
    desk = Desk(tenant, terms, view, moved.test_clock.now, moved.test_clock.id)
    desk.put(moved)
    try:
        _rung(desk, *entry)
    except Exception as error:
        if isinstance(error, KeyError) and any(key not in view for key in _of_step(state.key, view)):
            raise  # it is not broken: what came before it in the turn led it to states that nobody has looked up
        broken = Desk(tenant, terms, view, now)  # a broken rule stops this clock, not the tenant's whole partition
        clocks.failed(broken, state, f"{entry[0]} could not be moved on: {error}")
        return broken.decision()
    desk.put(clocks.with_events(desk.get(moved.key), len(desk.events)))
    return desk.decision()


def _desk(terms: Terms, tenant: str, clock: str | None, view: View, now: datetime) -> Desk:
    """At the time of the clock, if there is one."""
    state: TestClockState | None = view.get(clock_key(tenant, clock)) if clock else None
    return Desk(tenant, terms, view, state.test_clock.now if state else now, clock)
