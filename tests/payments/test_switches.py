"""What is switched off begins nothing and keeps nothing; money on its way goes on, and so does all once it is on."""

import pytest

from actors.runtime.decision import Done
from messages.payments import PaymentStatus
from tests.payments.desk import PO, TAKEN, Desk
from tests.payments.test_routing import TWO
from tests.runtime.turning import REASON, turn


def _off(desk: Desk, *names: str) -> None:
    for name in names:
        turn(desk.view, name, desk.now, on=False)


def _on(desk: Desk, name: str) -> None:
    turn(desk.view, name, desk.now, on=True)


def _nothing_begun(desk: Desk, command: str) -> None:
    refusal = desk.refusal(command)
    assert (refusal.code, refusal.extra["reason"]) == ("switched_off", REASON)
    assert (desk.calls, desk.wishes) == ([], [])


def test_no_payment_begins_while_payments_are_off_and_the_same_one_does_when_they_are_on() -> None:
    # Given payments that are off
    desk = Desk()
    _off(desk, "payments")
    # When one is asked for
    _nothing_begun(desk, desk.create())
    assert desk.said == []
    # Then it is made once they are on
    _on(desk, "payments")
    again = desk.create()
    desk.returns(TAKEN)
    assert isinstance(desk.outcome(again), Done)
    assert desk.payment().status is PaymentStatus.SUCCEEDED


def test_what_was_charged_before_is_taken_captured_and_given_back_while_payments_are_off() -> None:
    # Given a payment on its way, and payments off
    desk = Desk()
    desk.create(capture_method="manual")
    _off(desk, "payments", "provider:simulated", "payouts")
    # When it goes on
    desk.returns(TAKEN)
    assert desk.payment().status is PaymentStatus.REQUIRES_CAPTURE
    desk.ask("payment.capture")
    desk.returns(TAKEN)
    desk.refund()
    # Then it is captured, and given back
    assert desk.payment().status is PaymentStatus.SUCCEEDED
    assert [call.operation for call in desk.calls] == ["refund"]


def test_a_payment_that_waits_for_its_confirmation_waits_on_unchanged() -> None:
    desk = Desk()
    desk.create(confirm=False)
    before = desk.payment()
    _off(desk, "payments")
    _nothing_begun(desk, desk.ask("payment.confirm"))
    assert desk.payment() == before


def test_an_account_that_is_off_takes_no_new_charge_and_the_next_one_does() -> None:
    desk = Desk(terms=TWO)
    _off(desk, "provider:us")
    desk.create()
    assert desk.payment().provider == "eu"
    assert [call.operation for call in desk.calls] == ["charge"]


@pytest.mark.parametrize("names", [("provider:us", "provider:eu")])
def test_with_all_its_accounts_off_nothing_is_accepted(names: tuple[str, ...]) -> None:
    desk = Desk(terms=TWO)
    _off(desk, *names)
    _nothing_begun(desk, desk.create())
    _on(desk, "provider:eu")
    desk.create()
    assert desk.payment().provider == "eu"


def test_the_only_account_off_refuses_charges_but_not_what_asks_nothing_of_it() -> None:
    desk = Desk()
    _off(desk, "provider:simulated")
    _nothing_begun(desk, desk.create())
    assert isinstance(desk.outcome(desk.create(confirm=False)), Done)


def test_no_withdrawal_begins_while_payouts_are_off_and_one_on_its_way_goes_on() -> None:
    # Given a withdrawal whose money is being held
    desk = Desk()
    desk.withdraw()
    _off(desk, "payouts")
    # When another is asked for
    refusal = desk.refusal(desk.withdraw("po_2"))
    # Then that one is refused, and the first goes to the provider
    assert refusal.code == "switched_off"
    desk.ledger_says(201, {})
    assert [call.lane for call in desk.calls] == [PO]
    _on(desk, "payouts")
    desk.withdraw("po_2")
    assert [wish.type for wish in desk.wishes] == ["hold.create"]
