"""From decisions to rows: what one batch will write, publish, answer and begin. Pure but for fresh event ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel
from pydantic_core import to_json

from actors.runtime.decision import Asked, Decision, Done, Pending, Refused, Said, Wish
from actors.runtime.reading import ANSWER, Cause, Incoming
from messages.envelope import About, Accepted, Command, Event, Outcome
from messages.envelope import Done as DoneReply
from messages.ids import derived_id, new_id
from messages.problems import PROBLEMS
from messages.subjects import COMMANDS, EVENTS, command_subject, event_subject
from messages.wire import Json, json_of
from storage.inbox import InboxRow, SettledCommand, Status
from storage.journal import JournalRow
from storage.work import Alarm, OpenCall

MESSAGE_BYTES_MAX = 900_000
"""A little under the server's max_payload of 1 MiB: what could not be published must not be committed."""

KEY_STAYS_FREE = (429, 503)
"""Statuses that mean that nothing was accepted."""

UNTOLD = ("version", "updated_at")
"""Fields that move with every change."""

WISH_LIFETIME = timedelta(days=7)


class TooLarge(Exception):
    """A message would not fit on the bus."""


@dataclass(frozen=True, slots=True)
class Result:
    """What is told to whoever waits for a command. `journal_seq` is the last thing said with it."""

    command_id: str
    reply: DoneReply | Accepted
    journal_seq: int | None


@dataclass(frozen=True, slots=True)
class Final:
    """An outcome as the inbox keeps it and as it is told."""

    status: int
    body: Json
    kept_as: Status


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A command and what is decided of it: final, or until then `shown` to a client that doesn't wait."""

    command: Command
    outcome: Final | None
    shown: BaseModel | None = None


@dataclass(slots=True)
class Effects:
    """Grows while a batch is decided; `seq` is the last journal position given out.

    `running` are the commands that wait for their outcome, `reused` those that come again after a released key.
    """

    actor: str
    partition: int
    now: datetime
    seq: int
    running: Mapping[str, Command]
    reused: frozenset[str] = frozenset()
    inbox: dict[str, InboxRow] = field(default_factory=dict)
    settled: dict[str, SettledCommand] = field(default_factory=dict)
    journal: list[JournalRow] = field(default_factory=list)
    calls: list[OpenCall] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    alarms: dict[tuple[str, str], datetime | None] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)

    def add(self, incoming: Incoming, decision: Decision) -> None:
        """Takes over all effects of one decided message, or raises and takes none."""
        tenant, cause = incoming.message.tenant, incoming.cause
        concluded = self._concluded(incoming, decision)
        rows = self._said(tenant, cause, decision)
        if concluded and concluded.command.source != "gateway" and concluded.outcome:
            rows.append(self._answer_row(self.seq + len(rows) + 1, concluded))
        self.journal.extend(rows)
        self.seq += len(rows)
        last_event = next((row.seq for row in reversed(rows) if row.stream == EVENTS), None)
        self.calls.extend(
            OpenCall(
                id=call.id,
                partition=self.partition,
                tenant=tenant,
                lane=call.lane,
                operation=call.operation,
                request=to_json(call.request).decode(),
                command_id=cause.causation_id,
                principal=cause.principal,
                correlation_id=cause.correlation_id,
                opened_at=self.now,
            )
            for call in decision.calls
        )
        for entity, at in decision.due.items():
            self.alarms[tenant, entity] = at
        if concluded:
            self._settle(incoming, concluded, last_event)

    def alarm_rows(self) -> list[Alarm]:
        """The alarms to set."""
        return [
            Alarm(who[0], who[1], self.partition, at) for who, at in self.alarms.items() if at is not None
        ]

    def _said(self, tenant: str, cause: Cause, decision: Decision) -> list[JournalRow]:
        rows: list[JournalRow] = []
        for said in decision.events:
            rows.append(self._event_row(self.seq + len(rows) + 1, tenant, cause, said))
        for number, wish in enumerate(decision.commands):
            rows.append(self._wish_row(self.seq + len(rows) + 1, tenant, cause, wish, number))
        return rows

    def _event_row(self, seq: int, tenant: str, cause: Cause, said: Said) -> JournalRow:
        after = json_of(said.resource)
        event = Event(
            id=new_id("evt"),
            type=said.type,
            source=self.actor,
            subject=after["id"],
            time=self.now,
            sequence=after["version"],
            tenant=tenant,
            livemode=cause.livemode,
            principal=cause.principal,
            correlation_id=cause.correlation_id,
            causation_id=cause.causation_id,
            traceparent=cause.traceparent,
            customer_id=said.about.customer_id,
            about=said.about,
            changes=_changes(json_of(said.before), after) if said.before else {},
            data=after,
        )
        return self._row(
            seq, EVENTS, event_subject(tenant, said.type, event.subject), event, said.about, event.sequence
        )

    def _concluded(self, incoming: Incoming, decision: Decision) -> "Conclusion | None":
        """Which command this decision says something of, if any."""
        asked = incoming.message if isinstance(incoming.message, Asked) else None
        if decision.answers is not None:
            command = self.running.get(decision.answers)
            return Conclusion(command, _outcome(decision.outcome)) if command and decision.outcome else None
        if asked is None:
            return None
        if decision.outcome is None:
            raise ValueError(f"{asked.command.type} was left without an outcome")
        if isinstance(decision.outcome, Pending):
            return Conclusion(asked.command, None, decision.outcome.body)
        return Conclusion(asked.command, _outcome(decision.outcome))

    def _settle(self, incoming: Incoming, concluded: "Conclusion", last_event: int | None) -> None:
        command, outcome = concluded.command, concluded.outcome
        if outcome is None:
            reply: DoneReply | Accepted = Accepted(
                command_id=command.id, resource=json_of(concluded.shown) if concluded.shown else None
            )
        else:
            reply = DoneReply(command_id=command.id, status=outcome.status, body=outcome.body)
        self.results.append(Result(command.id, reply, last_event))
        if command.id in self.running or command.id in self.reused:
            self.settled[command.id] = self._settled_row(incoming, concluded, last_event)
        else:
            self.inbox[command.id] = self._inbox_row(incoming, concluded, last_event)

    def _settled_row(
        self, incoming: Incoming, concluded: "Conclusion", last_event: int | None
    ) -> SettledCommand:
        command, outcome = concluded.command, concluded.outcome
        again = command.id in self.reused
        return SettledCommand(
            id=command.id,
            status=outcome.kept_as if outcome else "running",
            outcome_status=outcome.status if outcome else None,
            outcome_body=to_json(outcome.body).decode() if outcome else None,
            outcome_seq=last_event,
            finished_at=self.now if outcome else None,
            fingerprint=command.request.fingerprint if again and command.request else None,
            message=_text(incoming) if again else None,
            subject=command.subject if again else None,
        )

    def _inbox_row(self, incoming: Incoming, concluded: "Conclusion", last_event: int | None) -> InboxRow:
        command, outcome = concluded.command, concluded.outcome
        return InboxRow(
            id=command.id,
            partition=self.partition,
            tenant=command.tenant,
            type=command.type,
            subject=command.subject,
            source=command.source,
            principal=command.principal,
            correlation_id=command.correlation_id,
            idempotency_key=command.idempotency_key,
            fingerprint=command.request.fingerprint if command.request else None,
            message=_text(incoming),
            status=outcome.kept_as if outcome else "running",
            received_at=self.now,
            outcome_status=outcome.status if outcome else None,
            outcome_body=to_json(outcome.body).decode() if outcome else None,
            outcome_seq=last_event,
            finished_at=self.now if outcome else None,
        )

    def _answer_row(self, seq: int, concluded: "Conclusion") -> JournalRow:
        """The outcome of another actor's command, on its way back to the entity that asked."""
        asked, outcome = concluded.command, concluded.outcome
        assert outcome is not None
        to = asked.entity or asked.subject
        told = Outcome(command_id=asked.id, type=asked.type, status=outcome.status, body=outcome.body)
        command = Command(
            id=derived_id("cmd", self.now, asked.id, ANSWER),
            type=ANSWER,
            actor=asked.source,
            tenant=asked.tenant,
            livemode=asked.livemode,
            subject=to,
            principal=asked.principal,
            source=self.actor,
            correlation_id=asked.correlation_id,
            causation_id=asked.causation_id,
            traceparent=asked.traceparent,
            time=self.now,
            data=json_of(told),
        )
        return self._row(
            seq, COMMANDS, command_subject(asked.tenant, ANSWER, asked.source, to), command, About(), None
        )

    def _wish_row(self, seq: int, tenant: str, cause: Cause, wish: Wish, number: int) -> JournalRow:
        command = Command(
            id=derived_id("cmd", self.now, cause.causation_id or "", wish.type, wish.subject, str(number)),
            type=wish.type,
            actor=wish.actor,
            tenant=tenant,
            livemode=cause.livemode,
            subject=wish.subject,
            principal=cause.principal,
            source=self.actor,
            correlation_id=cause.correlation_id,
            causation_id=cause.causation_id,
            traceparent=cause.traceparent,
            time=self.now,
            expires_at=self.now + WISH_LIFETIME,
            entity=wish.entity,
            data=json_of(wish.data),
        )
        subject = command_subject(tenant, wish.type, wish.actor, wish.subject)
        return self._row(seq, COMMANDS, subject, command, wish.about, None)

    def _row(
        self,
        seq: int,
        stream: str,
        subject: str,
        message: Event | Command,
        about: About,
        entity_seq: int | None,
    ) -> JournalRow:
        text = message.model_dump_json()
        if len(text) > MESSAGE_BYTES_MAX:
            raise TooLarge(f"{message.type} would be {len(text)} bytes long")
        return JournalRow(
            partition=self.partition,
            seq=seq,
            id=message.id,
            stream=stream,
            subject=subject,
            tenant=message.tenant,
            type=message.type,
            entity=message.subject,
            entity_seq=entity_seq,
            payment=about.payment,
            causation_id=message.causation_id,
            message=text,
            recorded_at=self.now,
        )


def _outcome(outcome: Done | Refused | Pending | None) -> Final:
    match outcome:
        case Done(status, body):
            return Final(status, json_of(body), "done")
        case Refused(code, detail, extra):
            status = PROBLEMS[code].status
            body: Json = {"code": code, "detail": detail, **extra}
            return Final(status, body, "released" if status in KEY_STAYS_FREE else "refused")
        case _:
            raise ValueError("an earlier command can only be done or refused")


def _changes(before: Json, after: Json) -> Json:
    """What the moved fields were before."""
    return {
        name: value
        for name, value in before.items()
        if name not in UNTOLD and after.get(name, value) != value
    }


def _text(incoming: Incoming) -> str:
    return incoming.letter.body.decode() if incoming.letter else ""
