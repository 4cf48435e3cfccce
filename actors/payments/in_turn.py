"""Several decisions of one message, each knowing what those before it changed."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from actors.runtime.decision import Decision, Key, State, View


def in_turn(view: View, steps: Iterable[Callable[[View], Decision]]) -> Decision:
    """All their effects as one; outcomes are left out."""
    seen, states, whole = dict(view), dict[Key, State](), Decision()
    for step in steps:
        one = step(seen)
        changed = {state.key: state for state in one.states}
        seen |= changed
        states |= changed
        whole = replace(
            whole,
            events=[*whole.events, *one.events],
            calls=[*whole.calls, *one.calls],
            due={**whole.due, **one.due},
        )
    return replace(whole, states=list(states.values()))
