"""Real money and test money never meet: each tenant is charged at accounts of its own mode."""

import pytest

from actors.payments.real_money import real_ways
from actors.payments.terms import Terms
from actors.runtime.decision import Done
from messages.payments import PaymentStatus
from tests.payments.desk import AWAY, PAY, SIMULATED, TAKEN, TENANT, Desk
from tests.payments.test_routing import TOLERANCE, TWO, accounts_asked

STRIPE_TEST = Terms(provider="stripe", keeps_open=True)
STRIPE = STRIPE_TEST.model_copy(update={"livemode": True})
OWN = Terms(provider="own", kind="stripe", livemode=True, tolerance=TOLERANCE)
TRIED = OWN.model_copy(update={"provider": "tried", "livemode": False})
BOTH = TWO.model_copy(update={"others": (*TWO.others, OWN, TRIED)})


def routed(*accounts: str) -> Terms:
    """The simulated accounts `us` and `eu`, and at Stripe `own` with a live key and `tried` with a test key."""
    return BOTH.model_copy(update={"rules": (TWO.rules[-1].model_copy(update={"accounts": list(accounts)}),)})


@pytest.mark.parametrize(
    ("whose", "livemode", "ways", "real"),
    [
        (None, False, ["us", "own", "tried"], ["us", "tried"]),
        (TENANT, False, ["us", "own", "tried"], ["us", "tried"]),
        ("other", False, ["us", "own", "tried"], ["us", "tried"]),
        (TENANT, False, ["own"], []),
        (None, True, ["us", "own", "tried"], ["own"]),
        (TENANT, True, ["tried", "own", "us"], ["own"]),
        (TENANT, True, ["us", "tried"], []),
        ("other", True, ["us", "own", "tried"], []),
        (TENANT, True, ["not_set_up"], ["not_set_up"]),
        (TENANT, False, ["not_set_up"], ["not_set_up"]),
    ],
)
def test_the_accounts_of_a_tenant_are_of_its_mode_and_live_ones_its_own(
    whose: str | None, livemode: bool, ways: list[str], real: list[str]
) -> None:
    terms = BOTH.model_copy(update={"tenant": whose})
    assert real_ways(terms, ways, TENANT, livemode=livemode) == real


@pytest.mark.parametrize("terms", [SIMULATED, STRIPE_TEST, TWO, routed("us", "eu"), routed("us", "tried")])
@pytest.mark.parametrize("wish", [{}, {"confirm": False}, {"payment_method": "pm_card_visa"}, {"currency": "EUR"}])
def test_a_live_tenant_makes_no_payment_where_only_test_money_is_taken(terms: Terms, wish: dict[str, object]) -> None:
    desk = Desk(terms, livemode=True)
    refusal = desk.refusal(desk.create(**wish))
    assert refusal.code == "test_mode_only"
    assert (desk.view, desk.calls, desk.said) == ({}, [], [])


@pytest.mark.parametrize("terms", [STRIPE, routed("own")])
@pytest.mark.parametrize("wish", [{"payment_method": "pm_card_visa"}, {"confirm": False}])
def test_a_test_tenant_makes_no_payment_where_only_real_money_is_taken(terms: Terms, wish: dict[str, object]) -> None:
    desk = Desk(terms)
    assert desk.refusal(desk.create(**wish)).code == "mode_mismatch"
    assert (desk.view, desk.calls, desk.said) == ({}, [], [])


def test_nor_is_it_charged_there_after_an_outage_of_its_own() -> None:
    desk = Desk(routed("us", "own", "eu"))
    desk.create(payment_method="pm_card_visa")
    desk.returns(AWAY)
    assert accounts_asked(desk) == ["eu"]


@pytest.mark.parametrize(
    ("terms", "livemode", "code"),
    [(SIMULATED, True, "test_mode_only"), (STRIPE_TEST, True, "test_mode_only"), (STRIPE, False, "mode_mismatch")],
)
def test_neither_saves_a_method_or_withdraws_at_the_others_accounts(terms: Terms, livemode: bool, code: str) -> None:
    desk = Desk(terms, livemode=livemode)
    attach = desk.ask("payment_method.attach", "pm_1", customer_id="abc123", payment_method="pm_card_visa")
    assert desk.refusal(attach).code == code
    assert desk.refusal(desk.withdraw()).code == code
    assert (desk.view, desk.calls, desk.wishes) == ({}, [], [])


def test_nor_is_one_confirmed_that_was_made_before() -> None:
    desk = Desk(SIMULATED)
    desk.create(confirm=False)
    desk.livemode = True
    assert desk.refusal(desk.ask("payment.confirm")).code == "test_mode_only"
    assert desk.calls == []


def test_its_wallets_pay_all_the_same() -> None:
    desk = Desk(SIMULATED, livemode=True)
    desk.create(payment_method="wallet")
    assert [wish.type for wish in desk.wishes] == ["wallet.pay"]
    assert desk.calls == []


def test_it_is_charged_at_the_first_real_account_also_after_an_outage() -> None:
    desk = Desk(routed("us", "tried", "own", "eu"), livemode=True)
    command = desk.create(payment_method="pm_card_visa")
    assert accounts_asked(desk) == ["own"]
    desk.returns(AWAY)
    assert accounts_asked(desk) == []
    assert desk.refusal(command).code == "provider_unavailable"
    assert desk.payment().status is PaymentStatus.REQUIRES_PAYMENT_METHOD


@pytest.mark.parametrize(("whose", "is_theirs"), [(TENANT, True), ("other", False)])
def test_real_accounts_take_the_money_of_their_own_tenant_alone(whose: str, is_theirs: bool) -> None:
    desk = Desk(STRIPE.model_copy(update={"tenant": whose}), livemode=True)
    command = desk.create(payment_method="pm_card_visa")
    assert [call.operation for call in desk.calls] == (["charge"] if is_theirs else [])
    if not is_theirs:
        assert desk.refusal(command).code == "test_mode_only"
        assert desk.view == {}


@pytest.mark.parametrize(("terms", "livemode"), [(SIMULATED, False), (STRIPE, True), (STRIPE_TEST, False)])
def test_all_others_are_charged(terms: Terms, livemode: bool) -> None:
    desk = Desk(terms, livemode=livemode)
    command = desk.create(payment_method="pm_card_visa")
    desk.returns(TAKEN)
    assert desk.outcome(command) == Done(201, desk.payment(PAY))
    assert desk.payment().livemode is livemode
