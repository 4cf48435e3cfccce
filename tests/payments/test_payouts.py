"""Stories of withdrawals: first the wallet's money is held, then it is sent; what does not go comes back."""

from datetime import timedelta
from typing import Any

import pytest

from actors.payments.provider import Declined, Taken
from actors.runtime.decision import Done
from messages.ledger_commands import CreateHold, VoidHold
from messages.payouts import Payout, PayoutStatus
from tests.payments.desk import ACTION, AWAY, PO, Desk, withdrawn

SENT = Taken(reference="sim_po_1", amount=1000, pending=True, look_again_seconds=2)
ARRIVED = Taken(reference="sim_po_1", amount=1000)
BACK = Declined(code="payment_method_unusable", decline_code="account_closed", detail="The account is closed.")
TOO_LITTLE: dict[str, Any] = {"code": "insufficient_funds", "detail": "Too little.", "balance": {"available": 5}}


def test_the_wallets_money_is_held_before_anybody_is_told() -> None:
    # Given
    desk = Desk()
    # When
    command = desk.withdraw(description="Rent", metadata={"flat": "4"})
    # Then
    (wish,) = desk.wishes
    assert (wish.actor, wish.type, wish.subject, wish.entity) == ("ledger", "hold.create", "hold_1", PO)
    to = {"type": "withdrawal", "payout": PO}
    assert wish.data == CreateHold(customer_id="abc123", amount=1000, currency="USD", destination=to)
    assert (desk.said, desk.calls, desk.shown[command], desk.payout().version) == ([], [], None, 0)
    # When it is held
    desk.ledger_says(201, {})
    # Then the payout exists, and the provider is asked to send it
    created = desk.payout()
    assert (created.status, created.version, created.hold) == (PayoutStatus.PENDING, 1, "hold_1")
    assert (created.purpose, created.customer_id, created.automatic) == ("withdrawal", "abc123", False)
    assert (created.description, created.metadata, created.created_at) == ("Rent", {"flat": "4"}, desk.now)
    assert desk.types() == ["payout.created"]
    (call,) = desk.calls
    asked = {"payout": PO, "amount": 1000, "currency": "USD", "customer_id": "abc123"}
    assert (call.operation, call.lane, call.request) == ("payout", PO, asked)
    assert desk.outcomes[command] == []
    # When it is on its way
    desk.returns(SENT)
    # Then
    sent = desk.payout()
    assert desk.outcome(command) == Done(201, sent)
    assert (sent.status, sent.provider_reference, sent.version) == (PayoutStatus.IN_TRANSIT, "sim_po_1", 2)
    assert desk.types()[1:] == ["payout.sent"]
    assert desk.due == {PO: desk.now + timedelta(seconds=2)}


def test_what_the_wallet_does_not_have_leaves_nothing_behind() -> None:
    desk = Desk()
    command = desk.withdraw()
    desk.ledger_says(402, TOO_LITTLE)
    refusal = desk.refusal(command)
    assert (refusal.code, refusal.extra) == ("insufficient_funds", {"balance": {"available": 5}})
    assert (desk.said, desk.calls, desk.payout().version, desk.payout_state().step) == ([], [], 0, None)
    assert desk.refusal(desk.ask("payout.simulate", PO, outcome="paid")).code == "not_found"


def test_when_the_ledger_does_not_take_it_up_the_same_payout_is_tried_again() -> None:
    desk = Desk()
    command = desk.withdraw()
    desk.ledger_says(503, {"code": "overloaded", "detail": "Later."})
    assert desk.refusal(command).code == "unavailable"
    again = desk.withdraw()
    assert desk.wishes[0].subject == "hold_1"
    desk.ledger_says(201, {})
    desk.returns(SENT)
    assert desk.outcome(again) == Done(201, desk.payout())


def test_a_payout_is_looked_up_until_it_has_arrived() -> None:
    # Given
    desk = withdrawn()
    # When
    desk.wait(PO)
    call = desk.calls[0]
    assert (call.operation, call.lane, call.request) == ("look_up_payout", PO, {"reference": "sim_po_1"})
    desk.returns(None)
    desk.returns(AWAY)
    desk.wait(PO)
    desk.returns(SENT)
    assert desk.types() == ["payout.created", "payout.sent"]
    desk.wait(PO)
    desk.returns(ARRIVED)
    # Then
    paid = desk.payout()
    assert (paid.status, paid.arrival_date, paid.version) == (PayoutStatus.PAID, "2026-11-22", 3)
    assert (desk.types()[2:], desk.due, desk.payout_state().look_up) == (["payout.paid"], {}, None)


def test_a_payout_that_arrives_at_once_is_told_as_sent_and_as_paid() -> None:
    desk = Desk()
    command = desk.withdraw()
    desk.ledger_says(201, {})
    desk.returns(ARRIVED)
    assert desk.outcome(command) == Done(201, desk.payout())
    assert desk.types() == ["payout.created", "payout.sent", "payout.paid"]
    assert [said.resource.version for said in desk.said] == [1, 2, 3]


@pytest.mark.parametrize("after_it_arrived", [False, True])
def test_a_payout_may_come_back(after_it_arrived: bool) -> None:
    desk = withdrawn()
    if after_it_arrived:
        desk.wait(PO)
        desk.returns(ARRIVED.model_copy(update={"look_again_seconds": 1}))
    before = desk.payout()
    desk.wait(PO)
    desk.returns(BACK)
    failed = desk.payout()
    assert (failed.status, failed.failure_code) == (PayoutStatus.FAILED, "account_closed")
    assert failed.failure_detail == "The account is closed."
    assert (desk.types()[-1], desk.said[-1].before) == ("payout.failed", before)
    assert (desk.wishes, desk.due) == ([], {}), "the ledger has taken the hold: it gives the money back by the event"


def test_what_the_provider_does_not_send_is_let_go() -> None:
    # Given
    desk = Desk()
    command = desk.withdraw()
    desk.ledger_says(201, {})
    # When
    desk.returns(BACK)
    # Then
    failed, refusal = desk.payout(), desk.refusal(command)
    assert (failed.status, failed.failure_code) == (PayoutStatus.FAILED, "account_closed")
    assert refusal.code == "payment_method_unusable"
    assert refusal.extra["payout"]["status"] == "failed"
    before = desk.said[-1].before
    assert isinstance(before, Payout)
    assert (desk.types()[-1], before.status) == ("payout.failed", PayoutStatus.PENDING)
    (wish,) = desk.wishes
    assert (wish.type, wish.subject, wish.entity, wish.data) == ("hold.void", "hold_1", PO, VoidHold())
    desk.ledger_says(200, {})
    assert desk.payout() == failed
    assert desk.refusal(desk.withdraw()).code == "already_exists"


def test_an_outage_cancels_the_payout_and_the_same_key_makes_another() -> None:
    # Given
    desk = Desk()
    command = desk.withdraw()
    desk.ledger_says(201, {})
    # When
    desk.returns(AWAY)
    # Then
    canceled, refusal = desk.payout(), desk.refusal(command)
    assert (canceled.status, canceled.failure_code) == (PayoutStatus.CANCELED, "provider_unavailable")
    assert (refusal.code, refusal.extra["payout"]["id"]) == ("provider_unavailable", PO)
    assert desk.types()[-1] == "payout.canceled"
    assert desk.wishes[0].type == "hold.void"
    # When the key, which stayed free, is used again
    desk.ledger_says(200, {})
    again = desk.withdraw()
    (wish,) = desk.wishes
    other = wish.entity
    assert (other.startswith("po_"), other != PO, wish.subject) == (True, True, "hold_" + other[3:])
    desk.ledger_says(201, {})
    desk.returns(SENT.model_copy(update={"reference": "sim_po_2"}))
    # Then
    assert desk.outcome(again) == Done(201, desk.payout(other))
    assert desk.payout() == canceled


def test_a_hold_that_is_not_let_go_is_for_a_person_to_see() -> None:
    desk = Desk()
    desk.withdraw()
    desk.ledger_says(201, {})
    desk.returns(AWAY)
    desk.wishes.append(desk.wishes[0])
    desk.ledger_says(409, {"code": "wrong_state", "status_now": "voided"})
    with pytest.raises(ValueError, match="not let go"):
        desk.ledger_says(423, {"code": "account_frozen", "detail": "Frozen."})


def test_silence_leaves_the_payout_as_it_is_and_the_step_open() -> None:
    desk = Desk()
    command = desk.withdraw()
    desk.ledger_says(201, {})
    desk.returns(None)
    assert (desk.outcomes[command], desk.types()) == ([], ["payout.created"])
    assert desk.refusal(desk.ask("payout.simulate", PO, outcome="paid")).code == "outcome_pending"
    desk.returns(SENT)
    assert desk.outcome(command) == Done(201, desk.payout())


def test_a_test_says_what_becomes_of_a_payout() -> None:
    # Given
    desk = withdrawn()
    # When
    command = desk.ask("payout.simulate", PO, outcome="paid")
    (call,) = desk.calls
    assert (call.operation, call.lane) == ("settle_payout", PO)
    assert call.request == {"reference": "sim_po_1", "outcome": "paid"}
    desk.returns(ARRIVED)
    # Then
    assert desk.outcome(command) == Done(200, desk.payout())
    assert desk.types()[-1] == "payout.paid"
    assert desk.refusal(desk.ask("payout.simulate", PO, outcome="paid")).extra["status_now"] == "paid"
    # And when what arrived comes back
    command = desk.ask("payout.simulate", PO, outcome="fail")
    desk.returns(BACK)
    assert desk.outcome(command) == Done(200, desk.payout())
    assert (desk.payout().status, desk.types()[-1]) == (PayoutStatus.FAILED, "payout.failed")
    assert desk.refusal(desk.ask("payout.simulate", PO, outcome="fail")).code == "wrong_state"


@pytest.mark.parametrize(
    ("found", "settled", "told"),
    [
        (ARRIVED, BACK, ["payout.paid", "payout.failed"]),
        (BACK, BACK, ["payout.failed"]),
        (BACK, ARRIVED, ["payout.failed"]),
        (ARRIVED, ARRIVED, ["payout.paid"]),
    ],
)
def test_a_look_up_and_a_test_may_cross_and_what_is_known_already_is_not_told_again(
    found: Taken | Declined, settled: Taken | Declined, told: list[str]
) -> None:
    desk = withdrawn()
    desk.wait(PO)
    command = desk.ask("payout.simulate", PO, outcome="fail")
    desk.returns(found)
    desk.returns(settled)
    assert desk.outcome(command) == Done(200, desk.payout())
    assert desk.types() == ["payout.created", "payout.sent", *told]


def test_only_a_test_tenants_payouts_are_simulated() -> None:
    desk = withdrawn()
    state = desk.payout_state()
    live = state.payout.model_copy(update={"livemode": True})
    desk.view[state.key] = state.model_copy(update={"payout": live})
    assert desk.refusal(desk.ask("payout.simulate", PO, outcome="paid")).code == "test_mode_only"
    assert desk.refusal(desk.ask("payout.simulate", "po_unknown", outcome="paid")).code == "not_found"


def test_an_outage_while_a_test_settles_a_payout_changes_nothing() -> None:
    desk = withdrawn()
    before = desk.payout()
    command = desk.ask("payout.simulate", PO, outcome="paid")
    desk.returns(AWAY)
    assert (desk.refusal(command).code, desk.payout()) == ("provider_unavailable", before)


def test_a_payout_cannot_need_the_customer() -> None:
    desk = Desk()
    desk.withdraw()
    desk.ledger_says(201, {})
    with pytest.raises(ValueError, match="cannot need the customer"):
        desk.returns(ACTION)


def test_an_answer_to_anything_but_the_open_call_changes_nothing() -> None:
    desk = Desk()
    desk.withdraw()
    desk.ledger_says(201, {})
    call = desk.calls[0]
    desk.returns(SENT)
    decision = desk.answer(call, BACK)
    assert (decision.states, decision.events) == ((), ())
