"""What a provider tells by itself: each event once, forward alone, and kept when it is not understood yet."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.payments.provider import Declined, Taken
from messages.payments import PaymentStatus as P
from messages.payments import RefundStatus as R
from messages.payouts import PayoutStatus
from messages.wire import Json
from tests.payments.desk import ACTION, DECLINED, PAY, PO, REF, TAKEN, Desk, authorized, paid, withdrawn
from tests.payments.provider_says import event, kept

PENDING = Taken(reference="sim_ch_1", amount=1000, pending=True)


def charge(ours: bool = True, **fields: Any) -> Json:
    told = {"id": "sim_ch_1", "object": "charge", "amount": 1000, "amount_captured": 1000, "captured": True}
    return {**told, "metadata": {"pocketpay_payment_id": PAY} if ours else {}, **fields}


def refund(status: str, **fields: Any) -> Json:
    return {"id": "sim_re_1", "object": "refund", "charge": "sim_ch_1", "amount": 400, "status": status, **fields}


def pending() -> Desk:
    """A desk with a payment that the provider has accepted and not finished."""
    desk = Desk()
    desk.create()
    desk.returns(PENDING)
    assert desk.payment().status is P.PROCESSING
    return desk


def waiting_for_customer() -> Desk:
    desk = Desk()
    desk.create()
    desk.returns(ACTION)
    return desk


def declined() -> Desk:
    desk = Desk()
    desk.create()
    desk.returns(DECLINED)
    return desk


def canceled() -> Desk:
    desk = authorized()
    desk.ask("payment.cancel")
    desk.returns(TAKEN)
    return desk


def refunded(result: Taken) -> Desk:
    desk = paid()
    desk.refund(amount=400)
    desk.returns(result)
    return desk


UNCAPTURED = {"captured": False, "amount_captured": 0}


@pytest.mark.parametrize(
    ("desk", "type_", "fields", "status", "asks"),
    [
        (pending, "charge.succeeded", {}, P.SUCCEEDED, False),
        (pending, "charge.failed", UNCAPTURED, P.PROCESSING, True),
        (waiting_for_customer, "charge.succeeded", {}, P.PROCESSING, True),
        (waiting_for_customer, "charge.expired", UNCAPTURED, P.CANCELED, False),
        (declined, "charge.succeeded", {}, P.PROCESSING, True),
        (declined, "charge.failed", UNCAPTURED, P.REQUIRES_PAYMENT_METHOD, False),
        (authorized, "charge.captured", {"amount_captured": 600}, P.SUCCEEDED, False),
        (authorized, "charge.expired", UNCAPTURED, P.CANCELED, False),
        (authorized, "charge.succeeded", UNCAPTURED, P.REQUIRES_CAPTURE, False),
        (authorized, "charge.failed", UNCAPTURED, P.REQUIRES_CAPTURE, False),
        (paid, "charge.expired", UNCAPTURED, P.SUCCEEDED, False),
        (paid, "charge.failed", UNCAPTURED, P.SUCCEEDED, False),
        (canceled, "charge.succeeded", {}, P.CANCELED, False),
    ],
)
def test_a_charge_moves_its_payment_forward_or_asks(desk, type_, fields, status, asks) -> None:
    desk = desk()
    event(desk, type_, charge(**fields))
    assert desk.payment().status is status
    assert [call.operation for call in desk.calls] == (["look_up_charge"] if asks else [])
    assert kept(desk).status == "applied"


def test_what_was_captured_elsewhere_is_captured_here() -> None:
    desk = authorized()
    event(desk, "charge.captured", charge(amount_captured=600))
    assert (desk.payment().amount_captured, desk.payment().amount_capturable) == (600, 0)
    assert PAY not in desk.due, "it does not expire any more"


@pytest.mark.parametrize(("result", "status"), [(TAKEN, P.SUCCEEDED), (DECLINED, P.REQUIRES_PAYMENT_METHOD)])
def test_on_doubt_the_provider_decides(result: Taken | Declined, status: P) -> None:
    desk = declined()
    event(desk, "charge.succeeded", charge())
    desk.returns(result)
    assert desk.payment().status is status
    assert desk.state().operation is None


def test_a_payment_that_waits_too_long_is_looked_up() -> None:
    desk = pending()
    desk.wait(PAY)
    (call,) = desk.calls
    assert (call.operation, call.request) == ("look_up_charge", {"payment": PAY, "reference": "sim_ch_1"})
    said = desk.types()
    desk.returns(PENDING)
    assert desk.types() == said, "no news"
    desk.wait(PAY)
    desk.returns(TAKEN)
    assert desk.payment().status is P.SUCCEEDED


def test_an_open_step_is_settled_by_its_own_call_alone() -> None:
    # Given
    desk = Desk()
    desk.create()
    # When the event is faster than the answer
    event(desk, "charge.succeeded", charge())
    # Then it waits, and says nothing new in the end
    assert (kept(desk).status, desk.payment().status) == ("waiting", P.PROCESSING)
    desk.returns(TAKEN)
    said = desk.types()
    desk.wait(kept(desk).id)
    assert (kept(desk).status, kept(desk).event, desk.types()) == ("applied", None, said)


@pytest.mark.parametrize(
    ("first", "type_", "told", "status", "back"),
    [
        (
            Taken(reference="sim_re_1", amount=400, pending=True),
            "refund.updated",
            refund("succeeded"),
            R.SUCCEEDED,
            400,
        ),
        (Taken(reference="sim_re_1", amount=400, pending=True), "refund.failed", refund("failed"), R.FAILED, 0),
        (Taken(reference="sim_re_1", amount=400), "refund.failed", refund("failed"), R.FAILED, 0),
        (Taken(reference="sim_re_1", amount=400), "refund.created", refund("pending"), R.SUCCEEDED, 400),
    ],
)
def test_a_refund_is_found_by_the_providers_name_and_may_fail_later(first, type_, told, status, back) -> None:
    desk = refunded(first)
    event(desk, type_, told)
    assert (desk.refunded(REF).status, desk.payment().amount_refunded) == (status, back)
    said = desk.types()
    event(desk, type_, told, id_="evt_2")
    assert desk.types() == said, "another event of the same tells nothing new"


@pytest.mark.parametrize(
    ("type_", "status", "expected"),
    [
        ("payout.paid", "paid", PayoutStatus.PAID),
        ("payout.failed", "failed", PayoutStatus.FAILED),
        ("payout.updated", "in_transit", PayoutStatus.IN_TRANSIT),
    ],
)
def test_a_payout_arrives_or_comes_back(type_: str, status: str, expected: PayoutStatus) -> None:
    desk = withdrawn()
    told = {"id": "sim_po_1", "object": "payout", "amount": 1000, "status": status, "failure_code": "account_closed"}
    event(desk, type_, told)
    assert desk.payout(PO).status is expected
    if expected is PayoutStatus.FAILED:
        assert desk.payout(PO).failure_code == "account_closed"


@given(st.permutations(["payout.created", "payout.paid", "payout.failed"] * 2))
def test_a_payouts_events_come_to_the_same_in_any_order(order: list[str]) -> None:
    desk = withdrawn()
    for number, type_ in enumerate(order):
        status = {"payout.created": "in_transit", "payout.paid": "paid", "payout.failed": "failed"}[type_]
        told = {"id": "sim_po_1", "object": "payout", "amount": 1000, "status": status}
        event(desk, type_, told, id_=f"evt_{number}")
    assert desk.payout(PO).status is PayoutStatus.FAILED


def test_an_event_about_what_is_unknown_waits_for_it() -> None:
    # Given a refund that the provider tells of before we know its name
    desk = paid()
    event(desk, "refund.failed", refund("failed"))
    assert kept(desk).status == "waiting"
    # When it is made
    desk.refund(amount=400)
    desk.returns(Taken(reference="sim_re_1", amount=400))
    desk.wait(kept(desk).id)
    # Then
    assert (desk.refunded().status, kept(desk).status) == (R.FAILED, "applied")


def test_what_nobody_knows_after_three_days_is_kept_aside() -> None:
    desk = paid()
    began = desk.now
    event(desk, "refund.failed", refund("failed", id="re_unknown"))
    pauses = []
    while kept(desk).status == "waiting":
        before = desk.now
        desk.wait(kept(desk).id)
        pauses.append(desk.now - before)
    assert pauses[:4] == sorted(pauses[:4])
    assert max(pauses) < timedelta(hours=2)
    assert timedelta(days=2, hours=22) < desk.now - began < timedelta(days=3, minutes=1)
    assert kept(desk).status == "unmatched"
    assert kept(desk).event is not None
    assert kept(desk).id not in desk.due


def test_the_same_event_is_taken_once() -> None:
    desk = refunded(Taken(reference="sim_re_1", amount=400))
    first = desk.outcome(event(desk, "refund.failed", refund("failed")))
    said = desk.types()
    before = kept(desk)
    again = desk.outcome(event(desk, "refund.failed", refund("failed")))
    assert (again, desk.types(), kept(desk)) == (first, said, before)


def test_a_payout_with_an_open_step_is_left_to_its_call() -> None:
    desk = withdrawn()
    desk.ask("payout.simulate", PO, outcome="paid")
    event(desk, "payout.failed", {"id": "sim_po_1", "object": "payout", "amount": 1000, "status": "failed"})
    assert (kept(desk).status, desk.payout(PO).status) == ("waiting", PayoutStatus.IN_TRANSIT)


def test_an_older_event_leaves_the_alarm_as_it_was() -> None:
    desk = withdrawn()
    due = dict(desk.due)
    event(desk, "payout.created", {"id": "sim_po_1", "object": "payout", "amount": 1000, "status": "in_transit"})
    assert desk.due == due


@pytest.mark.parametrize(
    "told", [{}, {"id": "sim_re_1"}, refund("gone"), refund("succeeded", amount="4"), refund("succeeded", amount=True)]
)
def test_an_object_of_another_shape_is_kept_aside(told: Json) -> None:
    desk = refunded(Taken(reference="sim_re_1", amount=400, pending=True))
    event(desk, "refund.updated", told)
    assert (kept(desk).status, desk.refunded().status) == ("unmatched", R.PENDING)


def test_an_early_fraud_warning_is_told_once() -> None:
    desk = paid()
    told = {"id": "issfr_1", "charge": "sim_ch_1", "fraud_type": "made_with_stolen_card", "actionable": True}
    for number in (1, 2):
        event(desk, "radar.early_fraud_warning.created", told, id_=f"evt_{number}")
    assert desk.types().count("payment.fraud_warned") == 1
    warning = desk.payment().fraud_warning
    assert warning is not None
    assert (warning.type, warning.provider_reference) == ("made_with_stolen_card", "issfr_1")


@pytest.mark.parametrize(
    ("type_", "told", "status"),
    [
        ("payment_intent.succeeded", {"id": "sim_ch_1", "amount": 1000, "amount_received": 1000}, P.SUCCEEDED),
        ("payment_intent.canceled", {"id": "sim_ch_1", "amount": 1000}, P.CANCELED),
        ("payment_intent.payment_failed", {"id": "sim_ch_1", "amount": 1000}, P.REQUIRES_CAPTURE),
    ],
)
def test_payment_intents_are_understood(type_: str, told: Json, status: P) -> None:
    desk = authorized()
    event(desk, type_, told)
    assert desk.payment().status is status
