"""Stories of what was authorised: captured, canceled, or left alone until it expires."""

from datetime import timedelta

import pytest

from actors.payments.provider import Declined, Taken
from actors.runtime.decision import Done
from messages.payments import PaymentStatus
from tests.payments.desk import ACTION, AWAY, DECLINED, PAY, TAKEN, Desk, authorized, paid


def test_an_authorised_payment_waits_for_its_capture_and_knows_when_it_expires() -> None:
    desk = authorized()
    payment = desk.payment()
    assert (payment.status, payment.amount_capturable, payment.amount_captured) == (
        PaymentStatus.REQUIRES_CAPTURE,
        1000,
        0,
    )
    assert desk.types() == ["payment.created", "payment.authorized"]
    assert desk.due == {PAY: desk.now + timedelta(days=7)}


@pytest.mark.parametrize(("amount", "captured"), [(None, 1000), (1000, 1000), (300, 300)])
def test_a_capture_takes_all_or_a_part_and_releases_the_rest(amount: int | None, captured: int) -> None:
    desk = authorized()
    command = desk.ask("payment.capture", amount=amount)
    assert desk.calls[0].request == {"reference": "sim_ch_1", "amount": captured, "currency": "USD"}
    desk.returns(Taken(reference="sim_ch_1", amount=captured))
    payment = desk.payment()
    assert desk.outcome(command) == Done(200, payment)
    assert (payment.status, payment.amount_captured, payment.amount_capturable) == (
        PaymentStatus.SUCCEEDED,
        captured,
        0,
    )
    assert desk.types()[2:] == ["payment.processing_started", "payment.succeeded"]
    assert desk.due == {}


def test_no_more_than_was_authorised_is_captured() -> None:
    desk = authorized()
    assert desk.refusal(desk.ask("payment.capture", amount=1001)).code == "capture_exceeds_authorized"
    assert desk.calls == []


def test_of_two_captures_one_wins() -> None:
    # Given
    desk = authorized()
    first = desk.ask("payment.capture")
    # When
    second = desk.ask("payment.capture")
    desk.returns(TAKEN)
    third = desk.ask("payment.capture")
    # Then
    assert desk.outcome(first) == Done(200, desk.payment())
    assert desk.refusal(second).code == "outcome_pending"
    refusal = desk.refusal(third)
    assert refusal.code == "wrong_state"
    assert refusal.extra == {
        "resource": {"object": "payment", "id": PAY},
        "status_now": "succeeded",
        "allowed_from": ["requires_capture"],
    }


@pytest.mark.parametrize(("result", "code"), [(DECLINED, "card_declined"), (AWAY, "provider_unavailable")])
def test_a_capture_that_fails_leaves_the_authorisation(result: Declined, code: str) -> None:
    desk = authorized()
    command = desk.ask("payment.capture", amount=400)
    desk.returns(result)
    payment = desk.payment()
    assert desk.refusal(command).code == code
    assert (payment.status, payment.amount_capturable) == (PaymentStatus.REQUIRES_CAPTURE, 1000)
    assert PAY in desk.due


@pytest.mark.parametrize("confirm_first", [False, True])
def test_what_the_provider_holds_nothing_of_is_canceled_at_once(confirm_first: bool) -> None:
    desk = Desk()
    desk.create(confirm=False)
    if confirm_first:
        desk.ask("payment.confirm")
        desk.returns(DECLINED)
    command = desk.ask("payment.cancel", reason="abandoned")
    payment = desk.payment()
    assert desk.outcome(command) == Done(200, payment)
    assert (payment.status, payment.cancellation_reason) == (PaymentStatus.CANCELED, "abandoned")
    assert payment.canceled_at == payment.updated_at
    assert desk.types()[-1] == "payment.canceled"


@pytest.mark.parametrize("capture_method", ["automatic", "manual"])
def test_what_the_provider_holds_is_released_before_it_is_canceled(capture_method: str) -> None:
    # Given
    desk = Desk()
    desk.create(capture_method=capture_method)
    desk.returns(TAKEN if capture_method == "manual" else ACTION)
    before = desk.payment()
    # When
    command = desk.ask("payment.cancel", reason="requested_by_customer")
    # Then
    assert desk.payment() == before, "nothing has happened yet"
    assert (desk.calls[0].operation, desk.calls[0].request) == ("release", {"reference": "sim_ch_1"})
    desk.returns(TAKEN)
    payment = desk.payment()
    assert desk.outcome(command) == Done(200, payment)
    assert (payment.status, payment.amount_capturable) == (PaymentStatus.CANCELED, 0)
    assert payment.next_action is None
    assert desk.due == {}


def test_a_release_that_fails_cancels_nothing() -> None:
    desk = authorized()
    command = desk.ask("payment.cancel")
    desk.returns(None)
    desk.returns(Declined(code="card_declined", detail="It was captured already."))
    assert desk.refusal(command).code == "wrong_state"
    assert (desk.payment().status, desk.payment().processing) == (PaymentStatus.REQUIRES_CAPTURE, None)
    assert desk.state().operation is None


def test_a_paid_payment_cannot_be_canceled() -> None:
    desk = paid()
    refusal = desk.refusal(desk.ask("payment.cancel"))
    assert refusal.code == "wrong_state"
    assert refusal.extra["allowed_from"] == [
        "requires_action",
        "requires_capture",
        "requires_confirmation",
        "requires_payment_method",
    ]


def test_an_authorisation_nobody_captures_expires() -> None:
    # Given
    desk = authorized()
    # When the provider does not let go the first time
    desk.wait(PAY)
    desk.returns(AWAY)
    assert desk.payment().status is PaymentStatus.REQUIRES_CAPTURE
    desk.wait(PAY)
    desk.returns(TAKEN)
    # Then
    payment = desk.payment()
    assert (payment.status, payment.cancellation_reason) == (PaymentStatus.CANCELED, "expired")
    assert desk.types() == ["payment.created", "payment.authorized", "payment.canceled"]
    assert desk.due == {}


def test_an_authorisation_does_not_expire_under_an_open_capture() -> None:
    # Given
    desk = authorized()
    command = desk.ask("payment.capture")
    # When
    desk.wait(PAY)
    # Then it rings again later, in case the capture fails
    assert desk.due == {PAY: desk.now + timedelta(hours=1)}
    desk.returns(TAKEN)
    assert desk.outcome(command) == Done(200, desk.payment())
    assert desk.due == {}


def test_an_alarm_that_comes_too_late_does_nothing() -> None:
    desk = authorized()
    desk.ask("payment.capture")
    alarm = desk.due[PAY]
    desk.returns(TAKEN)
    desk.due[PAY] = alarm
    decision = desk.wait(PAY)
    assert (decision.states, decision.calls, decision.due) == ((), (), {})
