"""Stories of creating, confirming and authenticating a payment."""

import pytest

from actors.payments.provider import Declined, Taken
from actors.payments.terms import Terms
from actors.runtime.decision import Done
from messages.payments import PaymentStatus
from messages.wire import json_of
from tests.payments.desk import ACTION, AWAY, DECLINED, PAY, TAKEN, Desk, paid


def test_a_payment_is_charged_and_succeeds() -> None:
    # Given
    desk = Desk()
    # When
    command = desk.create()
    call = desk.calls[0]
    desk.returns(TAKEN)
    # Then
    payment = desk.payment()
    assert desk.outcome(command) == Done(201, payment)
    assert (payment.status, payment.amount_captured, payment.version) == (PaymentStatus.SUCCEEDED, 1000, 2)
    assert (payment.provider_reference, payment.processing) == ("sim_ch_1", None)
    assert desk.types() == ["payment.created", "payment.succeeded"]
    assert desk.said[1].before == desk.said[0].resource
    assert (call.operation, call.lane, call.request["payment_method"]) == ("charge", PAY, "pm_card_visa")


def test_until_it_is_charged_a_waiting_client_is_shown_the_payment_in_processing() -> None:
    desk = Desk()
    command = desk.create()
    payment = desk.payment()
    assert (desk.outcomes[command], desk.shown[command]) == ([], payment)
    assert payment.status is PaymentStatus.PROCESSING
    assert payment.processing is not None
    assert payment.processing.reason == "waiting_for_provider"


def test_an_unconfirmed_payment_asks_nothing_of_the_provider_until_it_is_confirmed() -> None:
    # Given
    desk = Desk()
    created = desk.create(confirm=False)
    assert desk.outcome(created) == Done(201, desk.payment())
    assert (desk.payment().status, desk.calls) == (PaymentStatus.REQUIRES_CONFIRMATION, [])
    # When
    confirmed = desk.ask("payment.confirm", payment_method="pm_card_mastercard")
    desk.returns(TAKEN)
    # Then
    assert desk.outcome(confirmed) == Done(200, desk.payment())
    assert desk.payment().payment_method == "pm_card_mastercard"
    assert desk.types() == ["payment.created", "payment.processing_started", "payment.succeeded"]


def test_without_a_method_of_its_own_the_payment_waits_for_one() -> None:
    desk = Desk(terms=Terms(provider="other"))
    created = desk.create()
    assert desk.outcome(created) == Done(201, desk.payment())
    assert desk.payment().status is PaymentStatus.REQUIRES_PAYMENT_METHOD
    assert desk.refusal(desk.ask("payment.confirm")).code == "payment_method_unusable"


def test_a_declined_payment_exists_and_can_be_tried_again_with_another_method() -> None:
    # Given
    desk = Desk()
    created = desk.create(payment_method="pm_card_chargeDeclined")
    first = desk.calls[0]
    desk.returns(DECLINED)
    # Then
    refusal, declined = desk.refusal(created), desk.payment()
    assert (refusal.code, refusal.extra["decline_code"]) == ("card_declined", "insufficient_funds")
    assert refusal.extra["payment"] == json_of(declined)
    assert declined.status is PaymentStatus.REQUIRES_PAYMENT_METHOD
    assert declined.last_error is not None
    assert declined.last_error.payment_method == "pm_card_chargeDeclined"
    # When
    confirmed = desk.ask("payment.confirm", payment_method="pm_card_visa")
    second = desk.calls[0]
    desk.returns(TAKEN)
    # Then
    assert desk.outcome(confirmed) == Done(200, desk.payment())
    assert desk.payment().last_error is None
    assert first.id != second.id, "another attempt is another key at the provider"
    assert desk.types()[-3:] == ["payment.failed", "payment.processing_started", "payment.succeeded"]


def test_an_outage_charges_nothing_and_its_repeat_charges_the_same_payment() -> None:
    # Given
    desk = Desk()
    created = desk.create()
    desk.returns(AWAY)
    refusal = desk.refusal(created)
    assert refusal.code == "provider_unavailable"
    assert refusal.extra["payment"]["last_error"]["code"] == "provider_unavailable"
    # When
    again = desk.create()
    desk.returns(TAKEN)
    # Then
    assert desk.outcome(again) == Done(201, desk.payment())
    assert desk.payment().status is PaymentStatus.SUCCEEDED


def test_a_declined_payment_is_not_made_again() -> None:
    desk = Desk()
    desk.create()
    desk.returns(DECLINED)
    assert desk.refusal(desk.create()).code == "already_exists"
    assert desk.calls == []


def test_an_id_that_is_taken_is_refused() -> None:
    desk = paid()
    before = desk.payment()
    assert desk.refusal(desk.create(amount=5)).code == "already_exists"
    assert desk.payment() == before


def test_a_customer_authenticates_and_the_payment_goes_on() -> None:
    # Given
    desk = Desk()
    created = desk.create(return_url="https://shop.example/back")
    desk.returns(ACTION)
    waiting = desk.payment()
    assert desk.outcome(created) == Done(201, waiting)
    assert waiting.next_action is not None
    assert waiting.next_action.redirect_to_url.url == ACTION.url
    assert waiting.next_action.redirect_to_url.return_url == "https://shop.example/back"
    # When
    command = desk.ask("payment.authenticate", outcome="succeed")
    assert desk.calls[0].request == {"reference": "sim_ch_1", "outcome": "succeed"}
    desk.returns(TAKEN)
    # Then
    assert desk.outcome(command) == Done(200, desk.payment())
    assert (desk.payment().status, desk.payment().next_action) == (PaymentStatus.SUCCEEDED, None)
    assert desk.types()[1:] == ["payment.action_required", "payment.processing_started", "payment.succeeded"]


def test_failing_to_authenticate_fails_the_payment_but_not_the_command() -> None:
    desk = Desk()
    desk.create()
    desk.returns(ACTION)
    command = desk.ask("payment.authenticate", outcome="fail")
    desk.returns(Declined(code="authentication_failed", detail="The customer did not authenticate."))
    payment = desk.payment()
    assert desk.outcome(command) == Done(200, payment)
    assert payment.status is PaymentStatus.REQUIRES_PAYMENT_METHOD
    assert payment.last_error is not None
    assert payment.last_error.code == "authentication_failed"
    assert desk.types()[-1] == "payment.failed"


def test_only_a_payment_that_waits_for_the_customer_can_be_authenticated() -> None:
    desk = paid()
    refusal = desk.refusal(desk.ask("payment.authenticate", outcome="succeed"))
    assert (refusal.code, refusal.extra["allowed_from"]) == ("wrong_state", ["requires_action"])


def test_silence_is_told_once_and_leaves_the_step_open() -> None:
    # Given
    desk = Desk()
    command = desk.create()
    # When
    desk.returns(None)
    desk.returns(None)
    # Then
    processing = desk.payment().processing
    assert processing is not None
    assert processing.reason == "outcome_unknown"
    assert desk.types() == ["payment.created", "payment.updated"]
    assert desk.outcomes[command] == []
    assert desk.refusal(desk.ask("payment.confirm")).code == "outcome_pending"
    # And when it speaks at last
    desk.returns(TAKEN)
    assert desk.outcome(command) == Done(201, desk.payment())


def test_an_answer_to_a_call_that_is_no_longer_open_changes_nothing() -> None:
    desk = Desk()
    desk.create()
    first = desk.calls[0]
    desk.returns(DECLINED)
    desk.ask("payment.confirm")
    before = desk.state()
    decision = desk.answer(first, TAKEN)
    assert (decision.states, decision.events, decision.outcome) == ((), (), None)
    assert desk.state() == before


def test_a_charge_that_is_accepted_and_not_finished_stays_in_processing() -> None:
    desk = Desk()
    command = desk.create()
    desk.returns(Taken(reference="sim_ch_1", amount=1000, pending=True))
    assert desk.outcome(command) == Done(201, desk.payment())
    assert (desk.payment().status, desk.payment().amount_captured) == (PaymentStatus.PROCESSING, 0)


@pytest.mark.parametrize("verb", ["confirm", "capture", "cancel"])
def test_what_does_not_exist_is_not_found(verb: str) -> None:
    desk = Desk()
    assert desk.refusal(desk.ask(f"payment.{verb}", "pay_unknown")).code == "not_found"


def test_tax_cannot_be_more_than_the_amount_it_is_in() -> None:
    desk = Desk()
    tax = [{"jurisdiction": "DE", "amount": 900}, {"jurisdiction": "FR", "amount": 101}]
    assert desk.refusal(desk.create(destination={"type": "sale", "tax": tax})).code == "amount_too_small"
    assert desk.view == {}


def test_the_same_messages_lead_to_the_same_calls() -> None:
    def run() -> tuple[object, object]:
        desk = Desk()
        desk.create()
        return list(desk.calls), desk.state()

    assert run() == run()
