"""Payouts that the provider makes by itself: begun by whichever event comes first, and added up once they are paid."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from actors.payments.keys import payout_key
from actors.payments.provider import ACCOUNT_RESULT, RESULT, BookingPage, Taken
from actors.payments.settlements import settlement_id
from actors.payments.simulated import Simulated
from actors.payments.states import PayoutState
from actors.runtime.decision import FellDue
from messages.payouts import Payout, PayoutStatus
from messages.wire import Json
from tests.payments.desk import TENANT, Desk
from tests.payments.provider_says import event, kept
from tests.payments.test_bookings import booking

TOLD = {"id": "sim_po_1", "object": "payout", "amount": 941, "currency": "usd", "automatic": True, "metadata": {}}


def told(desk: Desk, status: str, type_: str = "payout.updated", id_: str = "evt_1") -> None:
    event(desk, type_, {**TOLD, "status": status}, id_=id_)


def state_of(desk: Desk, reference: str = "sim_po_1") -> PayoutState:
    return desk.view[payout_key(TENANT, settlement_id(TENANT, "simulated", reference))]


def payout_of(desk: Desk, reference: str = "sim_po_1") -> Payout:
    return state_of(desk, reference).payout


def test_a_settlement_is_told_step_by_step_whichever_event_comes_first() -> None:
    # Given two desks of which one hears all in order, the other only that it was paid
    slow, quick = Desk(), Desk()
    for number, status in enumerate(("pending", "in_transit", "paid")):
        told(slow, status, id_=f"evt_{number}")
    told(quick, "paid", "payout.paid")
    # Then both say the same
    steps = ["payout.created", "payout.sent", "payout.paid"]
    assert [slow.types(), quick.types()] == [steps, steps]
    payout = payout_of(quick)
    assert (payout.purpose, payout.automatic, payout.amount, payout.currency) == ("settlement", True, 941, "USD")
    assert payout.reconciliation_status == "in_progress"
    # And what comes late changes nothing
    told(quick, "in_transit", "payout.created", id_="evt_2")
    assert quick.types() == steps


@pytest.mark.parametrize(
    ("before", "types"), [("in_transit", ["created", "sent"]), ("paid", ["created", "sent", "paid"])]
)
def test_a_settlement_that_comes_back_has_failed(before: str, types: list[str]) -> None:
    desk = Desk()
    told(desk, before)
    told(desk, "failed", "payout.failed", id_="evt_2")
    assert desk.types() == [f"payout.{each}" for each in (*types, "failed")]
    assert payout_of(desk).status is PayoutStatus.FAILED


def test_a_payout_of_less_than_nothing_waits_for_a_person_and_stops_nobody() -> None:
    desk = Desk()
    event(desk, "payout.created", {**TOLD, "amount": -500, "status": "in_transit"}, id_="evt_1")
    assert (kept(desk).status, desk.types()) == ("unmatched", [])


def test_a_settlement_that_comes_back_while_its_contents_are_asked_for_is_not_reconciled() -> None:
    desk = Desk()
    told(desk, "paid", "payout.paid")
    told(desk, "failed", "payout.failed", id_="evt_2")
    desk.answer(desk.calls.pop(0), BookingPage(bookings=[booking()]))
    assert "payout.reconciled" not in desk.types()
    assert payout_of(desk).reconciliation_status == "not_applicable"


def test_a_settlement_that_a_look_up_finds_paid_is_asked_for_its_contents() -> None:
    desk = Desk()
    told(desk, "pending")
    desk.wait(payout_of(desk).id)
    desk.answer(desk.calls.pop(0), Taken(reference="sim_po_1", amount=941, pending=True))
    told(desk, "in_transit", id_="evt_2")
    desk.wait(payout_of(desk).id)
    desk.answer(desk.calls.pop(0), Taken(reference="sim_po_1", amount=941))
    (call,) = desk.calls
    assert (call.operation, call.request["payout"]) == ("list_bookings", "sim_po_1")


def test_what_was_paid_out_with_it_adds_up_to_it() -> None:
    # Given a settlement that was paid, whose contents are asked for
    desk = Desk()
    told(desk, "paid", "payout.paid")
    (call,) = desk.calls
    assert (call.operation, call.request["payout"]) == ("list_bookings", "sim_po_1")
    # When they come in two pages
    first = BookingPage(bookings=[booking(amount=1041, net=982)], after="1", has_more=True)
    desk.answer(desk.calls.pop(0), first)
    refund = booking("txn_2", category="refund", amount=-41, fee=0, net=-41)
    desk.answer(desk.calls.pop(0), BookingPage(bookings=[refund]))
    # Then it is reconciled
    assert desk.types()[-1] == "payout.reconciled"
    assert payout_of(desk).reconciliation_status == "completed"


def test_what_does_not_add_up_is_asked_for_again() -> None:
    desk = Desk()
    told(desk, "paid", "payout.paid")
    desk.answer(desk.calls.pop(0), BookingPage(bookings=[]))
    assert payout_of(desk).reconciliation_status == "in_progress"
    desk.wait(payout_of(desk).id)
    desk.answer(desk.calls.pop(0), BookingPage(bookings=[booking()]))
    assert payout_of(desk).reconciliation_status == "completed"


@pytest.fixture
async def provider(tmp_path: Path) -> AsyncIterator[Simulated]:
    provider = Simulated(tmp_path / "simulated.sqlite", account=TENANT)
    yield provider
    await provider.close()


async def work(desk: Desk, provider: Simulated) -> None:
    """Does all open calls, as the runtime would."""
    while desk.calls:
        call = desk.calls.pop(0)
        result: Json = await provider.perform(call.operation, call.id, call.request)
        of_account = result["result"] in ("events", "bookings", "configured")
        desk.answer(call, (ACCOUNT_RESULT if of_account else RESULT).validate_python(result))


async def test_the_simulated_provider_pays_out_what_is_free_and_it_adds_up(provider: Simulated) -> None:
    # Given a provider that pays out all at once
    desk = Desk()
    settings = {"available_after_seconds": 0, "payout_every_seconds": 1}
    await provider.perform("configure", "key", settings)
    desk.create(amount=1000)
    await work(desk, provider)
    desk.refund(amount=400)
    await work(desk, provider)
    # When it is asked for what it booked, later than it books, again and again
    for _ in range(3):
        await asyncio.sleep(1.1)
        desk.now = datetime.now(UTC) + timedelta(minutes=5)
        desk._take(FellDue(TENANT, "prov_simulated", desk.now))
        await work(desk, provider)
    # Then the payment knows its fee, and a settlement of what was left has arrived and adds up
    assert desk.payment().fee == 59
    (payout,) = [state.payout for state in desk.view.values() if isinstance(state, PayoutState)]
    assert (payout.amount, payout.status, payout.reconciliation_status) == (541, PayoutStatus.PAID, "completed")
