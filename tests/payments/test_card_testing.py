"""Card testers are stopped, good customers are not."""

from dataclasses import replace

import pytest

from actors.payments.breaker import BreakerTerms
from actors.payments.card_testing import Limits
from actors.payments.provider import Declined
from actors.runtime.decision import Done, Refused
from messages.payments import PaymentStatus
from tests.payments.desk import AWAY, DECLINED, TAKEN, Desk, Result

LIMITS = Limits(per_payment=3, per_customer=5, per_address=8, breaker=BreakerTerms(attempts=0))
PAUSING = replace(LIMITS, breaker=BreakerTerms(attempts=10, percent=80, pause_seconds=60))
UNUSABLE = Declined(code="payment_method_unusable", detail="There is no such payment method.")


def buy(
    desk: Desk, result: Result, *, customer: str = "eve", address: str | None = None, **more: str
) -> Done | Refused:
    """One payment, its one attempt, and what the command comes to."""
    desk.address = address
    payment = f"pay_{len(desk.outcomes)}"
    command = desk.ask("payment.create", payment, amount=100, currency="USD", customer_id=customer, **more)
    if desk.calls:
        desk.returns(result)
    return desk.outcome(command)


def told(outcome: Done | Refused) -> tuple[str, str] | int:
    """The code and its reason, or the status of success."""
    return outcome.status if isinstance(outcome, Done) else (outcome.code, str(outcome.extra.get("reason", "")))


def declined_of(desk: Desk, count: int, **whose: str) -> None:
    assert [told(buy(desk, DECLINED, **whose)) for _ in range(count)] == [("card_declined", "")] * count


def test_a_payment_is_tried_so_often_and_no_more() -> None:
    # Given a payment that was declined three times
    desk = Desk(limits=LIMITS)
    desk.create()
    desk.returns(DECLINED)
    for _ in range(2):
        desk.ask("payment.confirm")
        desk.returns(DECLINED)
    before = desk.state()
    # When it is tried once more
    refusal = desk.refusal(desk.ask("payment.confirm", payment_method="pm_card_visa"))
    # Then nothing is asked and nothing has changed; it can still be called off
    assert (refusal.code, refusal.extra) == ("too_many_attempts", {"reason": "payment", "retry": "never"})
    assert (desk.calls, desk.state()) == ([], before)
    assert desk.outcome(desk.ask("payment.cancel")) == Done(200, desk.payment())


def test_an_outage_is_no_attempt() -> None:
    desk = Desk(limits=LIMITS)
    for _ in range(20):
        desk.create()
        desk.returns(AWAY)
    desk.create()
    desk.returns(TAKEN)
    assert desk.payment().status is PaymentStatus.SUCCEEDED


def test_a_customer_whose_cards_are_declined_waits_and_others_do_not() -> None:
    # Given
    desk = Desk(limits=LIMITS)
    declined_of(desk, 5)
    said = len(desk.said)
    # When
    refused = buy(desk, TAKEN)
    # Then
    assert told(refused) == ("too_many_attempts", "customer")
    assert isinstance(refused, Refused)
    assert 3590 < refused.extra["retry_after_seconds"] <= 3600
    assert (len(desk.said), desk.calls) == (said, [])
    assert told(buy(desk, TAKEN, customer="ada")) == 201
    # And an hour later
    desk.now = desk.now.replace(hour=desk.now.hour + 1)
    assert told(buy(desk, TAKEN)) == 201


def test_a_good_customer_may_come_as_often_as_they_like() -> None:
    desk = Desk(limits=LIMITS)
    for _ in range(30):
        assert told(buy(desk, DECLINED, address="8.8.8.8")) == ("card_declined", "")
        assert told(buy(desk, TAKEN, address="8.8.8.8")) == 201


def test_an_address_is_stopped_under_whatever_names_it_comes() -> None:
    desk = Desk(limits=LIMITS)
    for number in range(8):
        declined_of(desk, 1, customer=f"c{number}", address="8.8.8.8")
    assert told(buy(desk, TAKEN, customer="c9", address="8.8.8.8")) == ("too_many_attempts", "address")
    assert told(buy(desk, TAKEN, customer="c9", address="9.9.9.9")) == 201
    assert told(buy(desk, TAKEN, customer="c9")) == 201, "from where it comes nobody knows"


def test_the_address_is_forgotten_with_the_step() -> None:
    desk = Desk(limits=LIMITS)
    desk.address = "8.8.8.8"
    desk.create()
    operation = desk.state().operation
    assert operation is not None
    assert operation.address == "8.8.8.8"
    desk.returns(DECLINED)
    assert "8.8.8.8" not in desk.state().model_dump_json()


@pytest.mark.parametrize(("result", "code"), [(AWAY, "provider_unavailable"), (UNUSABLE, "payment_method_unusable")])
def test_what_says_nothing_of_a_card_does_not_count(result: Result, code: str) -> None:
    desk = Desk(limits=PAUSING)
    assert [told(buy(desk, result)) for _ in range(40)] == [(code, "")] * 40


def test_the_wallet_is_no_card() -> None:
    # Given a customer with too many declines, of a tenant that is paused
    desk = Desk(limits=PAUSING)
    declined_of(desk, 5)
    for number in range(5):
        declined_of(desk, 1, customer=f"c{number}")
    assert told(buy(desk, TAKEN, customer="ada")) == ("declines_paused", "decline_rate")
    # When they pay from their wallet
    command = desk.ask(
        "payment.create", "pay_w", amount=100, currency="USD", customer_id="eve", payment_method="wallet"
    )
    desk.ledger_says(201, {})
    # Then
    assert told(desk.outcome(command)) == 201


def test_a_pause_is_for_new_payments_alone() -> None:
    # Given an authorised payment, a declined one, one that was only made, and then a storm of declines
    desk = Desk(limits=PAUSING)
    for payment, wish, result in (
        ("pay_held", {"capture_method": "manual"}, TAKEN),
        ("pay_tried", {}, DECLINED),
        ("pay_made", {"confirm": False}, None),
    ):
        desk.ask("payment.create", payment, amount=1000, currency="USD", customer_id="ada", **wish)
        if result is not None:
            desk.returns(result)
    for number in range(8):
        declined_of(desk, 1, customer=f"c{number}")
    # Then nothing new is charged, made now or earlier
    refused = buy(desk, TAKEN, customer="ada")
    assert told(refused) == ("declines_paused", "decline_rate")
    assert isinstance(refused, Refused)
    assert 1 <= refused.extra["retry_after_seconds"] <= 60
    made = desk.ask("payment.confirm", "pay_made", payment_method="pm_card_visa")
    assert told(desk.outcome(made)) == ("declines_paused", "decline_rate")
    # But who was here before goes on
    for kind, payment, more in (
        ("payment.confirm", "pay_tried", {}),
        ("payment.capture", "pay_held", {}),
        ("refund.create", "pay_held", {"refund": "ref_1"}),
        ("payment.cancel", "pay_made", {}),
    ):
        command = desk.ask(kind, payment, **more)
        if desk.calls:
            desk.returns(TAKEN)
        assert told(desk.outcome(command)) in (200, 201), kind


def test_after_the_pause_trials_end_it() -> None:
    # Given
    desk = Desk(limits=PAUSING)
    for number in range(10):
        declined_of(desk, 1, customer=f"c{number}")
    assert told(buy(desk, TAKEN, customer="ada")) == ("declines_paused", "decline_rate")
    # When
    desk.now = desk.now.replace(minute=desk.now.minute + 2)
    # Then two successes close it, and it takes ten more declines to open it again
    assert [told(buy(desk, TAKEN, customer="ada")) for _ in range(2)] == [201, 201]
    for number in range(10):
        declined_of(desk, 1, customer=f"d{number}")
    assert told(buy(desk, TAKEN, customer="ada")) == ("declines_paused", "decline_rate")


def test_with_zeros_nothing_is_limited() -> None:
    desk = Desk(limits=Limits(0, 0, 0, BreakerTerms(attempts=0)))
    declined_of(desk, 200, address="8.8.8.8")
