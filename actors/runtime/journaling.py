"""From what is said to rows of the journal: the message as it will stand on its stream, byte for byte."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from actors.runtime.decision import Said, Wish
from actors.runtime.reading import ANSWER, Cause
from messages.envelope import About, Command, EventHead, Outcome
from messages.ids import derived_id, new_id
from messages.resource import Versioned
from messages.subjects import COMMANDS, EVENTS, command_subject, event_subject
from messages.wire import Json, json_of, with_member
from storage.journal import JournalRow

MESSAGE_BYTES_MAX = 900_000
"""A little under the server's max_payload of 1 MiB: what could not be published must not be committed."""

UNTOLD = ("version", "updated_at")
"""Fields that move with every change."""

WISH_LIFETIME = timedelta(days=7)


class TooLarge(Exception):
    """A message would not fit on the bus."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, for which partition, and when; every row gets its position from the caller."""

    actor: str
    partition: int
    now: datetime

    def event(self, seq: int, tenant: str, cause: Cause, said: Said, data: str) -> JournalRow:
        """A fact; `data` is its resource as JSON text."""
        resource = said.resource
        head = EventHead(
            id=new_id("evt"),
            type=said.type,
            source=self.actor,
            subject=resource.id,
            time=self.now,
            sequence=resource.version,
            tenant=tenant,
            livemode=cause.livemode,
            principal=cause.principal,
            correlation_id=cause.correlation_id,
            causation_id=cause.causation_id,
            traceparent=cause.traceparent,
            customer_id=said.about.customer_id,
            about=said.about,
            changes=_changes(said.before, resource) if said.before else {},
        )
        subject = event_subject(tenant, said.type, head.subject)
        return self._row(seq, subject, head, with_member(head, "data", data), said.about)

    def wish(self, seq: int, tenant: str, cause: Cause, wish: Wish, number: int) -> JournalRow:
        """A command to another actor; `number` tells those of one cause apart."""
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
        return self._row(seq, subject, command, command.model_dump_json(), wish.about)

    def answer(self, seq: int, asked: Command, status: int, body: Json) -> JournalRow:
        """The outcome of another actor's command, on its way back to the entity that asked."""
        to = asked.entity or asked.subject
        told = Outcome(command_id=asked.id, type=asked.type, status=status, body=body)
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
        subject = command_subject(asked.tenant, ANSWER, asked.source, to)
        return self._row(seq, subject, command, command.model_dump_json(), About())

    def _row(self, seq: int, subject: str, message: EventHead | Command, text: str, about: About) -> JournalRow:
        if len(text) > MESSAGE_BYTES_MAX:
            raise TooLarge(f"{message.type} would be {len(text)} bytes long")
        return JournalRow(
            partition=self.partition,
            seq=seq,
            id=message.id,
            stream=EVENTS if isinstance(message, EventHead) else COMMANDS,
            subject=subject,
            tenant=message.tenant,
            type=message.type,
            entity=message.subject,
            entity_seq=message.sequence if isinstance(message, EventHead) else None,
            payment=about.payment,
            causation_id=message.causation_id,
            message=text,
            recorded_at=self.now,
        )


def _changes(before: Versioned, after: Versioned) -> Json:
    """What the moved fields were before."""
    names = {
        name
        for name in type(after).model_fields
        if name not in UNTOLD and getattr(before, name) != getattr(after, name)
    }
    return before.model_dump(mode="json", include=names)
