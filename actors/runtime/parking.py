"""Putting a message aside: what nobody can read or decide, and what waits behind it."""

from datetime import timedelta

from pydantic_core import to_json
from structlog.stdlib import get_logger

from actors.runtime.batch import Turn
from actors.runtime.decision import Answered, Asked, FellDue, Heard, Message, Returned
from actors.runtime.reading import Incoming, Letter
from messages.wire import readable
from storage.parked import Again, ParkedRow

RING_AGAIN_AFTER = timedelta(hours=1)

_log = get_logger()


def put_aside(turn: Turn, one: Incoming, error: Exception, *, in_the_inbox: bool = True) -> None:
    """Nobody can decide it; later messages of its entity wait behind it."""
    _log.error("message.undecidable", type=type_of(one.message), entity=one.entity, exc_info=error)
    turn.blocked.add((one.message.tenant, one.entity))
    _park(turn, one, "undecidable", repr(error), in_the_inbox=in_the_inbox)


def wait_behind(turn: Turn, one: Incoming) -> None:
    """Put aside in its order. An alarm of a blocked entity rings again later: it carries nothing that could be lost."""
    if isinstance(one.message, FellDue) and one.parked is None:
        turn.effects.alarms[one.message.tenant, one.message.entity] = turn.effects.now + RING_AGAIN_AFTER
        return
    _park(turn, one, "behind", "an earlier message of this entity is parked")


def park_unreadable(turn: Turn, letter: Letter, error: Exception) -> None:
    """It says nothing to us, so nobody knows what should wait behind it."""
    turn.parked.append(_row(turn, letter, None, "unreadable", str(error)))


def close_what_brought_it(turn: Turn, one: Incoming) -> None:
    """The call whose result this is, or the alarm that has rung (unless it was set anew)."""
    if isinstance(one.message, Returned) and one.message.result is not None:
        turn.effects.closed.append(one.message.call_id)
    if isinstance(one.message, FellDue) and one.parked is None:
        turn.effects.alarms.setdefault((one.message.tenant, one.message.entity), None)


def type_of(message: Message) -> str:
    """How a message is called in logs and in the table."""
    match message:
        case Asked():
            return message.command.type
        case Heard():
            return message.event.type
        case Answered():
            return message.type
        case Returned():
            return message.operation
        case FellDue():
            return "due"


def _park(turn: Turn, one: Incoming, reason: str, detail: str, *, in_the_inbox: bool = True) -> None:
    """What is parked already stays where it is, with what went wrong this time."""
    if one.parked is not None:
        turn.kept.append(Again(one.parked, detail if reason == "undecidable" else ""))
        return
    turn.parked.append(_row(turn, one.letter, one, reason, detail))
    if in_the_inbox:
        turn.effects.add_stuck(one)
    close_what_brought_it(turn, one)


def _row(turn: Turn, letter: Letter | None, one: Incoming | None, reason: str, detail: str) -> ParkedRow:
    """A message as it is put aside; what it says stays byte for byte."""
    return ParkedRow(
        partition=turn.after.partition,
        tenant=one.message.tenant if one else None,
        stream=letter.stream if letter else None,
        stream_seq=letter.stream_seq if letter else None,
        entity=one.entity if one else None,
        type=type_of(one.message) if one else None,
        reason=reason,
        detail=readable(detail[:2000]),
        message=letter.body if letter else _told(one.message if one else None),
        parked_at=turn.effects.now,
    )


def _told(message: Message | None) -> bytes:
    """As JSON; or as it looks to us, where that is the very trouble: putting aside must never fail."""
    try:
        return to_json(message)
    except ValueError:
        return to_json(readable(repr(message)))
