"""Random commands and outcomes in any order: what must hold at every step, and at the end."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from typing_extensions import override

from actors.payments.provider import ActionNeeded, Away, Declined, Taken
from actors.payments.states import PaymentState, RefundState
from actors.payments.tax import tax_captured
from actors.runtime.decision import Call
from messages.payments import PaymentStatus, RefundStatus
from messages.problems import PROBLEMS
from tests.payments.desk import ACTION, AWAY, DECLINED, Desk

Result = Taken | Declined | ActionNeeded | Away

payment_ids = st.sampled_from(["pay_1", "pay_2"])
refund_ids = st.integers(1, 8).map("ref_{}".format)
amounts = st.integers(1, 1100)
methods = st.sampled_from([None, "pm_card_visa", "wallet"])
destinations = st.sampled_from(
    [
        {"type": "sale"},
        {"type": "sale", "tax": [{"jurisdiction": "DE", "amount": 7}, {"jurisdiction": "FR", "amount": 3}]},
        {"type": "wallet", "customer_id": "abc123"},
    ]
)


def _result(call: Call, kind: str, pending: bool, again: int | None) -> Result:
    if kind == "action" and call.operation in ("charge", "authenticate"):
        return ACTION
    if kind in ("taken", "action"):
        amount = int(call.request.get("amount", 1000))
        return Taken(reference=f"ref-{call.id}", amount=amount, pending=pending, look_again_seconds=again)
    return DECLINED if kind == "declined" else AWAY


class Payments(RuleBasedStateMachine):
    """Two payments and their refunds, a provider and a ledger that answer as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.told: dict[str, Any] = {}
        self.checked = 0
        self.past: list[Call] = []

    @rule(
        payment=payment_ids,
        amount=amounts,
        confirm=st.booleans(),
        manual=st.booleans(),
        destination=destinations,
        method=methods,
    )
    def create(
        self, payment: str, amount: int, confirm: bool, manual: bool, destination: Any, method: str | None
    ) -> None:
        self.desk.ask(
            "payment.create",
            payment,
            amount=amount,
            currency="USD",
            customer_id="abc123",
            confirm=confirm,
            capture_method="manual" if manual else "automatic",
            destination=destination,
            payment_method=method,
        )

    @rule(payment=payment_ids, method=methods)
    def confirm(self, payment: str, method: str | None) -> None:
        self.desk.ask("payment.confirm", payment, payment_method=method)

    @rule(payment=payment_ids, amount=st.none() | amounts)
    def capture(self, payment: str, amount: int | None) -> None:
        self.desk.ask("payment.capture", payment, amount=amount)

    @rule(payment=payment_ids)
    def cancel(self, payment: str) -> None:
        self.desk.ask("payment.cancel", payment)

    @rule(payment=payment_ids, outcome=st.sampled_from(["succeed", "fail"]))
    def authenticate(self, payment: str, outcome: str) -> None:
        self.desk.ask("payment.authenticate", payment, outcome=outcome)

    @rule(payment=payment_ids, refund=refund_ids, amount=st.none() | amounts)
    def refund(self, payment: str, refund: str, amount: int | None) -> None:
        # A gateway makes a new refund id for every wish, so one id never stands for two payments.
        self.desk.ask("refund.create", payment, refund=f"{refund}_{payment}", amount=amount)

    @precondition(lambda self: self.desk.calls)
    @rule(
        kind=st.sampled_from(["taken", "taken", "taken", "declined", "action", "away"]),
        pending=st.booleans(),
        again=st.none() | st.just(1),
    )
    def come_back(self, kind: str, pending: bool, again: int | None) -> None:
        call = self.desk.calls[0]
        self.past.append(call)
        self.desk.returns(_result(call, kind, pending and "refund" in call.operation, again))

    @precondition(lambda self: self.desk.calls)
    @rule()
    def fall_silent(self) -> None:
        self.desk.returns(None)

    @precondition(lambda self: self.past)
    @rule(data=st.data())
    def come_back_again(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(self.past))
        decision = self.desk.answer(call, _result(call, "taken", False, None))
        assert (decision.states, decision.events) == ((), ())

    @precondition(lambda self: self.desk.wishes)
    @rule(no=st.none() | st.sampled_from(["insufficient_funds", "account_frozen", "wrong_state", "overloaded"]))
    def ledger(self, no: str | None) -> None:
        self.desk.ledger_says(PROBLEMS[no].status if no else 201, {"code": no} if no else {})

    @precondition(lambda self: self.desk.due)
    @rule(data=st.data())
    def fall_due(self, data: st.DataObject) -> None:
        self.desk.wait(data.draw(st.sampled_from(sorted(self.desk.due))))

    @invariant()
    def every_change_is_told_once(self) -> None:
        for said in self.desk.said[self.checked :]:
            resource: Any = said.resource
            before: Any = said.before
            assert before == self.told.get(resource.id)
            assert resource.version == (before.version + 1 if before else 1)
            assert before is None or resource.updated_at >= before.updated_at
            self.told[resource.id] = resource
        self.checked = len(self.desk.said)
        for state in self.desk.view.values():
            kept = state.payment if isinstance(state, PaymentState) else state.refund
            assert kept == self.told[kept.id]

    @invariant()
    def money_is_never_more_than_it_was(self) -> None:
        for state in self._payments():
            payment = state.payment
            assert 0 <= payment.amount_refunded <= payment.amount_captured <= payment.amount
            assert 0 <= payment.amount_capturable <= payment.amount
            assert (payment.status is PaymentStatus.SUCCEEDED) == (payment.amount_captured > 0)
            refunds = [
                one.refund
                for one in self.desk.view.values()
                if isinstance(one, RefundState) and one.refund.payment == payment.id
            ]
            accepted = sum(one.amount for one in refunds if one.status is not RefundStatus.FAILED)
            assert payment.amount_refunded == accepted
            if payment.amount_refunded == payment.amount_captured > 0 and state.tax_refunded:
                assert list(state.tax_refunded) == [line.amount for line in tax_captured(payment)]

    @invariant()
    def the_wallet_and_the_provider_are_never_both_asked(self) -> None:
        for state in self._payments():
            assert (state.payment.provider == "wallet") == (state.payment.payment_method == "wallet")
            if state.operation is not None and state.payment.provider == "wallet":
                assert state.operation.call_id is None

    @invariant()
    def what_is_kept_reads_back_the_same(self) -> None:
        for state in self.desk.view.values():
            assert type(state).model_validate_json(state.model_dump_json()) == state

    @invariant()
    def no_command_ends_twice(self) -> None:
        assert all(len(outcomes) <= 1 for outcomes in self.desk.outcomes.values())

    @invariant()
    def processing_means_an_open_step(self) -> None:
        for state in self._payments():
            assert state.operation is not None or state.payment.status is not PaymentStatus.PROCESSING

    @override
    def teardown(self) -> None:
        while self.desk.calls or self.desk.wishes:
            if self.desk.calls:
                self.desk.returns(_result(self.desk.calls[0], "taken", False, None))
            else:
                self.desk.ledger_says(201, {})
        self.every_change_is_told_once()
        assert all(len(outcomes) == 1 for outcomes in self.desk.outcomes.values())
        assert all(state.operation is None for state in self._payments())

    def _payments(self) -> list[PaymentState]:
        return [state for state in self.desk.view.values() if isinstance(state, PaymentState)]


@pytest.mark.timeout(120)
class TestPayments(Payments.TestCase):
    """The machine as a test."""

    settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
