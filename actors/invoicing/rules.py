"""A rule as a value: which states a command is decided by, how, and under whose clock."""

from collections.abc import Callable
from typing import Any, NamedTuple

from actors.invoicing.desk import Desk
from actors.invoicing.keys import KeyOf
from actors.invoicing.states import TestClockState
from actors.runtime.decision import Asked, Key, View
from actors.runtime.refusals import wrong_state
from messages.envelope import Command

ClockOf = Callable[[Asked, View], str | None]
"""The test clock by which a command is decided; None: it is decided in real time."""


def under_no_clock(asked: Asked, view: View) -> str | None:
    """What belongs to no customer lives in real time."""
    _ = asked, view


def clock_at(view: View, key: Key) -> str | None:
    """The clock by which lives what is kept there; None also where nothing is."""
    return getattr(view.get(key), "clock", None)


def under_clock_of(key_of: KeyOf, field: str | None = None) -> ClockOf:
    """That of what the command is about, or of what this field of its data names."""

    def clock(asked: Asked, view: View) -> str | None:
        id_ = getattr(asked.data, field) if field else asked.command.subject
        return clock_at(view, key_of(asked.tenant, id_))

    return clock


class Rule(NamedTuple):
    """`needs` is asked until it wants nothing new; the clock that `clock` names is looked up besides.

    `decide` writes on the desk, given the command and its data. Raises Refusal, which undoes all that was written.
    """

    needs: Callable[[Asked, View], set[Key]]
    decide: Callable[[Desk, Command, Any], None]
    clock: ClockOf = under_no_clock


def must_stand_still(clock: TestClockState | None) -> None:
    """Raises Refusal: while a clock is advanced, nothing else happens to its customers."""
    if clock is not None and clock.test_clock.status == "advancing":
        raise wrong_state("test_clock", clock.test_clock.id, "advancing", "used before it is ready", ["ready"])
