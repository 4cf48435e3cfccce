"""From what is said to rows of the journal: the message as it will stand on its stream, byte for byte."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic_core import to_json

from actors.runtime.decision import Said, Wish
from actors.runtime.reading import ANSWER, Cause
from messages.envelope import Command, Outcome
from messages.ids import derived_id, new_id
from messages.resource import Versioned
from messages.subjects import COMMANDS, EVENTS, command_subject, event_subject
from messages.wire import Json, json_of, rfc3339
from storage.journal import JournalRow

MESSAGE_BYTES_MAX = 900_000
"""A little under the server's max_payload of 1 MiB: what could not be published must not be committed."""

CHARACTER_BYTES_MAX = 4
"""In UTF-8."""

UNTOLD = ("version", "updated_at")
"""Fields that move with every change."""

WISH_LIFETIME = timedelta(days=7)


class TooLarge(Exception):
    """A message would not fit on the bus."""


def must_fit(what: str, text: str) -> None:
    """Raises TooLarge. Most texts are so short that their bytes need not be counted."""
    if len(text) > MESSAGE_BYTES_MAX // CHARACTER_BYTES_MAX:
        size = len(text.encode())
        if size > MESSAGE_BYTES_MAX:
            raise TooLarge(f"{what} would be {size} bytes long; at most {MESSAGE_BYTES_MAX} can be told.")


class Row(NamedTuple):
    """What the journal's columns say of a message."""

    id: str
    type: str
    tenant: str
    entity: str
    causation_id: str | None
    entity_seq: int | None
    payment: str | None


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, for which partition, and when; every row gets its position from the caller."""

    actor: str
    partition: int
    now: datetime

    def event(self, seq: int, tenant: str, cause: Cause, said: Said, data: str) -> JournalRow:
        """A fact; `data` is its resource as JSON. Written without a model in between: this is half of all we write."""
        resource, about, event_id = said.resource, said.about, new_id("evt")
        head = {
            "id": event_id,
            "object": "event",
            "type": said.type,
            "api_version": "v1",
            "source": self.actor,
            "subject": resource.id,
            "time": rfc3339(self.now),
            "sequence": resource.version,
            "tenant": tenant,
            **_carried_on(cause),
            "customer_id": about.customer_id,
            "about": about.__dict__,
            "clock": said.clock,
        }
        changes = _changes(said.before, resource) if said.before else "{}"
        message = f'{to_json(head).decode()[:-1]},"changes":{changes},"data":{data}}}'
        row = Row(event_id, said.type, tenant, resource.id, cause.causation_id, resource.version, about.payment)
        return self._row(seq, EVENTS, event_subject(tenant, said.type, resource.id), row, message)

    def wish(self, seq: int, tenant: str, cause: Cause, wish: Wish) -> JournalRow:
        """A command to another actor. Its id follows from its place: alarms of many tenants may wish for the same."""
        command = Command(
            id=derived_id("cmd", self.now, self.actor, str(self.partition), str(seq)),
            type=wish.type,
            actor=wish.actor,
            tenant=tenant,
            subject=wish.subject,
            source=self.actor,
            time=self.now,
            expires_at=self.now + WISH_LIFETIME,
            entity=wish.entity,
            data=json_of(wish.data),
            **_carried_on(cause, livemode=wish.livemode),
        )
        return self._command(seq, command, wish.about.payment)

    def answer(self, seq: int, asked: Command, status: int, body: Json) -> JournalRow:
        """The outcome of another actor's command, on its way back to the entity that asked."""
        told = Outcome(command_id=asked.id, type=asked.type, status=status, body=body)
        command = Command(
            id=derived_id("cmd", self.now, asked.id, ANSWER),
            type=ANSWER,
            actor=asked.source,
            tenant=asked.tenant,
            subject=asked.entity or asked.subject,
            source=self.actor,
            time=self.now,
            data=json_of(told),
            **_carried_on(asked),
        )
        return self._command(seq, command, None)

    def _command(self, seq: int, command: Command, payment: str | None) -> JournalRow:
        subject = command_subject(command.tenant, command.type, command.actor, command.subject)
        row = Row(command.id, command.type, command.tenant, command.subject, command.causation_id, None, payment)
        return self._row(seq, COMMANDS, subject, row, command.model_dump_json())

    def _row(self, seq: int, stream: str, subject: str, row: Row, message: str) -> JournalRow:
        must_fit(row.type, message)
        return JournalRow(
            partition=self.partition,
            seq=seq,
            id=row.id,
            stream=stream,
            subject=subject,
            tenant=row.tenant,
            type=row.type,
            entity=row.entity,
            entity_seq=row.entity_seq,
            payment=row.payment,
            causation_id=row.causation_id,
            message=message,
            recorded_at=self.now,
        )


def _carried_on(cause: Cause | Command, *, livemode: bool = False) -> Json:
    """What an effect takes over from what brought it about."""
    return {
        "livemode": cause.livemode or livemode,
        "principal": cause.principal,
        "correlation_id": cause.correlation_id,
        "causation_id": cause.causation_id,
        "traceparent": cause.traceparent,
    }


def _changes(before: Versioned, after: Versioned) -> str:
    """What the moved fields were before, as JSON."""
    earlier, later = before.__dict__, after.__dict__
    names = {name for name, value in later.items() if name not in UNTOLD and earlier[name] != value}
    return before.model_dump_json(include=names)
