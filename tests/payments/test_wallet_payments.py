"""Stories of payments from the wallet: the ledger says whether there is money, no provider is asked."""

from typing import Any

import pytest

from actors.payments.charge import AUTHORIZATION_LASTS
from actors.runtime.decision import Done
from messages.ledger_commands import ConfirmHold, CreateHold, PayFromWallet, VoidHold
from messages.payments import PaymentStatus, RefundStatus, Sale
from tests.payments.desk import DECLINED, PAY, TAKEN, Desk, held_in_wallet, paid_from_wallet
from tests.payments.provider_says import event, kept

TAX = {"type": "sale", "tax": [{"jurisdiction": "DE", "amount": 160}]}
BALANCE = {"currency": "USD", "posted": 900, "held": 0, "available": 900, "overdraft_limit": 0}
TOO_LITTLE: dict[str, Any] = {"code": "insufficient_funds", "detail": "The wallet has 900.", "balance": BALANCE}
FROZEN = {"code": "account_frozen", "detail": "The wallet is frozen."}


def test_a_payment_from_the_wallet_is_asked_of_the_ledger_alone() -> None:
    # Given
    desk = Desk()
    # When
    command = desk.create(payment_method="wallet", destination=TAX)
    # Then
    (wish,) = desk.wishes
    assert (wish.actor, wish.type, wish.subject, wish.entity) == ("ledger", "wallet.pay", PAY, PAY)
    assert wish.data == PayFromWallet(
        customer_id="abc123", amount=1000, currency="USD", destination=Sale.model_validate(TAX)
    )
    assert (desk.calls, desk.payment().status, desk.payment().provider) == ([], PaymentStatus.PROCESSING, "wallet")
    assert desk.shown[command] == desk.payment()
    assert desk.refusal(desk.ask("payment.cancel")).code == "outcome_pending"
    # When
    desk.ledger_says(201, {"id": "txn_7"})
    # Then
    payment = desk.payment()
    assert desk.outcome(command) == Done(201, payment)
    assert (payment.status, payment.amount_captured, payment.provider_reference) == (
        PaymentStatus.SUCCEEDED,
        1000,
        "txn_7",
    )
    assert desk.types() == ["payment.created", "payment.succeeded"]


@pytest.mark.parametrize(
    ("status", "no", "told"),
    [
        (402, TOO_LITTLE, {"balance": BALANCE}),
        (423, FROZEN, {}),
        (422, {"code": "balance_overflow", "detail": "Too much."}, {}),
    ],
)
@pytest.mark.parametrize("capture_method", ["automatic", "manual"])
def test_a_no_of_the_wallet_is_a_decline(status: int, no: dict[str, Any], told: Any, capture_method: str) -> None:
    desk = Desk()
    command = desk.create(payment_method="wallet", capture_method=capture_method)
    desk.ledger_says(status, no)
    payment, refusal = desk.payment(), desk.refusal(command)
    assert payment.status is PaymentStatus.REQUIRES_PAYMENT_METHOD
    assert payment.last_error is not None
    assert (payment.last_error.code, payment.last_error.payment_method) == (no["code"], "wallet")
    assert (refusal.code, refusal.detail) == (no["code"], no["detail"])
    assert refusal.extra.pop("payment")["id"] == PAY
    assert refusal.extra == told
    assert desk.types() == ["payment.created", "payment.failed"]


@pytest.mark.parametrize("no", [{"code": "unavailable", "detail": "Later."}, {"code": "never_heard_of"}, {}])
def test_when_the_ledger_does_not_take_it_up_the_key_stays_free_and_its_repeat_pays(no: dict[str, Any]) -> None:
    desk = Desk()
    command = desk.create(payment_method="wallet")
    desk.ledger_says(503, no)
    assert desk.refusal(command).code == "provider_unavailable"
    again = desk.create(payment_method="wallet")
    desk.ledger_says(201, {})
    assert desk.outcome(again) == Done(201, desk.payment())
    assert desk.payment().status is PaymentStatus.SUCCEEDED


def test_a_wallet_that_has_too_little_may_be_followed_by_a_card_and_the_reverse() -> None:
    # Given
    desk = Desk()
    desk.create(payment_method="wallet")
    desk.ledger_says(402, TOO_LITTLE)
    # When a card is tried, which is declined
    desk.ask("payment.confirm", payment_method="pm_card_visa")
    desk.returns(DECLINED.model_copy(update={"reference": "sim_ch_0"}))
    assert (desk.payment().provider, desk.payment().provider_reference) == ("simulated", "sim_ch_0")
    # And the wallet again
    desk.ask("payment.confirm", payment_method="wallet")
    assert (desk.payment().provider, desk.payment().provider_reference) == ("wallet", None)
    desk.ledger_says(402, TOO_LITTLE)
    # Then each is told under its own name, and a later card pays
    command = desk.ask("payment.confirm", payment_method="pm_card_visa")
    desk.returns(TAKEN)
    assert desk.outcome(command) == Done(200, desk.payment())
    assert (desk.payment().provider, desk.payment().provider_reference) == ("simulated", "sim_ch_1")


def test_a_payment_made_without_confirmation_takes_the_wallets_money_when_it_is_confirmed() -> None:
    desk = Desk()
    desk.create(payment_method="wallet", confirm=False)
    assert (desk.wishes, desk.payment().status) == ([], PaymentStatus.REQUIRES_CONFIRMATION)
    command = desk.ask("payment.confirm")
    desk.ledger_says(201, {})
    assert desk.outcome(command) == Done(200, desk.payment())


def test_a_wallet_pays_no_wallet() -> None:
    desk = Desk()
    to_bob = {"type": "wallet", "customer_id": "bob"}
    refused = desk.create(payment_method="wallet", destination=to_bob)
    assert (desk.refusal(refused).code, desk.view) == ("payment_method_unusable", {})
    desk.create(destination=to_bob, confirm=False)
    before = desk.payment()
    assert desk.refusal(desk.ask("payment.confirm", payment_method="wallet")).code == "payment_method_unusable"
    assert (desk.payment(), desk.wishes) == (before, [])


def test_what_is_captured_later_is_held_in_the_wallet_until_then() -> None:
    # Given
    desk = Desk()
    created = desk.create(payment_method="wallet", capture_method="manual", destination=TAX)
    # Then
    (wish,) = desk.wishes
    assert (wish.type, wish.subject, wish.entity) == ("hold.create", "hold_1", PAY)
    assert wish.data == CreateHold(
        customer_id="abc123", amount=1000, currency="USD", destination={**TAX, "payment": PAY}
    )
    # When
    desk.ledger_says(201, {})
    # Then
    payment = desk.payment()
    assert desk.outcome(created) == Done(201, payment)
    assert (payment.status, payment.amount_capturable) == (PaymentStatus.REQUIRES_CAPTURE, 1000)
    assert payment.provider_reference == "hold_1"
    assert desk.due == {PAY: desk.now + AUTHORIZATION_LASTS}
    # When a part is captured
    captured = desk.ask("payment.capture", amount=400)
    (wish,) = desk.wishes
    assert (wish.type, wish.subject, wish.data) == ("hold.confirm", "hold_1", ConfirmHold(amount=400))
    assert desk.refusal(desk.ask("payment.cancel")).code == "outcome_pending"
    desk.ledger_says(200, {})
    # Then
    payment = desk.payment()
    assert desk.outcome(captured) == Done(200, payment)
    assert (payment.status, payment.amount_captured, payment.amount_capturable) == (PaymentStatus.SUCCEEDED, 400, 0)
    assert (desk.due, desk.calls) == ({}, [])
    assert desk.types()[1:] == ["payment.authorized", "payment.processing_started", "payment.succeeded"]


@pytest.mark.parametrize(
    ("type_", "captured", "status"),
    [
        ("charge.failed", False, "applied"),
        ("charge.expired", False, "applied"),
        ("charge.succeeded", False, "unmatched"),
        ("charge.succeeded", True, "unmatched"),
    ],
)
def test_what_a_provider_tells_of_it_moves_nothing_and_its_money_is_kept_for_a_person(
    type_: str, captured: bool, status: str
) -> None:
    desk = held_in_wallet()
    before = desk.payment()
    told = {"id": "sim_ch_0", "captured": captured, "amount_captured": 1000 * captured, "amount": 1000}
    event(desk, type_, {**told, "metadata": {"pocketpay_payment_id": PAY}})
    assert (desk.payment(), kept(desk).status) == (before, status)


def test_a_capture_that_the_ledger_refuses_changes_nothing() -> None:
    desk = held_in_wallet()
    command = desk.ask("payment.capture")
    desk.ledger_says(423, FROZEN)
    assert desk.refusal(command).code == "account_frozen"
    payment = desk.payment()
    assert (payment.status, payment.amount_capturable) == (PaymentStatus.REQUIRES_CAPTURE, 1000)
    assert payment.last_error is not None
    assert payment.last_error.code == "account_frozen"


def test_canceling_gives_what_is_held_back() -> None:
    desk = held_in_wallet()
    command = desk.ask("payment.cancel", reason="abandoned")
    (wish,) = desk.wishes
    assert (wish.type, wish.subject, wish.data) == ("hold.void", "hold_1", VoidHold())
    desk.ledger_says(200, {})
    assert desk.outcome(command) == Done(200, desk.payment())
    assert (desk.payment().status, desk.payment().cancellation_reason) == (PaymentStatus.CANCELED, "abandoned")


def test_a_hold_that_is_gone_already_does_not_keep_a_payment_from_being_canceled() -> None:
    desk = held_in_wallet()
    command = desk.ask("payment.cancel")
    desk.ledger_says(409, {"code": "wrong_state", "detail": "The hold is voided.", "status_now": "voided"})
    assert desk.outcome(command) == Done(200, desk.payment())


def test_a_release_that_the_ledger_refuses_cancels_nothing() -> None:
    desk = held_in_wallet()
    command = desk.ask("payment.cancel")
    desk.ledger_says(409, {"code": "wrong_state", "detail": "The hold is confirmed.", "status_now": "confirmed"})
    refusal = desk.refusal(command)
    assert (refusal.code, refusal.extra) == ("wrong_state", {"status_now": "confirmed"})
    assert desk.payment().status is PaymentStatus.REQUIRES_CAPTURE


def test_what_nobody_captures_expires() -> None:
    desk = held_in_wallet()
    desk.wait(PAY)
    assert desk.wishes[0].type == "hold.void"
    desk.ledger_says(200, {})
    assert (desk.payment().status, desk.payment().cancellation_reason) == (PaymentStatus.CANCELED, "expired")


def test_an_answer_to_anything_but_the_open_step_changes_nothing() -> None:
    desk = held_in_wallet()
    desk.ask("payment.capture")
    stray = desk.wishes[0]
    desk.wishes.insert(0, type(stray)("ledger", "hold.void", "hold_1", VoidHold(), PAY))
    decision = desk.ledger_says(200, {})
    assert (decision.states, decision.events) == ((), ())
    desk.ledger_says(200, {})
    later = desk.payment()
    desk.wishes.append(stray)
    desk.ledger_says(200, {})
    assert desk.payment() == later


def test_a_refund_goes_back_to_the_wallet_at_once() -> None:
    # Given
    desk = paid_from_wallet(destination=TAX)
    # When
    command = desk.refund(amount=400, reason="requested_by_customer")
    # Then
    refund = desk.refunded()
    assert desk.outcome(command) == Done(201, refund)
    assert (refund.status, refund.version, refund.pending_reason) == (RefundStatus.SUCCEEDED, 2, None)
    assert (refund.provider, refund.hold) == ("wallet", None)
    assert refund.destination == Sale.model_validate({"tax": [{"jurisdiction": "DE", "amount": 64}]})
    assert (desk.payment().amount_refunded, desk.state().tax_refunded) == (400, (64,))
    assert (desk.calls, desk.wishes) == ([], [])
    assert desk.types()[2:] == ["refund.created", "payment.updated", "refund.succeeded"]
    created, _, succeeded = desk.said[2:]
    assert (created.resource.version, created.before) == (1, None)
    assert (succeeded.before, succeeded.resource) == (created.resource, refund)


def test_refunds_of_a_wallets_payment_have_the_same_limits_as_a_cards() -> None:
    desk = held_in_wallet()
    assert desk.refusal(desk.refund()).code == "wrong_state"
    desk.ask("payment.capture", amount=600)
    desk.ledger_says(200, {})
    assert desk.refusal(desk.refund(amount=601)).code == "refund_exceeds_captured"
    desk.refund(amount=200)
    desk.refund("ref_2")
    assert (desk.refunded("ref_2").amount, desk.payment().amount_refunded) == (400, 600)
    assert desk.refusal(desk.refund("ref_3")).code == "not_refundable"
