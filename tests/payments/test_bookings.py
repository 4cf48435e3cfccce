"""Balance transactions: the payment hears of its fee and of its free money, once each; nothing else is said of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from actors.payments.bookings import WAIT_IN_ALL, transaction_id
from actors.payments.keys import booking_key, provider_key
from actors.payments.provider import BookingPage, Taken
from actors.payments.states import BookingState, ProviderState
from actors.runtime.decision import FellDue
from messages.balance import Booking
from tests.payments.desk import PAY, REF, TENANT, Desk, authorized, paid

ACCOUNT = "prov_simulated"
CREATED = datetime(2026, 11, 22, 10, tzinfo=UTC)


def booking(id_: str = "txn_1", **fields: Any) -> Booking:
    whole = {"category": "charge", "amount": 1000, "fee": 59, "net": 941, "currency": "USD", "source": "sim_ch_1"}
    days = {"created": CREATED, "available_on": CREATED + timedelta(days=2)}
    return Booking.model_validate({"id": id_, **whole, **days, **fields})


def listed(desk: Desk, *bookings: Booking, has_more: bool = False, account: str = ACCOUNT) -> None:
    """The account is asked, and answers so."""
    desk._take(FellDue(TENANT, account, desk.now))
    (call,) = [call for call in desk.calls if call.operation == "list_bookings"]
    desk.calls.clear()
    desk.answer(call, BookingPage(bookings=list(bookings), after="7", has_more=has_more))


def kept(desk: Desk, id_: str = "txn_1") -> BookingState:
    return desk.view[booking_key(TENANT, transaction_id(TENANT, "simulated", id_))]


def test_a_charge_tells_its_payment_the_fee_and_later_that_its_money_is_free() -> None:
    # Given a payment that succeeded
    desk = paid()
    # When the provider has booked it
    listed(desk, booking())
    # Then the fee is known
    assert (desk.payment().fee, desk.payment().balance_transaction) == (59, "txn_1")
    assert desk.types()[-1] == "payment.updated"
    transaction = kept(desk).balance_transaction
    assert (transaction.status, transaction.source and transaction.source.id) == ("pending", PAY)
    # And when its day has come, what is left of it is free
    desk.wait(transaction.id)
    assert desk.payment().amount_available == 941
    assert kept(desk).balance_transaction.status == "available"
    assert transaction.id not in desk.due


def test_of_a_charge_that_is_booked_whole_and_captured_in_part_only_that_part_becomes_free() -> None:
    # Given a part of what was authorised is captured
    desk = authorized()
    desk.ask("payment.capture", amount=400)
    desk.returns(Taken(reference="sim_ch_1", amount=400))
    # When the provider books the whole, and what was let go by itself
    apart = booking("txn_2", category="other", amount=-600, fee=0, net=-600)
    listed(desk, booking(), apart)
    desk.wait(kept(desk).balance_transaction.id)
    # Then no more is free than was taken, less the fee
    assert (desk.payment().amount_captured, desk.payment().amount_available) == (400, 341)


def test_a_booking_that_comes_again_changes_nothing() -> None:
    desk = paid()
    listed(desk, booking(), booking())
    said = desk.types()
    listed(desk, booking())
    assert desk.types() == said


def test_the_next_question_goes_on_behind_the_last_page() -> None:
    desk = paid()
    listed(desk, booking(), has_more=True)
    (call,) = [call for call in desk.calls if call.operation == "list_bookings"]
    assert call.request["after"] == "7"
    desk.answer(desk.calls.pop(desk.calls.index(call)), BookingPage(after="7"))
    state: ProviderState = desk.view[provider_key(TENANT, ACCOUNT)]
    assert (state.booked_to, state.booking) == ("7", None)


def test_a_charge_whose_payment_is_not_known_or_has_not_succeeded_waits_for_it() -> None:
    # Given a payment that is only authorised here, and a charge that nobody knows
    desk = authorized()
    listed(desk, booking(), booking("txn_2", source="sim_ch_9"))
    assert desk.payment().fee is None
    known, unknown = kept(desk).balance_transaction, kept(desk, "txn_2").balance_transaction
    assert known.source is not None
    assert unknown.source is None
    # When the capture is heard of, the fee is told
    desk.ask("payment.capture")
    desk.returns(Taken(reference="sim_ch_1", amount=1000))
    desk.wait(known.id)
    assert desk.payment().fee == 59
    # And what stays unknown is not asked for for ever
    began = desk.now
    while unknown.id in desk.due:
        desk.wait(unknown.id)
    assert timedelta(days=2) < desk.now - began < WAIT_IN_ALL


def test_a_second_charge_and_one_in_another_currency_do_not_change_the_payment() -> None:
    desk = paid()
    listed(desk, booking(currency="EUR"), booking("txn_2"), booking("txn_3", fee=80, net=920))
    assert (desk.payment().fee, desk.payment().balance_transaction) == (59, "txn_2")
    for id_ in ("txn_1", "txn_2", "txn_3"):
        desk.wait(kept(desk, id_).balance_transaction.id)
    assert desk.payment().amount_available == 941


def test_what_a_refund_moved_is_kept_and_nothing_is_said() -> None:
    desk = paid()
    desk.refund(amount=400)
    desk.returns(Taken(reference="sim_re_1", amount=400))
    said = desk.types()
    listed(desk, booking(category="refund", amount=-400, fee=0, net=-400, source="sim_re_1", charges=["sim_ch_1"]))
    source = kept(desk).balance_transaction.source
    assert (source and source.id, desk.types()) == (REF, said)


def test_what_is_about_nothing_of_ours_is_kept_for_reconciliation() -> None:
    desk = paid()
    listed(desk, booking(category="fee", amount=-500, fee=0, net=-500, source=None))
    assert (kept(desk).booking, kept(desk).source_id) == (None, None)
