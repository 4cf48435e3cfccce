"""What falls due under a test clock does so by its advance alone: alarms become lines of the clock's agenda."""

from collections.abc import Iterable
from datetime import datetime

from actors.invoicing.keys import clock_key, entity_key
from actors.invoicing.states import TestClockState
from actors.runtime.decision import Decision, Key, State, View


def by_clocks(tenant: str, decision: Decision, view: View, now: datetime) -> Decision:
    """The decision with the alarms of clocks' entities on their agendas. `now` is real: then a clock goes on."""
    states = {state.key: state for state in decision.states}
    due: dict[str, datetime | None] = {}
    for entity, at in decision.due.items():
        key = entity_key(tenant, entity)
        clock = _clock_state(tenant, getattr(states.get(key) or view.get(key), "clock", None), states, view)
        if clock is None:
            due[entity] = at
        else:
            states[clock.key] = _noted(clock, entity, at)
    for state in decision.states:
        clock = _clock_state(tenant, getattr(state, "clock", None), states, view)
        if clock is not None and hasattr(state, "step"):
            waits = getattr(state, "step", None) is not None or getattr(state, "canceling", False)
            states[clock.key] = _waiting(clock, state.key.id, waits=waits)
    clocks = [state for state in states.values() if isinstance(state, TestClockState)]
    due |= {clock.test_clock.id: now for clock in clocks if next_entry(clock) is not None or _is_done(clock)}
    if len(states) == len(decision.states) and not clocks:
        return decision
    return Decision(
        *(list(states.values()), decision.events, decision.commands, decision.calls),
        *(decision.outcome, decision.answers, due),
    )


def next_entry(clock: TestClockState) -> tuple[str, datetime] | None:
    """What falls due next up to where the clock goes, unless an answer is waited for. The earliest, then by id."""
    test_clock = clock.test_clock
    if clock.deleted or clock.waiting or not clock.agenda or test_clock.status == "internal_failure":
        return None
    at, entity = min((at, entity) for entity, at in clock.agenda.items())
    return (entity, at) if at <= (test_clock.target or test_clock.now) else None


def _is_done(clock: TestClockState) -> bool:
    """An advance has settled when nothing is left up to its end and no answer is waited for."""
    return clock.test_clock.status == "advancing" and not clock.waiting and next_entry(clock) is None


def _noted(clock: TestClockState, entity: str, at: datetime | None) -> TestClockState:
    others = {who: when for who, when in clock.agenda.items() if who != entity}
    return clock.model_copy(update={"agenda": others if at is None else {**others, entity: at}})


def _waiting(clock: TestClockState, entity: str, *, waits: bool) -> TestClockState:
    others: Iterable[str] = (each for each in clock.waiting if each != entity)
    return clock.model_copy(update={"waiting": (*others, entity) if waits else tuple(others)})


def _clock_state(tenant: str, clock: str | None, states: dict[Key, State], view: View) -> TestClockState | None:
    if clock is None:
        return None
    key = clock_key(tenant, clock)
    state = states.get(key) or view.get(key)
    return state if isinstance(state, TestClockState) else None
