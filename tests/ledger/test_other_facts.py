"""Fees, funds, disputes, payouts, withdrawals, invoices: each fact as the table of postings has it, and once."""

from typing import Any

import pytest

from actors.ledger.balances import CannotPost
from messages.disputes import Dispute, DisputeStatus
from messages.payments import ToWallet
from messages.payouts import Payout, PayoutStatus
from tests.ledger.book import START, Book, payment, refund, sale_of

PENDING, AVAILABLE, TRANSIT = (
    f"assets:psp:simulated:{name}" for name in ("pending", "available", "payouts_in_transit")
)
BOB, HELD = "liabilities:wallets:bob", "liabilities:wallet_holds:bob"


def dispute(wallet: str | None = None, **fields: Any) -> Dispute:
    known = Dispute(
        id="dsp_1",
        status=DisputeStatus.LOST,
        amount=10_000,
        currency="USD",
        payment="pay_1",
        customer_id=wallet or "abc123",
        reason="fraudulent",
        amount_withdrawn=10_000,
        fee=1_500,
        destination=ToWallet(customer_id=wallet) if wallet else sale_of([]),
        provider="simulated",
        created_at=START,
        updated_at=START,
    )
    return known.model_copy(update=fields)


def payout(purpose: Any = "settlement", **fields: Any) -> Payout:
    known = Payout(
        id="po_1",
        status=PayoutStatus.PENDING,
        purpose=purpose,
        amount=4_000,
        currency="USD",
        customer_id="bob" if purpose == "withdrawal" else None,
        hold="hold_1" if purpose == "withdrawal" else None,
        provider="simulated",
        created_at=START,
        updated_at=START,
    )
    return known.model_copy(update=fields)


def test_a_fee_and_free_funds_are_posted_when_they_become_known_and_a_correction_as_its_difference() -> None:
    book = Book()
    paid = payment(10_000)
    book.hear("payment.succeeded", paid)
    known = paid.model_copy(update={"fee": 320, "balance_transaction": "txn_9", "version": 3})
    book.hear("payment.updated", known, fee=None)
    free = known.model_copy(update={"amount_available": 9_680, "version": 4})
    book.hear("payment.updated", free, amount_available=0)
    assert [book.balance(path) for path in (PENDING, AVAILABLE, "expenses:processing_fees")] == [0, 9_680, 320]
    kinds = [transaction.source.kind for transaction in book.transactions]
    assert kinds == ["captured", "fee:txn_9", "available:4"]
    corrected = free.model_copy(update={"fee": 300, "balance_transaction": "txn_10", "version": 5})
    book.hear("payment.updated", corrected, fee=320)
    assert book.balance("expenses:processing_fees") == 300


def test_an_update_that_moves_no_money_posts_nothing() -> None:
    book = Book()
    book.hear("payment.updated", payment(10_000), amount_refunded=0)
    assert book.transactions == []


def test_what_a_wallet_paid_was_posted_by_request_and_its_refund_goes_back_to_it() -> None:
    book = Book()
    book.hear("payment.succeeded", payment(10_000, wallet="bob", payment_id="pay_0"))
    data = {"customer_id": "bob", "amount": 4_000, "currency": "USD", "destination": {"type": "sale"}}
    book.ask("wallet.pay", "pay_1", **data)
    paid = payment(4_000).model_copy(update={"provider": "wallet", "customer_id": "bob"})
    book.hear("payment.succeeded", paid)
    assert (book.balance(BOB), book.balance("income:sales"), len(book.transactions)) == (6_000, 4_000, 2)
    back = refund(4_000).model_copy(update={"provider": "wallet", "customer_id": "bob"})
    for fact in ("refund.created", "refund.succeeded"):
        book.hear(fact, back)
    assert (book.balance(BOB), book.balance("liabilities:refunds_in_flight")) == (10_000, 0)


def test_a_dispute_is_a_receivable_until_it_is_won() -> None:
    book = Book()
    book.hear("dispute.funds_withdrawn", dispute())
    assert [book.balance(path) for path in (AVAILABLE, "assets:disputes_receivable")] == [-11_500, 10_000]
    book.hear("dispute.funds_reinstated", dispute(fee_returned=1_500))
    assert [book.balance(path) for path in (AVAILABLE, "assets:disputes_receivable")] == [0, 0]
    assert book.balance("expenses:dispute_fees") == 0


@pytest.mark.parametrize(("left", "loss"), [(0, 10_000), (7_000, 3_000), (20_000, 0)])
def test_a_lost_dispute_of_a_top_up_takes_from_the_wallet_what_is_there(left: int, loss: int) -> None:
    book = Book()
    if left:
        book.hear("payment.succeeded", payment(left, wallet="bob"))
    book.hear("dispute.funds_withdrawn", dispute(wallet="bob"))
    book.hear("dispute.lost", dispute(wallet="bob"))
    assert book.balance(BOB) == max(0, left - 10_000)
    assert book.balance("expenses:chargeback_losses") == loss


@pytest.mark.parametrize("order", [("lost", "funds_reinstated"), ("funds_reinstated", "lost")])
def test_what_was_lost_and_came_back_is_the_customers_whatever_was_heard_first(order: tuple[str, str]) -> None:
    book = Book()
    book.hear("payment.succeeded", payment(10_000, wallet="bob"))
    for fact in ("funds_withdrawn", *order):
        book.hear(f"dispute.{fact}", dispute(wallet="bob"))
    assert book.balance(BOB) == 10_000
    assert [book.balance(path) for path in (AVAILABLE, "assets:disputes_receivable")] == [-1_500, 0]
    assert book.balance("expenses:chargeback_losses") == 0


def test_a_settlement_arrives_at_the_bank_and_may_come_back_from_it() -> None:
    book = Book()
    book.hear("payout.created", payout())
    book.hear("payout.paid", payout())
    assert [book.balance(path) for path in (AVAILABLE, TRANSIT, "assets:bank:main")] == [-4_000, 0, 4_000]
    book.hear("payout.failed", payout(), status="paid")
    assert [book.balance(path) for path in (AVAILABLE, TRANSIT, "assets:bank:main")] == [0, 0, 0]


def withdrawing() -> Book:
    book = Book()
    book.hear("payment.succeeded", payment(10_000, wallet="bob"))
    data = {"customer_id": "bob", "amount": 4_000, "currency": "USD"}
    book.ask("hold.create", "hold_1", **data, destination={"type": "withdrawal", "payout": "po_1"})
    return book


def test_a_withdrawal_takes_its_hold_when_it_is_sent() -> None:
    book = withdrawing()
    book.hear("payout.created", payout("withdrawal"))
    assert book.balance(HELD) == 4_000
    book.hear("payout.sent", payout("withdrawal"), status="pending")
    assert (book.balance(HELD), book.balance(TRANSIT), book.hold("hold_1").status) == (0, -4_000, "confirmed")
    book.hear("payout.paid", payout("withdrawal"), status="in_transit")
    assert (book.balance(AVAILABLE), book.balance(TRANSIT)) == (-4_000, 0)


def test_a_withdrawal_that_fails_on_its_way_is_the_customers_again() -> None:
    book = withdrawing()
    book.hear("payout.sent", payout("withdrawal"), status="pending")
    book.hear("payout.failed", payout("withdrawal"), status="in_transit")
    assert (book.balance(BOB), book.balance(TRANSIT)) == (10_000, 0)


def test_a_withdrawal_that_fails_before_it_was_sent_moves_nothing() -> None:
    book = withdrawing()
    book.hear("payout.failed", payout("withdrawal"), status="pending")
    assert (book.balance(BOB), book.balance(HELD)) == (6_000, 4_000)


def test_a_withdrawal_of_more_than_is_held_is_put_aside() -> None:
    book = withdrawing()
    before = dict(book.view)
    with pytest.raises(CannotPost):
        book.hear("payout.sent", payout("withdrawal", amount=4_001), status="pending")
    assert book.view == before


def test_the_same_event_twice_posts_once() -> None:
    book = Book()
    book.hear("dispute.funds_withdrawn", dispute())
    with pytest.raises(ValueError, match="was posted as withdrawn before"):
        book.hear("dispute.funds_withdrawn", dispute())
    assert len(book.transactions) == 1
