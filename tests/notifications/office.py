"""The rules of notifications at work in memory: turns of several messages, looks a turn behind, receivers that fail."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic_core import from_json

from actors.notifications.decide import decide, needs
from actors.notifications.directory import wants
from actors.notifications.keys import LOOK, body_key, delivery_key, endpoint_key
from actors.notifications.states import DeliveryState, EndpointState, Found, MailState
from actors.notifications.terms import USUAL, Terms
from actors.runtime.decision import Asked, Call, Decision, Done, FellDue, Heard, Key, Message, Refused, Returned, Said
from actors.runtime.switches import switches_key
from messages.envelope import Command, Event
from messages.notifications import COMMANDS, Anything
from messages.wire import Json, json_of, rfc3339
from storage.notifications import FRESH_MAX, OPEN_MAX, READY_MAX, WAKE_MAX

TENANT = "demo"
START = datetime(2026, 1, 31, tzinfo=UTC)
COMMIT = timedelta(seconds=1)
"""After so long no turn is on its way any more."""

OK: Json = {"result": "succeeded", "response_status": 200, "error": None, "response_body": "ok", "duration_ms": 1}
NO: Json = {"result": "failed", "response_status": 500, "error": "status", "response_body": "", "duration_ms": 1}

Receiver = Callable[[Json], Json]
"""What becomes of an attempt, given the request of its call."""

_LOOKS: dict[str, Callable[[DeliveryState, str], bool]] = {
    "ready_deliveries": lambda each, _: each.standing == "ready",
    "open_deliveries": lambda each, _: each.standing != "over",
    "resting_deliveries": lambda each, _: each.standing == "resting" and not each.asked,
    "failed_deliveries": lambda each, why: (
        each.webhook_delivery.status in ("failed", "discarded")
        and each.position > int(why)
        and (not each.webhook_delivery.replay or each.webhook_delivery.sequence is None)
    ),
}


@dataclass
class Office:
    """`tables` are what looks see: the states before the turn that is on its way."""

    now: datetime = START
    terms: Terms = USUAL
    receiver: Receiver = field(default=lambda _: OK)
    past: list[Event] = field(default_factory=list)
    states: dict[Key, Any] = field(default_factory=dict)
    tables: dict[Key, Any] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    open: list[Call] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    posted: list[tuple[datetime, Json]] = field(default_factory=list)
    mailed: list[Json] = field(default_factory=list)
    outcomes: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    def command(self, type_: str, subject: str, /, **data: Any) -> Asked:
        """A command from the gateway."""
        self.number += 1
        read = COMMANDS[type_].model_validate(data)
        command = Command(
            id=f"cmd_{self.number}",
            type=type_,
            actor="notifications",
            tenant=TENANT,
            subject=subject,
            source="gateway",
            correlation_id="req_1",
            time=self.now,
            data=json_of(read),
        )
        return Asked(command, read)

    def done(self, type_: str, subject: str, /, **data: Any) -> Any:
        """The resource that the command is answered with."""
        asked = self.command(type_, subject, **data)
        self.turn([asked])
        outcome = self.outcomes[asked.command.id]
        assert isinstance(outcome, Done), outcome
        return outcome.body

    def refused(self, type_: str, subject: str, /, **data: Any) -> str:
        """The code of the refusal; nothing has changed and nothing was said."""
        before, said = dict(self.states), len(self.said)
        asked = self.command(type_, subject, **data)
        self.turn([asked])
        outcome = self.outcomes[asked.command.id]
        assert isinstance(outcome, Refused), outcome
        assert (self.states, len(self.said)) == (before, said)
        return outcome.code

    def event(self, type_: str, subject: str, sequence: int = 1, customer: str | None = None, **data: Any) -> Heard:
        """An event of another actor."""
        self.number += 1
        event = Event(
            id=f"evt_{self.number}",
            type=type_,
            source="payments",
            subject=subject,
            time=self.now,
            sequence=sequence,
            tenant=TENANT,
            correlation_id="req_1",
            customer_id=customer,
            data={"id": subject, "object": type_.rpartition(".")[0], "version": sequence, **data},
        )
        self.past.append(event)
        return Heard(event, Anything(event.data))

    def hear(self, *events: Heard) -> None:
        """In one turn."""
        self.turn(events)

    def turn(self, messages: Sequence[Message]) -> None:
        """All that the messages need is looked up first; each is then decided upon what the ones before changed."""
        view: dict[Key, Any] = {}
        for message in messages:
            self._load(message, view)
        committed = dict(self.states)
        for message in messages:
            decision = self._decided(message, view)
            for state in decision.states:
                kept = type(state).model_validate_json(state.model_dump_json())  # pyright: ignore[reportAttributeAccessIssue] - Stored
                view[state.key] = self.states[state.key] = kept
            self.said += decision.events
            self.open += decision.calls
            self.due |= {entity: at for entity, at in decision.due.items() if at is not None}
            if isinstance(message, Asked):
                self.outcomes[message.command.id] = decision.outcome
        self.tables = committed

    def _decided(self, message: Message, view: dict[Key, Any]) -> Decision:
        """As the runtime does: once more, with what the message needs by now."""
        try:
            return decide(self.terms, message, view, self.now)
        except KeyError:
            self._load(message, view)
            return decide(self.terms, message, view, self.now)

    def _load(self, message: Message, view: dict[Key, Any]) -> None:
        while wanted := (needs(message, view) | {switches_key(TENANT)}) - view.keys():
            view.update({key: self.known(key) for key in wanted})

    def work(self, calls_max: int = 100) -> None:
        """Calls that are open come back, in one turn."""
        calls, self.open = self.open[:calls_max], self.open[calls_max:]
        self.turn([self._returned(call) for call in calls])

    def until(self, moment: datetime, calls_max: int = 100) -> None:
        """Time goes on, through every alarm and call on the way."""
        for _ in range(100_000):
            if self.open:
                self.work(calls_max)
                continue
            entity, at = min(self.due.items(), key=lambda each: (each[1], each[0]), default=("", moment))
            if at >= moment:
                break
            del self.due[entity]
            if at - self.now > COMMIT:
                self.tables = dict(self.states)
            self.now = max(self.now, at)
            self.turn([FellDue(TENANT, entity, at)])
        else:
            raise AssertionError("it never settles")
        self.now = moment

    def endpoint(self, id_: str) -> EndpointState:
        """As it is kept."""
        return self.states[endpoint_key(TENANT, id_)]

    def delivery(self, id_: str) -> DeliveryState:
        """As it is kept."""
        return self.states[delivery_key(TENANT, id_)]

    def text(self, delivery: str) -> str:
        """Of its body."""
        return self.states[body_key(TENANT, delivery)].text

    @property
    def deliveries(self) -> list[DeliveryState]:
        """All, as they were queued."""
        found = [state for state in self.states.values() if isinstance(state, DeliveryState)]
        return sorted(found, key=lambda each: (each.webhook_delivery.endpoint, each.position))

    @property
    def mails(self) -> list[MailState]:
        """All."""
        return [state for state in self.states.values() if isinstance(state, MailState)]

    def arrived(self, endpoint: str) -> dict[str, list[Json]]:
        """The bodies that an endpoint took, by resource, as they came."""
        found: dict[str, list[Json]] = defaultdict(list)
        for _, body in self.posted:
            if body["delivery"]["endpoint"] == endpoint:
                found[body["subject"]].append(body)
        return found

    def _returned(self, call: Call) -> Returned:
        if call.operation == "deliver":
            result = {**self.receiver(call.request), "at": rfc3339(self.now)}
            if result["result"] == "succeeded":
                self.posted.append((self.now, from_json(self.text(call.lane))))
        elif call.operation == "send_mail":
            self.mailed.append(call.request)
            result = {"result": "sent", "to": "a@example.com", "subject": "Hello"}
        else:
            result = self._read(call.request)
        return Returned(TENANT, call.id, call.operation, call.lane, None, result)

    def _read(self, request: Json) -> Json:
        since, until = datetime.fromisoformat(request["from"]), datetime.fromisoformat(request["to"])
        types = tuple(request["types"])
        rows = [(place, event) for place, event in enumerate(self.past, 1) if since <= event.time < until]
        page = [row for row in rows if row[0] > request["after"]][: request["limit"]]
        position = page[-1][0] if page else request["after"]
        return {
            "events": [json_of(event) for _, event in page if wants(types, event.type)],
            "position": position,
            "done": not page,
        }

    def known(self, key: Key) -> Any:
        """The state, or what a look finds in the tables."""
        what, _, why = key.id.partition(LOOK)
        if key.kind in _LOOKS:
            rows = sorted(self._in_tables(what), key=lambda each: each.position)
            rows = [each for each in rows if _LOOKS[key.kind](each, why)]
            if key.kind == "ready_deliveries":
                fresh = [each for each in rows if each.tries == 0][:FRESH_MAX]
                rows = [each for place, each in enumerate(rows) if place < READY_MAX or each in fresh]
            most = WAKE_MAX if key.kind == "resting_deliveries" else OPEN_MAX
            return Found(key, [each.webhook_delivery.id for each in rows[:most]])
        if key.kind == "earlier_delivery":
            earlier = [each.webhook_delivery for each in self._in_tables(what) if each.webhook_delivery.event == why]
            return Found(key, [each.id for each in earlier if not each.replay][:1])
        if key.kind == "mails_of_customer":
            found = [each for each in self.tables.values() if isinstance(each, MailState) and not each.forgotten]
            return Found(key, [each.mail.id for each in found if each.mail.customer_id == what])
        return self.states.get(key)

    def _in_tables(self, endpoint: str) -> list[DeliveryState]:
        found = [each for each in self.tables.values() if isinstance(each, DeliveryState)]
        return [each for each in found if each.webhook_delivery.endpoint == endpoint]


def hours(count: float) -> timedelta:
    """So many."""
    return timedelta(hours=count)
