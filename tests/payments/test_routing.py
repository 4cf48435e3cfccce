"""Which account takes a charge: the rules alone, the breaker alone, and both at work on payments."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from actors.payments.account_breaker import AccountBreaker, Tolerance, failed, lets_through, tried
from actors.payments.bookings import transaction_id
from actors.payments.keys import booking_key
from actors.payments.provider import Away, Declined, Taken
from actors.payments.routing import Asked, Rule, route
from actors.payments.states import ProviderEventState
from actors.payments.terms import Terms
from actors.runtime.decision import Done
from messages.payments import PaymentStatus
from tests.payments.desk import ACTION, AWAY, DECLINED, PAY, TAKEN, TENANT, Desk
from tests.payments.provider_says import event
from tests.payments.test_bookings import booking, listed

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
RULES = (
    Rule(currencies=["EUR", "CHF"], accounts=["eu", "us"]),
    Rule(currencies=["USD"], amount_min=5000, amount_max=9000, accounts=["big"]),
    Rule(currencies=["JPY"], countries=["JP"], accounts=["jp"]),
)
TOLERANCE = Tolerance(failures=2, within_seconds=60, retry_seconds=30)
EU = Terms(provider="eu", kind="simulated", default_method="pm_card_visa")
TWO = Terms(
    provider="us",
    kind="simulated",
    default_method="pm_card_visa",
    others=(EU,),
    rules=(*RULES[:1], Rule(accounts=["us", "eu"])),
    tolerance=TOLERANCE,
)


@pytest.mark.parametrize(
    ("asked", "accounts"),
    [
        (Asked(1000, "EUR"), ["eu", "us"]),
        (Asked(1000, "CHF"), ["eu", "us"]),
        (Asked(4999, "USD"), ["us"]),
        (Asked(5000, "USD"), ["big"]),
        (Asked(9000, "USD"), ["big"]),
        (Asked(9001, "USD"), ["us"]),
        (Asked(100, "JPY"), ["us"]),
        (Asked(100, "JPY", "JP"), ["jp"]),
        (Asked(100, "JPY", "DE"), ["us"]),
    ],
)
def test_the_first_rule_that_fits_says_where_else_the_default_alone(asked: Asked, accounts: list[str]) -> None:
    assert route(RULES, "us", asked) == accounts


def test_who_is_shut_is_left_out_and_nobody_takes_its_place() -> None:
    assert route(RULES, "us", Asked(1000, "EUR"), {"eu"}) == ["us"]
    assert route(RULES, "us", Asked(1000, "EUR"), {"eu", "us"}) == []
    assert route(RULES, "us", Asked(1000, "GBP"), {"us"}) == []


@pytest.mark.parametrize(
    "rule", [{"accounts": []}, {"accounts": ["us"], "amount_min": 5}, {"accounts": ["us"], "x": 1}]
)
def test_a_rule_that_cannot_be_meant_is_refused(rule: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Rule.model_validate(rule)


def test_a_breaker_opens_after_failures_in_a_row_and_lets_one_try_now_and_then() -> None:
    # Given two failures, too far apart
    breaker = failed(AccountBreaker(), TOLERANCE, NOW)
    breaker = failed(breaker, TOLERANCE, NOW + timedelta(seconds=61))
    assert not breaker.is_open
    # When a third comes in time
    opened_at = NOW + timedelta(seconds=62)
    breaker = failed(breaker, TOLERANCE, opened_at)
    # Then nobody gets through, until one may try; and while that is under way nobody else
    assert breaker.is_open
    assert not lets_through(breaker, opened_at + timedelta(seconds=29))
    trial_at = opened_at + timedelta(seconds=30)
    assert lets_through(breaker, trial_at)
    breaker = tried(breaker, TOLERANCE, trial_at)
    assert not lets_through(breaker, trial_at)
    # And its failure leaves it open until the next
    assert failed(breaker, TOLERANCE, trial_at) == breaker
    assert lets_through(breaker, trial_at + timedelta(seconds=30))


def accounts_asked(desk: Desk) -> list[str]:
    return [call.request["account"] for call in desk.calls if call.operation == "charge"]


def test_an_outage_moves_the_charge_to_the_next_account_and_no_more_than_one_is_ever_asked() -> None:
    desk = Desk(TWO)
    command = desk.create(currency="EUR", off_session=True)
    assert accounts_asked(desk) == ["eu"]
    first = desk.calls[0]
    desk.returns(AWAY)
    # Then the same charge is asked of the other account, under a key of its own
    assert accounts_asked(desk) == ["us"]
    assert desk.calls[0].request == {**first.request, "account": "us"}
    assert desk.calls[0].id != first.id
    desk.returns(TAKEN)
    assert desk.outcome(command) == Done(201, desk.payment())
    assert (desk.payment().provider, desk.payment().status) == ("us", PaymentStatus.SUCCEEDED)
    assert desk.types() == ["payment.created", "payment.updated", "payment.succeeded"]
    # And what the first says after that moves nothing
    desk.answer(first, TAKEN.model_copy(update={"reference": "sim_ch_eu"}))
    assert desk.payment().provider_reference == "sim_ch_1"
    # And a refund goes where the charge was, whatever the rules say by now
    desk.terms = TWO.model_copy(update={"rules": ()})
    desk.refund(amount=400)
    assert (desk.calls[0].operation, desk.calls[0].request["account"]) == ("refund", "us")


@pytest.mark.parametrize("came", [[DECLINED], [None, AWAY], [None, DECLINED], [None, TAKEN], [ACTION]])
def test_a_decline_a_silence_and_a_customer_who_is_needed_stay_at_the_account(
    came: list[Taken | Declined | Away | None],
) -> None:
    desk = Desk(TWO)
    desk.create(currency="EUR")
    for result in came:
        desk.returns(result)
    assert accounts_asked(desk) == []
    assert desk.payment().provider == "eu"


def test_what_an_account_has_made_known_stays_there_even_in_an_outage() -> None:
    # Given a payment that was declined at one account, under its reference there
    desk = Desk(TWO)
    desk.create(currency="EUR")
    desk.returns(DECLINED.model_copy(update={"reference": "pi_1"}))
    # When it is tried again and the account is away
    desk.ask("payment.confirm")
    assert accounts_asked(desk) == ["eu"]
    desk.returns(AWAY)
    # Then nobody else is asked
    assert (accounts_asked(desk), desk.payment().provider) == ([], "eu")


def test_when_all_are_away_it_fails_and_the_repeat_begins_with_the_first() -> None:
    desk = Desk(TWO)
    command = desk.create(currency="EUR")
    desk.returns(AWAY)
    desk.returns(AWAY)
    assert desk.refusal(command).code == "provider_unavailable"
    assert desk.payment().status is PaymentStatus.REQUIRES_PAYMENT_METHOD
    desk.create(currency="EUR")
    assert accounts_asked(desk) == ["eu"]


def test_where_no_rule_fits_the_default_is_asked_alone() -> None:
    desk = Desk(TWO.model_copy(update={"rules": ()}))
    command = desk.create()
    desk.returns(AWAY)
    assert (accounts_asked(desk), desk.refusal(command).code) == ([], "provider_unavailable")


def pay(desk: Desk, payment: str) -> str:
    return desk.ask("payment.create", payment, amount=1000, currency="EUR", customer_id="ada")


def test_a_breaker_keeps_charges_away_until_one_trial_is_answered() -> None:
    # Given an account that was away twice, once without a word
    desk = Desk(TWO)
    pay(desk, "pay_1")
    desk.returns(AWAY)
    desk.returns(TAKEN)
    pay(desk, "pay_2")
    desk.returns(None)
    assert [(each.type, vars(each.resource)["status"]) for each in desk.said if each.type.startswith("provider.")] == [
        ("provider.degraded", "degraded")
    ]
    # Then the next goes straight to the other
    desk.calls.clear()
    pay(desk, "pay_3")
    assert accounts_asked(desk) == ["us"]
    # And after a while one tries it, and no more than one
    desk.now += timedelta(seconds=31)
    pay(desk, "pay_4")
    pay(desk, "pay_5")
    assert accounts_asked(desk) == ["us", "eu", "us"]
    # And its answer, though it is a no, brings the account back
    desk.answer(desk.calls[1], DECLINED)
    assert desk.types()[-2:] == ["payment.failed", "provider.recovered"]
    desk.calls.clear()
    pay(desk, "pay_6")
    assert accounts_asked(desk) == ["eu"]


def test_when_every_breaker_is_open_nothing_is_asked_and_nothing_is_charged() -> None:
    # Given an account without a substitute, away twice
    desk = Desk(TWO.model_copy(update={"rules": (Rule(accounts=["eu"]),)}))
    for payment in ("pay_1", "pay_2"):
        pay(desk, payment)
        desk.returns(AWAY)
    # When there is another payment
    refusal = desk.refusal(pay(desk, "pay_3"))
    # Then it fails at once, and can be tried again
    assert (refusal.code, refusal.extra["payment"]["status"]) == ("provider_unavailable", "requires_payment_method")
    assert desk.calls == []
    assert desk.types()[-2:] == ["payment.created", "payment.failed"]
    desk.now += timedelta(seconds=31)
    pay(desk, "pay_3")
    assert accounts_asked(desk) == ["eu"]


def test_what_an_account_tells_of_a_payment_that_another_charges_is_not_believed() -> None:
    # Given a payment that was moved to another account, and is on its way there
    desk = Desk(TWO)
    desk.create(currency="EUR")
    desk.returns(AWAY)
    # When the first says that it charged it all the same
    told = {"id": "ch_eu", "object": "charge", "captured": True, "amount_captured": 1000, "amount": 1000}
    metadata = {"pocketpay_payment_id": PAY}
    event(desk, "charge.succeeded", {**told, "currency": "eur", "metadata": metadata}, provider="eu")
    # Then that changes nothing, and is kept for a person to look at
    kept = next(each for each in desk.view.values() if isinstance(each, ProviderEventState))
    assert (kept.provider_event.status, desk.payment().status) == ("unmatched", PaymentStatus.PROCESSING)
    # And neither its fee nor its money is the payment's, even under a name that the other account uses too
    desk.returns(TAKEN)
    for account, fee in (("eu", 99), ("us", 59), ("eu", 98)):
        listed(desk, booking(fee=fee, currency="EUR", ours=PAY), account=f"prov_{account}")
    assert desk.payment().fee == 59
    first = booking_key(TENANT, transaction_id(TENANT, "eu", "txn_1")).id
    desk.wait(first)
    assert desk.payment().amount_available == 0


COMES_TO = st.sampled_from(["taken", "away", "declined", "declined here", "silent, taken", "silent, away"])


@given(st.lists(COMES_TO, min_size=1, max_size=8), st.integers(0, 4))
def test_whatever_accounts_do_no_payment_is_charged_twice(behaviours: list[str], repeats: int) -> None:
    desk, charged, began = Desk(TWO), list[str](), 0
    desk.create(currency="EUR")
    for _ in range(repeats + 1):
        while desk.calls:
            assert len(desk.calls) == 1
            account, behaviour = desk.calls[0].request["account"], behaviours[began % len(behaviours)]
            began += 1
            if behaviour.startswith("silent"):
                desk.returns(None)
            if behaviour.endswith("taken"):
                charged.append(account)
            desk.returns(
                {
                    "taken": TAKEN,
                    "away": AWAY,
                    "declined": DECLINED,
                    "declined here": DECLINED.model_copy(update={"reference": f"{account}_1"}),
                }[behaviour.rpartition(", ")[2]]
            )
        desk.ask("payment.confirm", PAY)
    assert len(charged) <= 1
    if charged:
        assert (desk.payment().provider, desk.payment().status) == (charged[0], PaymentStatus.SUCCEEDED)
