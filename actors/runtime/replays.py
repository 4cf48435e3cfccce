"""Which commands are new, and what to tell those that have been here before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic_core import to_json

from actors.runtime.conclusions import NOTHING_ACCEPTED
from actors.runtime.decision import Asked
from actors.runtime.reading import Incoming
from actors.runtime.told import Told
from messages.envelope import GATEWAY, Command
from messages.wire import Json
from storage.inbox import SeenCommand


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody waits at `reply_to` for the outcome of the command, and perhaps for its acceptance."""

    command_id: str
    reply_to: str
    tell_accepted: bool


@dataclass(slots=True)
class SortedOut:
    """`fresh` is to be decided; `answers` can be told at once; `attempts` wait for an outcome."""

    fresh: list[Incoming] = field(default_factory=list)
    reused: list[str] = field(default_factory=list)
    replays: list[str] = field(default_factory=list)
    answers: list[tuple[str, Told, int | None]] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)


def sort_out(incoming: Sequence[Incoming], seen: Mapping[str, SeenCommand], now: datetime) -> SortedOut:
    """In order. Of several with one id the first counts; another request under the same id is a mismatch.

    A client's command that comes too late never happens; what an actor asks for is always answered.
    """
    result = SortedOut()
    first: dict[str, Command] = {}
    for one in incoming:
        if not isinstance(one.message, Asked):
            result.fresh.append(one)
            continue
        command = one.message.command
        known = seen.get(command.id)
        if known is not None and known.status == "stuck" and one.parked is not None and command.id not in first:
            first[command.id] = command
            result.fresh.append(one)
            result.reused.append(command.id)
            _wait(result, command)
        elif known is not None and known.status != "released":
            _tell_again(result, command, known)
        elif command.id in first:
            _join(result, command, first[command.id])
        elif command.source != GATEWAY or command.expires_at is None or command.expires_at > now:
            first[command.id] = command
            result.fresh.append(_as_before(one, one.message, known) if known else one)
            if known is not None:
                result.reused.append(command.id)
            _wait(result, command)
    return result


def _as_before(one: Incoming, asked: Asked, released: SeenCommand) -> Incoming:
    """The same request under a released key is about what it was about before, whatever id was chosen now.

    A refusal that changed nothing, as every released one of another status did, was about nothing yet.
    """
    if released.outcome_status not in NOTHING_ACCEPTED or released.fingerprint != _fingerprint(asked.command):
        return one
    command = asked.command.model_copy(update={"subject": released.subject})
    return replace(one, message=replace(asked, command=command, again=True), entity=released.subject)


def _tell_again(result: SortedOut, command: Command, known: SeenCommand) -> None:
    if known.fingerprint != _fingerprint(command):
        _refuse(result, command, Command.model_validate_json(known.message))
    elif known.status in ("running", "stuck"):
        if command.tell_accepted:
            _tell(result, command, Told(command.id, None, None))
        _wait(result, command)
    else:
        told = Told(command.id, known.outcome_status, known.outcome_body, replayed=True)
        result.replays.append(command.id)
        _tell(result, command, told, known.position)


def _join(result: SortedOut, command: Command, first: Command) -> None:
    if _fingerprint(command) != _fingerprint(first):
        _refuse(result, command, first)
    else:
        _wait(result, command)


def _refuse(result: SortedOut, command: Command, first: Command) -> None:
    body: Json = {
        "code": "idempotency_mismatch",
        "detail": "The key was used for another request; a new request needs a new key.",
        "differing": differing(first, command),
    }
    _tell(result, command, Told(command.id, 422, to_json(body).decode()))


def differing(first: Command, second: Command) -> list[str]:
    """JSON pointers of what the second request says otherwise; `/` alone when it is another kind of request.

    So too when the first one's data was not recorded: then nobody knows where they differ.
    """
    if first.type != second.type or _path(first) != _path(second) or not first.data:
        return ["/"]
    names = sorted(first.data.keys() | second.data.keys())
    pointers = [f"/{name}" for name in names if first.data.get(name) != second.data.get(name)]
    return [pointer for pointer in pointers if pointer not in CHOSEN_BY_THE_GATEWAY] or ["/"]


CHOSEN_BY_THE_GATEWAY = ("/refund",)
"""Ids that a gateway makes anew for every attempt."""


def _wait(result: SortedOut, command: Command) -> None:
    if command.reply_to is not None:
        result.attempts.append(Attempt(command.id, command.reply_to, command.tell_accepted))


def _tell(result: SortedOut, command: Command, told: Told, position: int | None = None) -> None:
    if command.reply_to is not None:
        result.answers.append((command.reply_to, told, position))


def _fingerprint(command: Command) -> str | None:
    return command.request.fingerprint if command.request else None


def _path(command: Command) -> str | None:
    return command.request.path if command.request else None
