"""From decisions to rows: what one batch will write, publish, answer and begin."""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import BaseModel
from pydantic_core import from_json, to_json

from actors.runtime.conclusions import Conclusion, conclusion_of, inbox_row, settled_row, told_of
from actors.runtime.decision import Asked, Call, Decision
from actors.runtime.journaling import Writer, must_fit
from actors.runtime.privacy import recorded
from actors.runtime.reading import Cause, Incoming
from actors.runtime.told import Told
from messages.envelope import GATEWAY, Command
from messages.subjects import EVENTS
from storage.inbox import InboxRow, SettledCommand
from storage.journal import JournalRow
from storage.work import Alarm, OpenCall


@dataclass(frozen=True, slots=True)
class Result:
    """What is told to whoever waits for a command. `journal_seq` is the last event said with it."""

    told: Told
    journal_seq: int | None
    traceparent: str | None = None


class Texts:
    """The JSON of each model of one decision, written once: an event and an answer often tell the same resource."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}

    def of(self, model: BaseModel) -> str:
        """By identity; the decision keeps the models alive as long as this is used."""
        text = self._texts.get(id(model))
        if text is None:
            text = self._texts[id(model)] = model.model_dump_json()
        return text


@dataclass(slots=True)
class Effects:
    """Grows while a batch is decided; `seq` is the last journal position given out.

    `running` are the commands that wait for their outcome since earlier batches, `reused` those that have a
    row in the inbox and are decided anew, `left_running` those that this batch leaves without an outcome.
    The data of `private` commands is not recorded. `outcomes` counts by type.
    """

    actor: str
    partition: int
    now: datetime
    seq: int
    running: Mapping[str, Command]
    private: AbstractSet[str] = frozenset()
    reused: frozenset[str] = frozenset()
    left_running: dict[str, Command] = field(default_factory=dict)
    inbox: dict[str, InboxRow] = field(default_factory=dict)
    settled: dict[str, SettledCommand] = field(default_factory=dict)
    journal: list[JournalRow] = field(default_factory=list)
    calls: list[OpenCall] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    alarms: dict[tuple[str, str], datetime | None] = field(default_factory=dict)
    retries: set[int] = field(default_factory=set)
    results: list[Result] = field(default_factory=list)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, incoming: Incoming, decision: Decision) -> None:
        """Takes over all effects of one decided message, or raises and takes none."""
        tenant, cause = incoming.message.tenant, incoming.cause
        earlier = self.running.get(decision.answers) if decision.answers else None
        texts = Texts()
        concluded = conclusion_of(incoming, decision, earlier, texts.of)
        if concluded is not None and concluded.outcome is not None:
            must_fit("The answer", concluded.outcome.body)
        rows = self._said(tenant, cause, decision, concluded, texts)
        self.journal.extend(rows)
        self.seq += len(rows)
        self.calls.extend(self._call(tenant, cause, call) for call in decision.calls)
        self.alarms.update({(tenant, entity): at for entity, at in decision.due.items()})
        self.retries.update(decision.retries)
        if concluded is not None:
            last_event = next((row.seq for row in reversed(rows) if row.stream == EVENTS), None)
            self._settle(incoming, concluded, last_event, earlier=earlier is not None)

    def add_stuck(self, incoming: Incoming) -> None:
        """A command that was put aside: it is in the inbox, so that one can ask for it and it is not tried again.

        One that has its row there keeps it as it is.
        """
        if isinstance(incoming.message, Asked) and incoming.message.command.id not in self.reused:
            concluded = Conclusion(incoming.message.command, None)
            message = self._recorded(incoming, concluded.command)
            row = inbox_row(concluded, message, self.partition, None, self.now)
            self.inbox[row.id] = row._replace(status="stuck")
            self.outcomes[row.type, "stuck"] += 1

    def alarm_rows(self) -> list[Alarm]:
        """The alarms to set."""
        return [Alarm(*who, self.partition, at) for who, at in self.alarms.items() if at is not None]

    def alarms_due(self) -> list[Alarm]:
        """Those of them whose time has come already."""
        return [Alarm(*who, self.partition, at) for who, at in self.alarms.items() if at is not None and at <= self.now]

    def _said(
        self, tenant: str, cause: Cause, decision: Decision, concluded: Conclusion | None, texts: Texts
    ) -> list[JournalRow]:
        rows: list[JournalRow] = []
        writer, cause = Writer(self.actor, self.partition, self.now), _in_mode(cause, decision)
        for said in decision.events:
            seq = self.seq + len(rows) + 1
            rows.append(writer.event(seq, tenant, cause, said, texts.of(said.resource)))
        for wish in decision.commands:
            rows.append(writer.wish(self.seq + len(rows) + 1, tenant, cause, wish))
        if concluded and concluded.outcome and concluded.command.source != GATEWAY:
            outcome = concluded.outcome
            seq = self.seq + len(rows) + 1
            rows.append(writer.answer(seq, concluded.command, outcome.status, from_json(outcome.body)))
        return rows

    def _call(self, tenant: str, cause: Cause, call: Call) -> OpenCall:
        return OpenCall(
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
            traceparent=cause.traceparent,
        )

    def _recorded(self, incoming: Incoming, command: Command) -> str:
        return recorded(command, incoming.letter.body, self.private) if incoming.letter else ""

    def _settle(self, incoming: Incoming, concluded: Conclusion, seq: int | None, *, earlier: bool) -> None:
        """A command at hand is always inserted, so that one which was here before cannot pass for new."""
        command = concluded.command
        self.outcomes[command.type, concluded.outcome.kept_as if concluded.outcome else "running"] += 1
        if earlier:
            self.settled[command.id] = settled_row(concluded, None, seq, self.now)
        elif command.id in self.reused:
            self.settled[command.id] = settled_row(concluded, self._recorded(incoming, command), seq, self.now)
        else:
            message = self._recorded(incoming, command)
            self.inbox[command.id] = inbox_row(concluded, message, self.partition, seq, self.now)
        if concluded.outcome is None:
            self.left_running[command.id] = command
        self.results.append(Result(told_of(concluded), seq, incoming.cause.traceparent))


def _in_mode(cause: Cause, decision: Decision) -> Cause:
    """A tenant is live or not for ever, so one thing that is speaks for all: calls and alarms know of no mode."""
    if cause.livemode or not any(getattr(said.resource, "livemode", False) for said in decision.events):
        return cause
    return replace(cause, livemode=True)
