"""From bytes on a stream to a message that an actor's rules can decide."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from actors.runtime.decision import Answered, Asked, FellDue, Heard, Message, Returned
from messages.envelope import Command, Event, Outcome
from messages.subjects import COMMANDS, heard_as

ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it came: `origin` is `<actor>/<partition>/<journal position>`, or None from outside."""

    stream: str
    stream_seq: int
    body: bytes
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """What all effects of a message carry on."""

    correlation_id: str
    causation_id: str | None
    principal: str
    livemode: bool = False
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message with what the runtime must remember about it. `entity` is what later ones wait behind.

    `parked` is the id of the row from which it comes again.
    """

    message: Message
    cause: Cause
    entity: str
    letter: Letter | None = None
    parked: int | None = None


class Unreadable(Exception):
    """These bytes say nothing to us, and never will."""


def read_letter(
    letter: Letter, commands: Mapping[str, type[BaseModel]], hears: Mapping[str, type[BaseModel]]
) -> Incoming | None:
    """The message in a letter, None if it is an event that nobody here listens to. Raises Unreadable."""
    try:
        if letter.stream == COMMANDS:
            return _read_command(letter, commands)
        return _read_event(letter, hears)
    except ValidationError as error:
        raise Unreadable(_shortly(error)) from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise Unreadable(repr(error)) from error


def from_call(result: Returned, cause: Cause) -> Incoming:
    """A call's result, as the message that it is."""
    return Incoming(result, cause, result.lane)


def from_alarm(alarm: FellDue) -> Incoming:
    """A time that has come; nobody asked for it but the entity itself."""
    moment = int(alarm.at.timestamp() * 1000)
    return Incoming(alarm, Cause(f"due_{alarm.entity}_{moment}", None, "system"), alarm.entity)


def _read_command(letter: Letter, commands: Mapping[str, type[BaseModel]]) -> Incoming:
    command = Command.model_validate_json(letter.body)
    cause = Cause(command.correlation_id, command.id, command.principal, command.livemode, command.traceparent)
    if command.type == ANSWER:
        return _read_answer(letter, command)
    model = commands.get(command.type)
    if model is None:
        raise Unreadable(f"there is no command {command.type!r} here")
    return Incoming(Asked(command, model.model_validate(command.data)), cause, command.subject, letter)


def _read_answer(letter: Letter, command: Command) -> Incoming:
    outcome = Outcome.model_validate(command.data)
    cause = Cause(
        command.correlation_id, command.causation_id, command.principal, command.livemode, command.traceparent
    )
    answered = Answered(command.tenant, command.subject, outcome.command_id, outcome.type, outcome.status, outcome.body)
    return Incoming(answered, cause, command.subject, letter)


def _read_event(letter: Letter, hears: Mapping[str, type[BaseModel]]) -> Incoming | None:
    event = Event.model_validate_json(letter.body)
    pattern = heard_as(event.type, hears)
    if pattern is None:
        return None
    model = hears[pattern]
    cause = Cause(event.correlation_id, event.id, event.principal, event.livemode, event.traceparent)
    return Incoming(Heard(event, model.model_validate(event.data)), cause, event.subject, letter)


def _shortly(error: ValidationError) -> str:
    """Where and why, without what the message held."""
    rows = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, row['loc'])) or 'all'}: {row['type']}" for row in rows[:5])
