"""Money from wallet to wallet: all of it or nothing, and back once."""

import pytest

from actors.runtime.decision import Done, Refused
from tests.ledger.book import Book, lines, payment

WALLET, FEES = "liabilities:wallets:{}", "income:platform_fees"


@pytest.fixture
def book() -> Book:
    """Bob has 100.00 USD."""
    book = Book()
    book.hear("payment.succeeded", payment(10_000, wallet="bob"))
    return book


def send(book: Book, amount: int, to: str = "eve", fee: int = 0, number: int = 1) -> Done | Refused:
    data = {"from_customer": "bob", "to_customer": to, "amount": amount, "currency": "USD", "fee": fee}
    return book.ask("transfer.create", f"trf_{number}", **data)


def test_the_sender_pays_the_amount_and_the_fee(book: Book) -> None:
    outcome = send(book, 2_500, fee=25)
    assert isinstance(outcome, Done)
    assert outcome.status == 201
    assert lines(book.transactions[-1]) == [
        (WALLET.format("bob"), "debit", 2_525),
        (WALLET.format("eve"), "credit", 2_500),
        (FEES, "credit", 25),
    ]
    assert [said.type for said in book.said[-4:]] == [
        "transfer.succeeded",
        "ledger.transaction.posted",
        "wallet.updated",
        "wallet.updated",
    ]


def test_more_than_there_is_is_refused_with_the_balance_and_changes_nothing(book: Book) -> None:
    before = dict(book.view)
    outcome = send(book, 10_000, fee=1)
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.extra["balance"]["available"]) == ("insufficient_funds", 10_000)
    assert book.view == before


def test_to_oneself_nothing_can_be_sent(book: Book) -> None:
    outcome = send(book, 1, to="bob")
    assert isinstance(outcome, Refused)
    assert outcome.code == "same_account"


def test_amount_and_fee_together_stay_within_what_json_can_hold(book: Book) -> None:
    outcome = send(book, 2**53 - 1, fee=1)
    assert isinstance(outcome, Refused)
    assert outcome.code == "amount_too_large"


def test_a_transfer_is_reversed_once_with_its_fee(book: Book) -> None:
    send(book, 2_500, fee=25)
    outcome = book.ask("transfer.reverse", "trf_1", reason="wrong customer")
    assert isinstance(outcome, Done)
    assert [book.balance(WALLET.format(who)) for who in ("bob", "eve")] == [10_000, 0]
    assert book.balance(FEES) == 0
    again = book.ask("transfer.reverse", "trf_1", reason="wrong customer")
    assert isinstance(again, Refused)
    assert again.code == "already_reversed"


def test_what_the_receiver_has_spent_does_not_come_back(book: Book) -> None:
    send(book, 2_500)
    book.ask("hold.create", "hold_1", customer_id="eve", amount=1, currency="USD")
    outcome = book.ask("transfer.reverse", "trf_1", reason="wrong customer")
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.extra["balance"]["available"]) == ("insufficient_funds", 2_499)


def test_who_was_never_sent_anything_has_nothing_to_give_back(book: Book) -> None:
    outcome = book.ask("transfer.reverse", "trf_9", reason="?")
    assert isinstance(outcome, Refused)
    assert outcome.code == "not_found"
