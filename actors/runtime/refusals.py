"""How a rule says no, and the noes that every actor says alike."""

from collections.abc import Callable
from typing import Any, Protocol

from actors.runtime.decision import Key


class Looks(Protocol):
    """What is looked up while a decision is written."""

    def get(self, key: Key, /) -> Any:
        """The state as it stands by now, or None."""
        ...


class Refusal(Exception):
    """The answer is no. `code` is one of `messages.problems`; `extra` goes into the problem as it stands."""

    def __init__(self, code: str, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.code, self.detail, self.extra = code, detail, extra


def found(desk: Looks, key: Key) -> Any:
    """The state that the command is about. Raises Refusal when there is none, or it is another tenant's."""
    state = desk.get(key)
    if state is None:
        raise Refusal("not_found", f"There is no {key.kind.replace('_', ' ')} {key.id}.")
    return state


def referred(desk: Looks, key: Key, pointer: str) -> Any:
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


def must_match(version: int, if_match: int | None) -> None:
    """Raises Refusal when the caller saw another version."""
    if if_match is not None and if_match != version:
        raise Refusal("version_conflict", f"It is at version {version} by now.", version=version)
