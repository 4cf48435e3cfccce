"""Parked messages on their way back: read again from their rows, as the messages that they were."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import BaseModel
from pydantic_core import from_json

from actors.runtime.actor import Actor
from actors.runtime.decision import FellDue, Returned
from actors.runtime.reading import Cause, Incoming, Letter, Unreadable, from_alarm, from_call, read_letter
from storage.parked import Again, Retried


@dataclass(frozen=True, slots=True)
class Retry:
    """Rows that are tried again in one turn, in the order in which they were parked."""

    rows: Sequence[Retried]

    @property
    def ids(self) -> list[int]:
        """Of the rows."""
        return [row.id for row in self.rows]


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """What can be decided now, what still cannot be read, and what nobody here listens to any more."""

    messages: Sequence[Incoming]
    unreadable: Sequence[Again]
    heard_by_nobody: Sequence[int]


def read_again(retry: Retry, actor: Actor) -> ReadAgain:
    """From rows to messages."""
    messages: list[Incoming] = []
    unreadable: list[Again] = []
    nobody: list[int] = []
    for row in retry.rows:
        try:
            one = _message(row, actor.commands, actor.hears)
        except Unreadable as error:
            unreadable.append(Again(row.id, str(error)))
            continue
        if one is None:
            nobody.append(row.id)
        else:
            messages.append(replace(one, parked=row.id))
    return ReadAgain(messages, unreadable, nobody)


def all_kept(retry: Retry, error: Exception) -> Iterable[Again]:
    """The database refused them: they stay, and the first says why."""
    first, *others = retry.rows
    return [Again(first.id, repr(error)), *(Again(row.id, "") for row in others)]


def _message(
    row: Retried, commands: Mapping[str, type[BaseModel]], hears: Mapping[str, type[BaseModel]]
) -> Incoming | None:
    if row.stream is not None and row.stream_seq is not None:
        return read_letter(Letter(row.stream, row.stream_seq, row.message), commands, hears)
    told = from_json(row.message)
    if "call_id" in told:
        cause = Cause(row.correlation_id or told["call_id"], told["command_id"], row.principal or "system")
        return from_call(Returned(**told), cause)
    return from_alarm(FellDue(told["tenant"], told["entity"], datetime.fromisoformat(told["at"])))
