"""The payments rules at work in memory: a desk is asked, its calls come back, it keeps what is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from actors.payments.addressed import addressed
from actors.payments.card_testing import Limits, attempts_needed, limited
from actors.payments.choosing import accounts_needed
from actors.payments.decide import decide
from actors.payments.keys import entity_key, payment_key, payout_key, refund_key
from actors.payments.needs import needs
from actors.payments.provider import ActionNeeded, Away, Declined, Taken
from actors.payments.states import PaymentState, PayoutState, ReferenceState, RefundState
from actors.payments.terms import Terms
from actors.runtime.decision import (
    Answered,
    Asked,
    Call,
    Decision,
    Done,
    FellDue,
    Key,
    Message,
    Pending,
    Refused,
    Returned,
    Said,
    Wish,
)
from actors.runtime.switches import switches_key
from messages.envelope import Command
from messages.payments import COMMANDS, Payment, Payout, Refund
from messages.wire import json_of

TENANT = "demo"
PAY, REF, PO = "pay_1", "ref_1", "po_1"
SIMULATED = Terms(provider="simulated", default_method="pm_card_visa")
START = datetime(2026, 11, 22, 10, tzinfo=UTC)

Result = Taken | Declined | ActionNeeded | Away

TAKEN = Taken(reference="sim_ch_1", amount=1000)
DECLINED = Declined(code="card_declined", decline_code="insufficient_funds", detail="The card was declined.")
ACTION = ActionNeeded(reference="sim_ch_1", url="/simulated/payments/pay_1/authenticate")
AWAY = Away(detail="The provider is away.")


@dataclass
class Desk:
    """`outcomes` of each command, what is `shown` of it until then, and the open `calls` and `wishes`.

    Without `limits` nobody is a card tester.
    """

    terms: Terms = SIMULATED
    limits: Limits | None = None
    address: str | None = None
    livemode: bool = False
    now: datetime = START
    view: dict[Key, Any] = field(default_factory=dict)
    outcomes: dict[str, list[Done | Refused]] = field(default_factory=dict)
    shown: dict[str, BaseModel | None] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    due: dict[str, datetime] = field(default_factory=dict)

    def ask(self, type_: str, subject: str = PAY, **data: Any) -> str:
        """Sends a command; returns its id."""
        command_id = f"cmd_{len(self.outcomes) + 1}"
        read = COMMANDS[type_].model_validate(data)
        command = Command(
            id=command_id,
            type=type_,
            actor="payments",
            tenant=TENANT,
            livemode=self.livemode,
            subject=subject,
            source="gateway",
            correlation_id="req_1",
            time=self.now,
            address=self.address,
            data=json_of(read),
        )
        self.outcomes[command_id] = []
        decision = self._take(Asked(command, read, again=entity_key(TENANT, subject) in self.view))
        if isinstance(decision.outcome, Done | Refused):
            assert decision.answers is None
            self.outcomes[command_id].append(decision.outcome)
        else:
            assert isinstance(decision.outcome, Pending)
            self.shown[command_id] = decision.outcome.body
        return command_id

    def create(self, **data: Any) -> str:
        """Asks for the payment that most stories are about."""
        wish = {"amount": 1000, "currency": "USD", "customer_id": "abc123", **data}
        return self.ask("payment.create", PAY, **wish)

    def refund(self, refund: str = REF, **data: Any) -> str:
        """Asks for a refund of it."""
        return self.ask("refund.create", refund=refund, **data)

    def withdraw(self, payout: str = PO, **data: Any) -> str:
        """Asks for money out of the customer's wallet."""
        wish = {"amount": 1000, "currency": "USD", "customer_id": "abc123", **data}
        return self.ask("payout.create", payout, **wish)

    def returns(self, result: Taken | Declined | ActionNeeded | Away | None) -> Decision:
        """The oldest open call comes back; with None it only falls silent."""
        call = self.calls[0] if result is None else self.calls.pop(0)
        return self.answer(call, result)

    def answer(self, call: Call, result: BaseModel | None) -> Decision:
        """This call comes back, whether it is open or not."""
        told = None if result is None else json_of(result)
        return self._take(Returned(TENANT, call.id, call.operation, call.lane, None, told))

    def ledger_says(self, status: int, body: Mapping[str, Any]) -> Decision:
        """The oldest wish is answered; a yes is about what was wished for, unless the body says otherwise."""
        wish = self.wishes.pop(0)
        made = "txn_1" if wish.type == "wallet.pay" else wish.subject
        told = {"id": made, **body} if status < 300 else dict(body)
        return self._take(Answered(TENANT, wish.entity, "cmd_hold", wish.type, status, told))

    def wait(self, until: str) -> Decision:
        """Time goes on until the alarm of this entity."""
        self.now = at = self.due.pop(until)
        return self._take(FellDue(TENANT, until, at))

    def payment(self, payment: str = PAY) -> Payment:
        """As it is now."""
        return self.state(payment).payment

    def state(self, payment: str = PAY) -> PaymentState:
        """The payment with its open step."""
        return self.view[payment_key(TENANT, payment)]

    def refund_state(self, refund: str = REF) -> RefundState:
        """The refund with its open look-up."""
        return self.view[refund_key(TENANT, refund)]

    def refunded(self, refund: str = REF) -> Refund:
        """As it is now."""
        return self.refund_state(refund).refund

    def payout(self, payout: str = PO) -> Payout:
        """As it is now."""
        return self.payout_state(payout).payout

    def payout_state(self, payout: str = PO) -> PayoutState:
        """The payout with its open step."""
        return self.view[payout_key(TENANT, payout)]

    def outcome(self, command: str) -> Done | Refused:
        """The one outcome of a command."""
        (outcome,) = self.outcomes[command]
        return outcome

    def refusal(self, command: str) -> Refused:
        """The outcome of a command that was refused."""
        outcome = self.outcome(command)
        assert isinstance(outcome, Refused)
        return outcome

    def types(self) -> list[str]:
        """What has been said, in order."""
        return [said.type for said in self.said]

    def _take(self, message: Message) -> Decision:
        self.now += timedelta(milliseconds=10)
        view: dict[Key, Any] = {}
        while wanted := self._wanted(message, view) - view.keys():
            view.update({key: self._kept(key) for key in wanted})
        decision = decide(self.terms, message, view, self.now)
        if self.terms.tolerance is not None:
            decision = addressed(TENANT, decision, view)
        if self.limits is not None:
            decision = limited(self.limits, message, view, decision, self.now)
        self._keep(decision)
        return decision

    def _wanted(self, message: Message, view: dict[Key, Any]) -> set[Key]:
        ours = {switches_key(TENANT)}
        return ours | needs(message, view) | attempts_needed(message) | accounts_needed(self.terms, message)

    def _kept(self, key: Key) -> Any:
        """A reference is looked for, as in the tables."""
        if key.kind != "reference":
            return self.view.get(key)
        kind, provider, reference = key.id.split("/", 2)
        for state in self.view.values():
            told = getattr(state, kind, None)
            if told is not None and (told.provider, told.provider_reference) == (provider, reference):
                return ReferenceState(tenant=TENANT, object=kind, provider=provider, reference=reference, id=told.id)
        return None

    def _keep(self, decision: Decision) -> None:
        keys = [state.key for state in decision.states]
        assert len(set(keys)) == len(keys), "a state is decided once per message"
        self.view.update({state.key: state for state in decision.states})
        self.said.extend(decision.events)
        self.calls.extend(decision.calls)
        self.wishes.extend(decision.commands)
        for entity, at in decision.due.items():
            self.due.pop(entity, None)
            if at is not None:
                self.due[entity] = at
        if decision.answers is not None:
            assert isinstance(decision.outcome, Done | Refused)
            self.outcomes[decision.answers].append(decision.outcome)


def paid(amount: int = 1000, **data: Any) -> Desk:
    """A desk with a payment that succeeded."""
    desk = Desk()
    desk.create(amount=amount, **data)
    desk.returns(TAKEN.model_copy(update={"amount": amount}))
    return desk


def authorized(amount: int = 1000, **data: Any) -> Desk:
    """A desk with a payment that waits for its capture."""
    return paid(amount, capture_method="manual", **data)


def paid_from_wallet(amount: int = 1000, **data: Any) -> Desk:
    """A desk with a payment that the customer's wallet paid."""
    desk = Desk()
    desk.create(amount=amount, payment_method="wallet", **data)
    desk.ledger_says(201, {})
    return desk


def held_in_wallet(amount: int = 1000, **data: Any) -> Desk:
    """A desk with a payment whose money is held in the wallet for its capture."""
    return paid_from_wallet(amount, capture_method="manual", **data)


def withdrawn(**data: Any) -> Desk:
    """A desk with a payout that is on its way."""
    desk = Desk()
    desk.withdraw(**data)
    desk.ledger_says(201, {})
    desk.returns(Taken(reference="sim_po_1", amount=1000, pending=True, look_again_seconds=2))
    return desk
