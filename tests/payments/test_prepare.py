"""Payments made without a method, at a provider that waits for it."""

from typing import Any

import pytest

from actors.payments.account_breaker import Tolerance
from actors.payments.provider import Declined, Taken
from actors.payments.states import ProviderEventState
from actors.payments.terms import Terms
from actors.runtime.decision import Done
from messages.payments import Payment, PaymentStatus
from tests.payments.desk import AWAY, DECLINED, PAY, Desk
from tests.payments.provider_says import event

STRIPE = Terms(provider="stripe", keeps_open=True)
MADE = Taken(reference="pi_1", amount=1000, pending=True, client_secret="pi_1_secret")


def prepared(**data: Any) -> tuple[Desk, str]:
    desk = Desk(STRIPE)
    command = desk.create(**data)
    desk.returns(MADE)
    return desk, command


def intent_is(desk: Desk, type_: str, id_: str = "pi_1", **fields: Any) -> str:
    """Stripe tells this of it; returns what became of the event."""
    told = {"id": id_, "object": "payment_intent", "amount": 1000, "currency": "usd", **fields}
    event(desk, f"payment_intent.{type_}", {**told, "metadata": {"pocketpay_payment_id": PAY}}, provider="stripe")
    (kept,) = (state.provider_event for state in desk.view.values() if isinstance(state, ProviderEventState))
    return kept.status


def test_who_makes_it_is_told_the_secret_and_nobody_else() -> None:
    # When a payment is made without a method
    desk, command = prepared()
    # Then its maker gets the secret
    outcome = desk.outcome(command)
    assert isinstance(outcome, Done)
    assert isinstance(outcome.body, Payment)
    assert (outcome.status, outcome.body.client_secret) == (201, "pi_1_secret")
    # And it is neither kept nor said
    payment = desk.payment()
    assert (payment.status, payment.client_secret) == (PaymentStatus.REQUIRES_PAYMENT_METHOD, None)
    assert payment.provider_reference == "pi_1"
    assert "pi_1_secret" not in repr(desk.said)
    assert desk.types() == ["payment.created", "payment.updated"]


def test_it_is_confirmed_where_the_customer_could_pay_it_too() -> None:
    desk, _ = prepared()
    desk.ask("payment.confirm", payment_method="pm_1")
    assert desk.calls[0].operation == "charge"
    assert desk.calls[0].request["reference"] == "pi_1"


def test_while_the_browser_may_pay_it_the_wallet_does_not() -> None:
    # Given an intent that waits for the customer's browser
    desk, _ = prepared()
    before = desk.payment()
    # When the wallet is to pay
    refusal = desk.refusal(desk.ask("payment.confirm", payment_method="wallet"))
    # Then it is told what to do, and nothing has changed
    assert (refusal.code, refusal.extra["status_now"]) == ("wrong_state", "requires_payment_method")
    assert "cancel it and make another" in refusal.detail
    assert (desk.payment(), desk.calls, desk.wishes) == (before, [], [])
    # And a card still pays it where it waits
    desk.ask("payment.confirm", payment_method="pm_1")
    assert desk.calls[0].request["reference"] == "pi_1"


def test_nor_after_a_decline_that_left_it_open() -> None:
    desk = Desk(STRIPE)
    desk.create(payment_method="pm_1")
    desk.returns(DECLINED.model_copy(update={"reference": "pi_1"}))
    assert desk.refusal(desk.ask("payment.confirm", payment_method="wallet")).code == "wrong_state"


def test_where_nothing_was_begun_the_wallet_may_pay() -> None:
    desk = Desk(STRIPE)
    desk.create(payment_method="pm_1")
    desk.returns(AWAY)
    desk.ask("payment.confirm", payment_method="wallet")
    assert [wish.type for wish in desk.wishes] == ["wallet.pay"]


@pytest.mark.parametrize("method", ["pm_1", "wallet"])
@pytest.mark.parametrize("tolerance", [None, Tolerance()])
def test_it_goes_nowhere_else_when_its_account_is_taken_out(method: str, tolerance: Tolerance | None) -> None:
    # Given an intent at an account that is not set up any more
    desk, _ = prepared()
    desk.terms = Terms(provider="simulated", tolerance=tolerance)
    # When it is confirmed
    command = desk.ask("payment.confirm", payment_method=method)
    # Then it waits for its account, or is refused
    assert (desk.payment().provider, desk.payment().provider_reference) == ("stripe", "pi_1")
    if tolerance is None or method == "wallet":
        assert desk.refusal(command).code == "wrong_state"


def test_it_is_canceled_there_before_it_is_here() -> None:
    desk, _ = prepared()
    command = desk.ask("payment.cancel")
    assert [call.operation for call in desk.calls] == ["release"]
    assert desk.payment().status is PaymentStatus.REQUIRES_PAYMENT_METHOD
    desk.returns(Taken(reference="pi_1", amount=1000))
    assert desk.outcome(command) == Done(200, desk.payment())
    assert desk.payment().status is PaymentStatus.CANCELED


def test_what_the_customer_paid_meanwhile_is_not_canceled() -> None:
    desk, _ = prepared()
    command = desk.ask("payment.cancel")
    desk.returns(Declined(reference="pi_1", code="card_declined", detail="The payment is succeeded at Stripe."))
    assert desk.refusal(command).code == "wrong_state"
    assert desk.payment().status is PaymentStatus.REQUIRES_PAYMENT_METHOD


def test_what_the_browser_authorised_waits_for_its_capture() -> None:
    # Given a payment that is to be captured later
    desk, _ = prepared(capture_method="manual")
    # When the customer's browser pays the intent, and Stripe tells of it
    assert intent_is(desk, "amount_capturable_updated", amount_capturable=1000) == "applied"
    # Then it is looked at, and can be captured
    assert [call.operation for call in desk.calls] == ["look_up_charge"]
    desk.returns(Taken(reference="pi_1", amount=1000))
    assert (desk.payment().status, desk.payment().amount_capturable) == (PaymentStatus.REQUIRES_CAPTURE, 1000)
    desk.ask("payment.capture")
    assert desk.calls[0].operation == "capture"


def test_what_is_canceled_at_stripe_is_canceled_here() -> None:
    desk, _ = prepared()
    assert intent_is(desk, "canceled") == "applied"
    assert (desk.payment().status, desk.calls) == (PaymentStatus.CANCELED, [])


def test_that_another_intent_of_it_is_canceled_changes_nothing() -> None:
    desk, _ = prepared()
    before = desk.payment()
    intent_is(desk, "canceled", id_="pi_2")
    assert (desk.payment(), desk.calls) == (before, [])


def test_what_stripe_still_processed_and_then_canceled_is_looked_at() -> None:
    # Given a payment that Stripe has accepted and not finished
    desk, _ = prepared()
    desk.ask("payment.confirm", payment_method="pm_1")
    desk.returns(Taken(reference="pi_1", amount=1000, pending=True))
    # When it is canceled there
    intent_is(desk, "canceled")
    # Then Stripe is asked, and the payment may be canceled here too
    assert [call.operation for call in desk.calls] == ["look_up_charge"]
    desk.returns(Declined(reference="pi_1", code="card_declined", detail="The payment was canceled at Stripe."))
    assert desk.payment().status is PaymentStatus.REQUIRES_PAYMENT_METHOD


def test_after_an_outage_the_same_key_prepares_it_again() -> None:
    desk = Desk(STRIPE)
    command = desk.create()
    desk.returns(AWAY)
    assert desk.refusal(command).code == "provider_unavailable"
    again = desk.create()
    assert [call.operation for call in desk.calls] == ["prepare"]
    desk.returns(MADE)
    assert desk.outcome(again) == Done(201, desk.payment(PAY).model_copy(update={"client_secret": "pi_1_secret"}))


def test_silence_is_told_and_ends() -> None:
    desk = Desk(STRIPE)
    desk.create()
    desk.returns(None)
    assert desk.payment().processing is not None
    desk.returns(MADE)
    assert desk.payment().processing is None


def test_where_the_provider_does_not_wait_nothing_is_asked_of_it() -> None:
    desk = Desk(Terms(provider="elsewhere"))
    command = desk.create()
    assert desk.calls == []
    assert desk.outcome(command) == Done(201, desk.payment())
