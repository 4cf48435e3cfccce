"""Stories of refunds: of sales, with the tax inside them, and of top-ups, with the wallet behind them."""

from datetime import timedelta
from typing import Any

import pytest

from actors.payments.provider import Declined, Taken
from actors.runtime.decision import Done
from messages.ledger_commands import CreateHold
from messages.payments import PaymentStatus, RefundStatus, Sale
from tests.payments.desk import AWAY, PAY, REF, TENANT, Desk, authorized, paid

REFUNDED = Taken(reference="sim_re_1", amount=400)
PENDING = Taken(reference="sim_re_1", amount=400, pending=True, look_again_seconds=1)
LOST = Declined(code="card_declined", decline_code="expired_or_canceled_card", detail="The card has expired.")
TOP_UP: dict[str, Any] = {"destination": {"type": "wallet", "customer_id": "abc123"}}


def test_a_refund_is_accepted_first_and_succeeds_later() -> None:
    # Given
    desk = paid()
    # When
    command = desk.refund(amount=400, reason="requested_by_customer", metadata={"order": "42"})
    # Then
    accepted = desk.refunded()
    assert (accepted.status, accepted.pending_reason) == (RefundStatus.PENDING, "processing")
    assert (accepted.reason, accepted.metadata) == ("requested_by_customer", {"order": "42"})
    assert desk.shown[command] == accepted
    assert desk.payment().amount_refunded == 400
    assert desk.calls[0].request == {"reference": "sim_ch_1", "refund": REF, "amount": 400, "currency": "USD"}
    # When
    desk.returns(REFUNDED)
    # Then
    refund = desk.refunded()
    assert desk.outcome(command) == Done(201, refund)
    assert (refund.status, refund.pending_reason) == (RefundStatus.SUCCEEDED, None)
    assert (refund.provider_reference, refund.version) == ("sim_re_1", 2)
    assert desk.types()[2:] == ["refund.created", "payment.updated", "refund.succeeded"]
    assert desk.payment().status is PaymentStatus.SUCCEEDED, "refunds never change the status"


def test_without_an_amount_all_that_is_left_is_refunded() -> None:
    desk = paid()
    desk.refund(amount=400)
    desk.returns(REFUNDED)
    desk.refund("ref_2")
    desk.returns(REFUNDED.model_copy(update={"reference": "sim_re_2"}))
    assert (desk.refunded("ref_2").amount, desk.payment().amount_refunded) == (600, 1000)
    assert desk.refusal(desk.refund("ref_3")).code == "not_refundable"
    assert desk.refusal(desk.refund("ref_3", amount=1)).code == "refund_exceeds_captured"


def test_a_refund_never_exceeds_what_was_captured() -> None:
    desk = paid()
    assert desk.refusal(desk.refund(amount=1001)).code == "refund_exceeds_captured"
    assert (desk.payment().amount_refunded, desk.calls) == (0, [])


def test_what_a_refund_must_leave_is_not_taken_whoever_refunded_before() -> None:
    # Given 10.00, of which 3.00 went back by hand
    desk = paid()
    desk.refund(amount=300)
    desk.returns(REFUNDED)

    # When one that must leave 5.00 asks for 4.00
    refusal = desk.refusal(desk.refund("ref_2", amount=400, leaving=500))

    # Then it is told what it may have, and gets that
    assert (refusal.code, refusal.extra) == ("refund_exceeds_captured", {"left": 200, "undecided": 0})
    desk.refund("ref_2", amount=200, leaving=500)
    desk.returns(REFUNDED.model_copy(update={"reference": "sim_re_2"}))
    assert desk.payment().amount_refunded == 500
    assert desk.refusal(desk.refund("ref_3", leaving=500)).extra == {"left": 0, "undecided": 0}


def test_what_is_not_paid_is_not_refunded() -> None:
    desk = authorized()
    assert desk.refusal(desk.refund()).code == "wrong_state"
    desk.ask("payment.cancel")
    assert desk.refusal(desk.refund()).code == "outcome_pending"
    desk.returns(Taken(reference="sim_ch_1", amount=1000))
    assert desk.refusal(desk.refund()).code == "not_refundable"
    assert desk.refusal(desk.ask("refund.create", "pay_unknown", refund=REF)).code == "not_found"


def test_a_refund_exists_once() -> None:
    desk = paid()
    desk.refund(amount=400)
    desk.returns(REFUNDED)
    assert desk.refusal(desk.refund(amount=400)).code == "already_exists"
    assert desk.payment().amount_refunded == 400


@pytest.mark.parametrize(("result", "failure_reason"), [(LOST, "expired_or_canceled_card"), (AWAY, "unknown")])
def test_a_failed_refund_gives_its_part_back(result: Declined, failure_reason: str) -> None:
    desk = paid(destination={"type": "sale", "tax": [{"jurisdiction": "DE", "amount": 160}]})
    command = desk.refund(amount=400)
    assert desk.state().tax_refunded == (64,)
    desk.returns(result)
    refund = desk.refunded()
    assert desk.outcome(command) == Done(201, refund)
    assert (refund.status, refund.failure_reason) == (RefundStatus.FAILED, failure_reason)
    assert (desk.payment().amount_refunded, desk.state().tax_refunded) == (0, (0,))
    assert desk.types()[-2:] == ["refund.failed", "payment.updated"]


def test_a_pending_refund_is_looked_up_and_does_not_stand_in_the_way_of_another() -> None:
    # Given
    desk = paid()
    command = desk.refund(amount=400)
    desk.returns(PENDING)
    assert desk.outcome(command) == Done(201, desk.refunded())
    assert desk.refunded().status is RefundStatus.PENDING
    assert desk.due == {REF: desk.now + timedelta(seconds=1)}
    # When another is made meanwhile
    other = desk.refund("ref_2", amount=100)
    desk.returns(Taken(reference="sim_re_2", amount=100))
    assert desk.outcome(other) == Done(201, desk.refunded("ref_2"))
    # And the first is looked up
    desk.wait(REF)
    call = desk.calls[0]
    assert (call.operation, call.lane, call.request) == ("look_up_refund", REF, {"reference": "sim_re_1"})
    desk.returns(PENDING)
    desk.wait(REF)
    desk.returns(REFUNDED)
    # Then
    assert desk.refunded().status is RefundStatus.SUCCEEDED
    assert desk.types()[-1] == "refund.succeeded"
    assert (desk.payment().amount_refunded, desk.due) == (500, {})


def test_a_refund_may_come_back_after_it_succeeded() -> None:
    # Given
    desk = paid()
    desk.refund(amount=400)
    desk.returns(REFUNDED.model_copy(update={"look_again_seconds": 1}))
    # When
    desk.wait(REF)
    desk.returns(LOST)
    # Then
    assert (desk.refunded().status, desk.payment().amount_refunded) == (RefundStatus.FAILED, 0)
    assert desk.types()[-3:] == ["refund.succeeded", "refund.failed", "payment.updated"]


def test_a_look_up_that_finds_nothing_new_tells_nothing() -> None:
    desk = paid()
    desk.refund(amount=400)
    desk.returns(REFUNDED.model_copy(update={"look_again_seconds": 1}))
    said = desk.types()
    desk.wait(REF)
    look_up = desk.calls[0]
    desk.returns(None)
    desk.returns(AWAY)
    desk.wait(REF)
    desk.answer(look_up, LOST)
    desk.returns(REFUNDED)
    assert (desk.types(), desk.refund_state().look_up, desk.due) == (said, None, {})
    assert desk.refunded().status is RefundStatus.SUCCEEDED


def test_a_silent_provider_leaves_the_refund_pending_and_the_step_open() -> None:
    desk = paid()
    command = desk.refund(amount=400)
    desk.returns(None)
    assert desk.refusal(desk.refund("ref_2", amount=1)).code == "outcome_pending"
    assert desk.outcomes[command] == []
    desk.returns(REFUNDED)
    assert desk.outcome(command) == Done(201, desk.refunded())


def test_of_a_top_up_the_wallets_money_is_held_before_anybody_is_told() -> None:
    # Given
    desk = paid(**TOP_UP)
    before, said = desk.payment(), desk.types()
    # When
    command = desk.refund(amount=400)
    # Then
    wish = desk.wishes[0]
    assert (wish.actor, wish.type, wish.subject, wish.entity) == ("ledger", "hold.create", "hold_1", PAY)
    assert isinstance(wish.data, CreateHold)
    assert (wish.data.customer_id, wish.data.amount, wish.data.currency) == ("abc123", 400, "USD")
    assert (desk.payment(), desk.types(), desk.calls, desk.shown[command]) == (before, said, [], None)
    assert desk.refusal(desk.refund("ref_2", amount=1)).code == "outcome_pending"
    # When
    desk.ledger_says(201, {"id": "hold_1"})
    # Then
    assert (desk.refunded().hold, desk.refunded().created_at) == ("hold_1", desk.now)
    assert desk.payment().amount_refunded == 400
    desk.returns(REFUNDED)
    assert desk.outcome(command) == Done(201, desk.refunded())
    assert desk.types()[len(said) :] == ["refund.created", "payment.updated", "refund.succeeded"]


def test_money_that_was_spent_from_the_wallet_is_not_refunded() -> None:
    # Given
    desk = paid(**TOP_UP)
    before = desk.state()
    command = desk.refund(amount=400)
    # When
    desk.ledger_says(402, {"code": "insufficient_funds", "detail": "abc123 has 100 USD.", "balance": 100})
    # Then
    refusal = desk.refusal(command)
    assert (refusal.code, refusal.detail) == ("insufficient_funds", "abc123 has 100 USD.")
    assert refusal.extra == {"balance": 100}
    assert desk.state() == before
    assert ("refund", TENANT, REF) not in desk.view
    assert desk.types() == ["payment.created", "payment.succeeded"]


def test_an_answer_of_the_ledger_that_nobody_waits_for_changes_nothing() -> None:
    desk = paid(**TOP_UP)
    desk.refund(amount=400)
    desk.wishes *= 2
    desk.ledger_says(201, {"id": "hold_1"})
    before = desk.state()
    desk.ledger_says(201, {"id": "hold_1"})
    assert desk.state() == before


def test_an_answer_about_another_hold_does_not_pass_for_the_one_that_is_waited_for() -> None:
    desk = paid(**TOP_UP)
    desk.refund(amount=400)
    before = desk.state()
    desk.ledger_says(201, {"id": "hold_of_another_refund"})
    assert desk.state() == before
    assert desk.calls == []


def test_the_refunds_of_a_partial_capture_give_back_its_share_of_the_tax() -> None:
    # Given 160 of tax in 1000, of which 500 are captured
    desk = authorized(destination={"type": "sale", "tax": [{"jurisdiction": "DE", "amount": 160}]})
    desk.ask("payment.capture", amount=500)
    desk.returns(Taken(reference="sim_ch_1", amount=500))
    # When
    parts: list[int] = []
    for number, amount in enumerate((333, 166, 1)):
        desk.refund(f"ref_{number}", amount=amount)
        desk.returns(Taken(reference=f"sim_re_{number}", amount=amount))
        destination = desk.refunded(f"ref_{number}").destination
        assert isinstance(destination, Sale)
        parts.append(destination.tax[0].amount)
    # Then
    assert (sum(parts), desk.state().tax_refunded) == (80, (80,))
    asked = desk.payment().destination
    assert isinstance(asked, Sale)
    assert asked.tax[0].amount == 160


def test_a_reminder_of_an_unknown_refund_does_nothing() -> None:
    desk = Desk(due={REF: Desk().now})
    assert desk.wait(REF).calls == ()
