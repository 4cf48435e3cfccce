"""How a command ends, or goes on waiting: as the inbox keeps it and as it is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel
from pydantic_core import to_json

from actors.runtime.decision import Asked, Decision, Done, Pending, Refused
from actors.runtime.reading import Incoming
from actors.runtime.told import Told
from messages.envelope import Command
from messages.problems import PROBLEMS
from storage.inbox import InboxRow, SettledCommand, Status

NOTHING_ACCEPTED = (429, 503)
"""Statuses that leave the key free whatever was decided: its repeat is about the same thing."""

OUTCOMES = (402, 404, 409, 412, 422, 423)
"""Statuses of a refusal that uses the key up, and is told again."""

NO_OUTCOMES = ("validation_failed", "idempotency_mismatch")
"""But for these."""


@dataclass(frozen=True, slots=True)
class Final:
    """An outcome as the inbox keeps it; `body` is JSON text."""

    status: int
    body: str
    kept_as: Status


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A command and what is decided of it: final, or until then `shown` (JSON) to a client that doesn't wait."""

    command: Command
    outcome: Final | None
    shown: str | None = None


def conclusion_of(
    incoming: Incoming, decision: Decision, earlier: Command | None, text_of: Callable[[BaseModel], str]
) -> Conclusion | None:
    """Which command this decision says something of, if any; `earlier` is the one that `answers` names."""
    if decision.answers is not None:
        if earlier is None or decision.outcome is None:
            return None
        return Conclusion(earlier, _final(decision, text_of))
    if not isinstance(incoming.message, Asked):
        return None
    command = incoming.message.command
    if decision.outcome is None:
        raise ValueError(f"{command.type} was left without an outcome")
    if isinstance(decision.outcome, Pending):
        shown = decision.outcome.body
        return Conclusion(command, None, text_of(shown) if shown else None)
    return Conclusion(command, _final(decision, text_of, again=incoming.message.again))


def told_of(concluded: Conclusion) -> Told:
    """What is told to whoever waits."""
    command, outcome = concluded.command, concluded.outcome
    if outcome is None:
        return Told(command.id, None, concluded.shown)
    return Told(command.id, outcome.status, outcome.body)


def inbox_row(concluded: Conclusion, message: str, partition: int, seq: int | None, now: datetime) -> InboxRow:
    """For a command that comes for the first time."""
    command, outcome = concluded.command, concluded.outcome
    return InboxRow(
        id=command.id,
        partition=partition,
        tenant=command.tenant,
        type=command.type,
        subject=command.subject,
        source=command.source,
        principal=command.principal,
        correlation_id=command.correlation_id,
        idempotency_key=command.idempotency_key,
        fingerprint=command.request.fingerprint if command.request else None,
        message=message,
        status=outcome.kept_as if outcome else "running",
        received_at=now,
        outcome_status=outcome.status if outcome else None,
        outcome_body=outcome.body if outcome else None,
        outcome_seq=seq,
        finished_at=now if outcome else None,
    )


def settled_row(concluded: Conclusion, message: str | None, seq: int | None, now: datetime) -> SettledCommand:
    """For a command that has a row; with `message`, one that uses a released key again."""
    command, outcome = concluded.command, concluded.outcome
    return SettledCommand(
        id=command.id,
        status=outcome.kept_as if outcome else "running",
        outcome_status=outcome.status if outcome else None,
        outcome_body=outcome.body if outcome else None,
        outcome_seq=seq,
        finished_at=now if outcome else None,
        fingerprint=command.request.fingerprint if message and command.request else None,
        message=message,
        subject=command.subject if message else None,
    )


def leaves_the_key_free(code: str, decision: Decision, *, again: bool = False) -> bool:
    """Whether the key of what is refused with this code may be used for another request.

    A refusal that the contract calls no outcome is one all the same when it left something behind, or when an
    earlier try of it (`again`) may have: the key that made it must not make it anew.
    """
    status = PROBLEMS[code].status
    if status in NOTHING_ACCEPTED:
        return True
    return (status not in OUTCOMES or code in NO_OUTCOMES) and not again and _changes_nothing(decision)


def _changes_nothing(decision: Decision) -> bool:
    effects = (decision.states, decision.events, decision.commands, decision.calls, decision.due, decision.retries)
    return decision.answers is None and not any(effects)


def _final(decision: Decision, text_of: Callable[[BaseModel], str], *, again: bool = False) -> Final:
    match decision.outcome:
        case Done(status, body):
            return Final(status, text_of(body), "done")
        case Refused(code, detail, extra):
            text = to_json({"code": code, "detail": detail, **extra}).decode()
            kept_as = "released" if leaves_the_key_free(code, decision, again=again) else "refused"
            return Final(PROBLEMS[code].status, text, kept_as)
        case _:
            raise ValueError("an earlier command can only be done or refused")
