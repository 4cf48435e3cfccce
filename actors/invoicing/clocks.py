"""Test clocks: made, advanced, and one step of an advance."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from actors.invoicing.desk import Desk
from actors.invoicing.keys import clock_key, customer_key, subscription_key
from actors.invoicing.needs import around
from actors.invoicing.rules import Rule
from actors.invoicing.states import CustomerState, TestClockState, changed
from actors.invoicing.subscription_canceling import end
from actors.runtime.decision import Asked, Done, Key, Pending, Refused, View
from actors.runtime.refusals import Refusal, found, wrong_state
from messages.envelope import Command
from messages.test_clocks import (
    Advance,
    AdvanceTestClock,
    CreateTestClock,
    DeletedTestClock,
    DeleteTestClock,
    TestClock,
)


def needs(asked: Asked, view: View) -> set[Key]:
    """The clock itself."""
    _ = view
    return {clock_key(asked.tenant, asked.command.subject)}


def create(desk: Desk, command: Command, wish: CreateTestClock) -> None:
    """201 with the clock, ready at its own `now`."""
    if desk.get(clock_key(desk.tenant, command.subject)) is not None:
        raise Refusal("already_exists", f"The test clock {command.subject} exists already.")
    clock = TestClock(
        id=command.subject,
        name=wish.name,
        now=wish.now,
        metadata=wish.metadata,
        created_at=desk.now,
        updated_at=desk.now,
    )
    desk.put(TestClockState(tenant=desk.tenant, test_clock=clock))
    desk.say("test_clock.created", clock)
    desk.answer(Done(201, clock))


def advance(desk: Desk, command: Command, wish: AdvanceTestClock) -> None:
    """Answered when everything up to `to` has settled."""
    state = _there(desk, command.subject)
    clock = state.test_clock
    if clock.status != "ready":
        raise wrong_state("test_clock", clock.id, clock.status, "advanced", ["ready"])
    if wish.to < clock.now:
        raise Refusal("clock_backwards", f"The clock shows {clock.now.isoformat()} already; time goes on only.")
    going = Advance.model_validate({"from": clock.now, "to": wish.to})
    fields = changed(clock, desk.now, status="advancing", target=wish.to, last_advance=going)
    after = clock.model_copy(update=fields)
    desk.put(state.model_copy(update={"test_clock": after, "command_id": command.id}))
    desk.say("test_clock.advance_started", after, clock)
    desk.answer(Pending(after))


def needs_delete(asked: Asked, view: View) -> set[Key]:
    """The clock, its customers, and all around their subscriptions."""
    tenant, key = asked.tenant, clock_key(asked.tenant, asked.command.subject)
    state: TestClockState | None = view.get(key)
    customers = [customer_key(tenant, customer) for customer in state.test_clock.customers] if state else []
    keys = {key, *customers}
    for customer in customers:
        for subscription in _subscriptions_of(view.get(customer)):
            keys |= around(subscription_key(tenant, subscription), view)
    return keys


def delete(desk: Desk, command: Command, wish: DeleteTestClock) -> None:
    """200. The subscriptions of its customers are canceled, and nothing falls due by it any more."""
    _ = wish
    state = _there(desk, command.subject)
    for customer in state.test_clock.customers:
        for subscription in _subscriptions_of(desk.get(customer_key(desk.tenant, customer))):
            end(desk, desk.get(subscription_key(desk.tenant, subscription)), desk.now)
    before = state.test_clock
    after = before.model_copy(update=changed(before, desk.now))
    desk.put(state.model_copy(update={"test_clock": after, "agenda": {}, "deleted": True}))
    desk.say("test_clock.deleted", after, before)
    desk.answer(Done(200, DeletedTestClock(id=before.id)))


def clock_of(asked: Asked, view: View) -> str | None:
    """Itself: what ends with it ends at its time."""
    _ = view
    return asked.command.subject


def _there(desk: Desk, id_: str) -> TestClockState:
    state: TestClockState = found(desk, clock_key(desk.tenant, id_))
    if state.deleted:
        raise Refusal("not_found", f"There is no test clock {id_}.")
    return state


def _subscriptions_of(customer: CustomerState | None) -> list[str]:
    """Those that have not ended."""
    return [each for each in customer.live if each.startswith("sub_")] if customer else []


def settled(desk: Desk, state: TestClockState) -> None:
    """Everything up to the target has settled: the clock shows it, and who asked is answered."""
    clock = state.test_clock
    shows = {"status": "ready", "target": None, "now": clock.target or clock.now}
    after = clock.model_copy(update={**changed(clock, desk.now), **shows})
    desk.put(state.model_copy(update={"test_clock": after, "command_id": None}))
    desk.say("test_clock.advanced", after, clock)
    if state.command_id is not None:
        desk.answer(Done(200, after), state.command_id)


def stepped(state: TestClockState, entity: str, at: datetime) -> TestClockState:
    """The clock at the instant of this entity, which has no alarm any more. The version rises with an advance alone."""
    clock, agenda = state.test_clock, {who: when for who, when in state.agenda.items() if who != entity}
    advance = clock.last_advance
    if advance is not None and clock.status == "advancing":
        advance = advance.model_copy(update={"instants": advance.instants + 1})
    moved = clock.model_copy(update={"now": max(clock.now, at), "last_advance": advance})
    return state.model_copy(update={"test_clock": moved, "agenda": agenda})


def with_events(state: TestClockState, events: int) -> TestClockState:
    """Counts what was said on the way."""
    advance = state.test_clock.last_advance
    if advance is None or not events:
        return state
    counted = advance.model_copy(update={"events": advance.events + events})
    return state.model_copy(update={"test_clock": state.test_clock.model_copy(update={"last_advance": counted})})


def failed(desk: Desk, state: TestClockState, why: str) -> None:
    """A rule broke: the clock stops where it is, and says so."""
    clock = state.test_clock
    after = clock.model_copy(update=changed(clock, desk.now, status="internal_failure"))
    desk.put(state.model_copy(update={"test_clock": after, "command_id": None}))
    desk.say("test_clock.failed", after, clock)
    if state.command_id is not None:
        desk.answer(Refused("internal_error", why), state.command_id)


RULES: Final[Mapping[str, Rule]] = {
    "test_clock.create": Rule(needs, create),
    "test_clock.advance": Rule(needs, advance),
    "test_clock.delete": Rule(needs_delete, delete, clock_of),
}
