"""A rule as a value: which states a command is decided by, how, and under whose clock."""

from collections.abc import Callable
from typing import Any, NamedTuple

from actors.invoicing.desk import Desk
from actors.invoicing.keys import KeyOf
from actors.invoicing.states import TestClockState
from actors.runtime.decision import Asked, Key, View
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


class Refusal(Exception):
    """The answer is no. `code` is one of `messages.problems`; `extra` goes into the problem as it stands."""

    def __init__(self, code: str, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.code, self.detail, self.extra = code, detail, extra


def found(desk: Desk, key: Key) -> Any:
    """The state that the command is about. Raises Refusal when there is none, or it is another tenant's."""
    state = desk.get(key)
    if state is None:
        raise Refusal("not_found", f"There is no {key.kind.replace('_', ' ')} {key.id}.")
    return state


def referred(desk: Desk, key: Key, pointer: str) -> Any:
    """A state that the body names at this JSON Pointer. Raises Refusal when there is none."""
    return referred_in(desk.get, key, pointer)


def referred_in(get: Callable[[Key], Any], key: Key, pointer: str) -> Any:
    """The same, wherever states are looked up."""
    state = get(key)
    if state is None:
        detail = f"There is no {key.kind.replace('_', ' ')} {key.id}."
        raise Refusal("reference_not_found", detail, pointer=pointer)
    return state


def invalid(pointer: str, code: str, detail: str) -> Refusal:
    """422 about one place of the body, which only the rules could see."""
    errors = [{"pointer": pointer, "code": code, "detail": detail}]
    return Refusal("validation_failed", detail, errors=errors)


def wrong_state(kind: str, id_: str, status: str, verb: str, allowed: list[str]) -> Refusal:
    """409: its status does not allow what was asked."""
    detail = f"The {kind.replace('_', ' ')} {id_} is {status} and cannot be {verb}."
    resource = {"object": kind, "id": id_}
    return Refusal("wrong_state", detail, resource=resource, status_now=status, allowed_from=sorted(allowed))


def must_stand_still(clock: TestClockState | None) -> None:
    """Raises Refusal: while a clock is advanced, nothing else happens to its customers."""
    if clock is not None and clock.test_clock.status == "advancing":
        raise wrong_state("test_clock", clock.test_clock.id, "advancing", "used before it is ready", ["ready"])


def must_match(version: int, if_match: int | None) -> None:
    """Raises Refusal when the caller saw another version."""
    if if_match is not None and if_match != version:
        raise Refusal("version_conflict", f"It is at version {version} by now.", version=version)
