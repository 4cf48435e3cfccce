"""The invoicing rules at work in memory: asked, rung and answered, with payments and the ledger played by a till."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from typing_extensions import override

from actors.invoicing.decide import decide, needs
from actors.invoicing.keys import entity_key
from actors.invoicing.terms import Terms
from actors.runtime.decision import (
    Answered,
    Asked,
    Decision,
    Done,
    FellDue,
    Heard,
    Key,
    Message,
    Pending,
    Refused,
    Said,
    State,
    Wish,
)
from actors.runtime.switches import switches_key
from messages import payments
from messages.envelope import About, Command, Event
from messages.invoicing import COMMANDS
from messages.wire import Json, json_of

TENANT = "demo"
START = datetime(2026, 1, 31, tzinfo=UTC)

Answer = tuple[int, Json]
Till = Callable[[Wish], Answer | None]
"""Status and body with which another actor answers; None: it does not answer yet."""


def pays(wish: Wish) -> Answer | None:
    """Every payment succeeds but those of a declined test card; no wallet holds anything; refunds succeed."""
    data = json_of(wish.data)
    if wish.type == "payment.create":
        method = data.get("payment_method") or "pm_card_visa"
        if method == "wallet":
            balance = {"currency": data["currency"], "available": 0}
            return 402, {"code": "insufficient_funds", "detail": "The wallet is empty.", "balance": balance}
        shown = {"id": wish.subject, "object": "payment", **data, "payment_method": method}
        if "Declined" in method or "declined" in method:
            failed = {**shown, "status": "requires_payment_method"}
            return 402, {"code": "card_declined", "detail": "No.", "decline_code": "generic_decline", "payment": failed}
        return 201, {**shown, "status": "succeeded", "amount_captured": data["amount"]}
    if wish.type == "refund.create":
        return 201, {"id": data["refund"], "object": "refund", "status": "succeeded", "payment": wish.subject, **data}
    return 201, {"id": wish.subject, "object": wish.type.partition(".")[0]}


@dataclass
class Shop:
    """`view` is all that is kept; `said` and `asked` are in the order in which they came, `outcomes` by command."""

    now: datetime = START
    terms: Terms = field(default_factory=Terms)
    till: Till = pays
    view: dict[Key, Any] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    due: dict[str, datetime] = field(default_factory=dict)
    waiting: list[Wish] = field(default_factory=list)
    asked: list[Wish] = field(default_factory=list)
    outcomes: dict[str, Done | Refused] = field(default_factory=dict)
    number: int = 0

    def ask(self, type_: str, subject: str, /, **data: Any) -> Done | Refused | Pending:
        """A command; what follows from it at once is settled, and the answer that it has by then."""
        self.number += 1
        command_id = f"cmd_{self.number}"
        read = COMMANDS[type_].model_validate(data)
        command = Command(
            id=command_id,
            type=type_,
            actor="invoicing",
            tenant=TENANT,
            subject=subject,
            source="gateway",
            correlation_id="req_1",
            time=self.now,
            data=json_of(read),
        )
        outcome = self.take(Asked(command, read)).outcome
        assert outcome is not None
        self.settle()
        return self.outcomes.get(command_id, outcome)

    def done(self, type_: str, subject: str, /, **data: Any) -> Any:
        """The resource that the command is answered with."""
        outcome = self.ask(type_, subject, **data)
        assert isinstance(outcome, Done), outcome
        return outcome.body

    def refused(self, type_: str, subject: str, /, **data: Any) -> str:
        """The code of the refusal; nothing has changed and nothing was said."""
        before, said = dict(self.view), len(self.said)
        outcome = self.ask(type_, subject, **data)
        assert isinstance(outcome, Refused), outcome
        assert (self.view, len(self.said)) == (before, said)
        return outcome.code

    def hear(self, type_: str, resource: Any, **changes: Any) -> Decision:
        """An event of payments; `changes` is what fields were before."""
        self.number += 1
        event = Event(
            id=f"evt_{self.number}",
            type=type_,
            source="payments",
            subject=resource.id,
            time=self.now,
            sequence=resource.version,
            tenant=TENANT,
            correlation_id="req_1",
            about=About(customer_id=resource.customer_id),
            changes=changes,
            data=json_of(resource),
        )
        decision = self.take(Heard(event, payments.EVENTS[type_].model_validate(json_of(resource))))
        self.settle()
        return decision

    def until(self, moment: datetime) -> None:
        """Real time goes on, through every alarm on the way."""
        while self.due and min(self.due.values()) <= moment:
            at, entity = min((at, entity) for entity, at in self.due.items())
            del self.due[entity]
            self.now = max(self.now, at)
            self.take(FellDue(TENANT, entity, at))
            self.settle()
        self.now = max(self.now, moment)

    def settle(self) -> None:
        """Answers whoever can be answered, and rings what is due by now."""
        for _ in range(100_000):
            if not (self._answered() or self._rung()):
                return
        raise AssertionError("it never settles")

    def take(self, message: Message) -> Decision:
        """Decides with no more in sight than was needed, and keeps the effects as the tables would."""
        decision = decide(self.terms, message, self.known_to(message), self.now)
        for state in decision.states:
            self.view[state.key] = type(state).model_validate_json(state.model_dump_json())  # pyright: ignore[reportAttributeAccessIssue] - Stored
        self.said += decision.events
        self.asked += decision.commands
        self.waiting += decision.commands
        for entity, at in decision.due.items():
            if at is None:
                self.due.pop(entity, None)
            else:
                self.due[entity] = at
        if isinstance(decision.outcome, Done | Refused):
            command = decision.answers or (message.command.id if isinstance(message, Asked) else None)
            if command is not None:
                assert command not in self.outcomes, "answered twice"
                self.outcomes[command] = decision.outcome
        return decision

    def known_to(self, message: Message) -> Mapping[Key, State | None]:
        """What `needs` asks for until it wants nothing new; looking at anything else fails."""
        view: dict[Key, State | None] = {}
        while wanted := (needs(message, view) | {switches_key(TENANT)}) - view.keys():
            view.update({key: self.view.get(key) for key in wanted})
        return Needed(view)

    def state(self, entity: str) -> Any:
        """What is kept of a subscription, invoice, credit note, clock or customer."""
        return self.view[entity_key(TENANT, entity)]

    def told(self, *types: str) -> list[Any]:
        """The resources that these events told of, in order."""
        return [said.resource for said in self.said if said.type in types]

    @property
    def types(self) -> list[str]:
        """What was said, in order."""
        return [said.type for said in self.said]

    def _answered(self) -> bool:
        for wish in self.waiting:
            answer = self.till(wish)
            if answer is not None:
                self.waiting.remove(wish)
                status, body = answer
                self.take(Answered(TENANT, wish.entity, f"cmd_of_{wish.subject}", wish.type, status, body))
                return True
        return False

    def _rung(self) -> bool:
        for entity, at in sorted(self.due.items(), key=lambda each: (each[1], each[0])):
            if at <= self.now:
                del self.due[entity]
                self.take(FellDue(TENANT, entity, at))
                return True
        return False


class Needed(dict[Key, Any]):
    """A view in which only what was asked for may be looked at."""

    @override
    def get(self, key: Key, default: Any = None) -> Any:
        """Fails for what was not asked for."""
        assert key in self, f"{key} was not asked for"
        return super().get(key) or default


def days(count: float) -> timedelta:
    """So many days."""
    return timedelta(days=count)
