"""A live tenant's money and the simulated provider never meet."""

import pytest

from actors.payments.terms import Terms
from actors.runtime.decision import Done
from messages.payments import PaymentStatus
from tests.payments.desk import AWAY, PAY, SIMULATED, TAKEN, TENANT, Desk
from tests.payments.test_routing import TOLERANCE, TWO, accounts_asked

STRIPE = Terms(provider="stripe", keeps_open=True)
OWN = Terms(provider="own", kind="stripe", tolerance=TOLERANCE)
BOTH = TWO.model_copy(update={"others": (*TWO.others, OWN)})


def routed(*accounts: str) -> Terms:
    """The simulated accounts `us` and `eu`, and `own` at Stripe, in this order."""
    return BOTH.model_copy(update={"rules": (TWO.rules[-1].model_copy(update={"accounts": list(accounts)}),)})


@pytest.mark.parametrize("terms", [SIMULATED, TWO, routed("us", "eu")])
@pytest.mark.parametrize("wish", [{}, {"confirm": False}, {"payment_method": "pm_card_visa"}, {"currency": "EUR"}])
def test_a_live_tenant_makes_no_payment_at_the_simulated_provider(terms: Terms, wish: dict[str, object]) -> None:
    desk = Desk(terms, livemode=True)
    refusal = desk.refusal(desk.create(**wish))
    assert refusal.code == "test_mode_only"
    assert (desk.view, desk.calls, desk.said) == ({}, [], [])


def test_it_saves_no_method_and_withdraws_nothing_there() -> None:
    desk = Desk(SIMULATED, livemode=True)
    attach = desk.ask("payment_method.attach", "pm_1", customer_id="abc123", payment_method="pm_card_visa")
    assert desk.refusal(attach).code == "test_mode_only"
    assert desk.refusal(desk.withdraw()).code == "test_mode_only"
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
    desk = Desk(routed("us", "own", "eu"), livemode=True)
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


@pytest.mark.parametrize(("terms", "livemode"), [(SIMULATED, False), (STRIPE, True), (STRIPE, False)])
def test_all_others_are_charged(terms: Terms, livemode: bool) -> None:
    desk = Desk(terms, livemode=livemode)
    command = desk.create(payment_method="pm_card_visa")
    desk.returns(TAKEN)
    assert desk.outcome(command) == Done(201, desk.payment(PAY))
    assert desk.payment().livemode is livemode
