"""Transactions by hand: what may be posted, what may not, and what waits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actors.ledger.balances import CannotPost
from actors.runtime.decision import Done, Refused
from messages.bulk import BulkResult
from messages.ledger import Transaction
from tests.ledger.book import START, Book, lines, payment

CASH, OPENING = "user:cash", "equity:opening"


def posting(account: str, side: str, amount: int = 100, currency: str = "USD") -> dict[str, Any]:
    return {"account": account, "side": side, "amount": amount, "currency": currency}


PAIR = [posting(CASH, "debit"), posting(OPENING, "credit")]


def ask(book: Book, postings: list[dict[str, Any]] = PAIR, number: int = 1, **more: Any) -> Done | Refused:
    return book.ask("transaction.create", f"txn_{number}", postings=postings, **more)


def posted(outcome: Done | Refused) -> Transaction:
    assert isinstance(outcome, Done), outcome
    assert isinstance(outcome.body, Transaction)
    return outcome.body


def refused(outcome: Done | Refused) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def test_many_accounts_in_many_currencies_each_in_balance() -> None:
    book = Book()
    yen = [posting("user:a:b:c", "debit", 7, "JPY"), posting("fx:gain_loss", "credit", 7, "JPY")]
    transaction = posted(ask(book, [*PAIR, *yen]))
    assert transaction.id == "txn_1"
    assert len(transaction.entries) == 4
    assert book.balance("user:a:b:c", "JPY") == 7


BAD = [
    ([], {}, "too_few_postings"),
    ([posting(CASH, "debit")], {}, "too_few_postings"),
    ([posting(CASH, "debit"), posting(OPENING, "credit", 99)], {}, "unbalanced"),
    ([posting(CASH, "debit"), posting(OPENING, "credit", 100, "EUR")], {}, "unbalanced"),
    ([posting(CASH, "debit", 100, "JPY"), posting(OPENING, "credit", 100, "USD")], {}, "unbalanced"),
    ([posting(CASH, "debit"), posting(CASH, "credit")], {}, "same_account"),
    ([posting("assets:moon", "debit"), posting(OPENING, "credit")], {}, "account_not_allowed"),
    ([posting("liabilities:wallets:bob", "credit"), posting(CASH, "debit")], {}, "account_not_allowed"),
    ([posting("assets:psp:x:pending", "debit"), posting(OPENING, "credit")], {}, "account_not_allowed"),
    (
        [posting(CASH, "debit"), posting("liabilities:wallet_holds:bob", "credit")],
        {"reason": "r"},
        "account_not_allowed",
    ),
    ([posting(CASH, "debit")] * 501 + [posting(OPENING, "credit")] * 501, {}, "too_many_postings"),
    (PAIR, {"effective_at": datetime(1969, 12, 31, tzinfo=UTC)}, "date_out_of_range"),
    (PAIR, {"effective_at": START + timedelta(seconds=1)}, "date_out_of_range"),
    (PAIR, {"expires_at": START + timedelta(days=1)}, "date_out_of_range"),
    (PAIR, {"pending": True, "expires_at": START}, "date_out_of_range"),
]


@pytest.mark.parametrize(("postings", "more", "code"), BAD)
def test_what_is_wrong_is_refused_and_leaves_no_trace(postings: Any, more: Any, code: str) -> None:
    book = Book()
    assert refused(ask(book, postings, **more)) == code
    assert (book.view, book.said) == ({}, [])


def test_two_amounts_whose_sum_is_too_large_for_a_balance_are_refused() -> None:
    book = Book()
    most = 2**53 - 1
    posted(ask(book, [posting(CASH, "debit", most), posting(OPENING, "credit", most)]))
    assert refused(ask(book, PAIR, number=2)) == "balance_overflow"


def test_a_wallet_whose_free_and_held_money_together_is_too_large_is_refused() -> None:
    # Given a wallet with all it can have, all of it held
    book, most = Book(), 2**53 - 1
    given = [posting(CASH, "debit", most), posting("liabilities:wallets:bob", "credit", most)]
    posted(ask(book, given, reason="r"))
    assert isinstance(book.ask("hold.create", "hold_1", customer_id="bob", amount=most, currency="USD"), Done)
    said = len(book.said)
    # Then a unit more is refused
    more = [posting("user:till", "debit", 1), posting("liabilities:wallets:bob", "credit", 1)]
    assert refused(ask(book, more, number=2, reason="r")) == "balance_overflow"
    assert (len(book.said), book.balance("user:till")) == (said, 0)
    # And a top-up is put aside like any fact that the books cannot take
    with pytest.raises(CannotPost, match=f"{most + 1} USD"):
        book.hear("payment.succeeded", payment(1, wallet="bob"))


def test_reserved_accounts_take_postings_by_hand_with_a_reason_alone() -> None:
    book = Book()
    given = [posting("equity:adjustments", "debit"), posting("liabilities:wallets:bob", "credit")]
    assert refused(ask(book, given)) == "account_not_allowed"
    posted(ask(book, given, reason="goodwill"))
    taken = [posting("liabilities:wallets:bob", "debit", 101), posting("equity:adjustments", "credit", 101)]
    assert refused(ask(book, taken, number=2, reason="too much")) == "insufficient_funds"


def test_of_many_each_stands_for_itself_and_sees_what_was_before_it() -> None:
    book = Book()
    book.hear("payment.succeeded", payment(150, wallet="bob"))
    spend = [posting("liabilities:wallets:bob", "debit"), posting("equity:adjustments", "credit")]
    items = [
        {"postings": spend, "reason": "r"},
        {"postings": spend, "reason": "r"},
        {"postings": []},
        {"postings": PAIR},
    ]
    outcome = book.ask("transaction.bulk", "bulk_1", transactions=items)
    assert isinstance(outcome, Done)
    assert isinstance(outcome.body, BulkResult)
    told = [(item.status, item.code) for item in outcome.body.data]
    assert told == [(201, None), (402, "insufficient_funds"), (422, "too_few_postings"), (201, None)]
    assert book.balance("liabilities:wallets:bob") == 50
    leaves = [transaction.leaf_index for transaction in book.transactions]
    assert leaves == [0, 1, 2]


def test_a_pending_one_moves_nothing_until_it_is_posted() -> None:
    book = Book()
    waiting = posted(ask(book, pending=True))
    assert (waiting.status, waiting.leaf_index, book.balance(CASH)) == ("pending", None, 0)
    assert [line.balance_after for line in waiting.entries] == [None, None]
    book.now += timedelta(hours=1)
    after = posted(book.ask("transaction.post", "txn_1"))
    assert (after.status, after.version, after.created_at) == ("posted", 2, START)
    assert book.balance(CASH) == 100
    assert [said.type for said in book.said] == ["ledger.transaction.created", "ledger.transaction.posted"]
    assert refused(book.ask("transaction.void", "txn_1")) == "wrong_state"
    assert refused(book.ask("transaction.post", "txn_1")) == "wrong_state"


def test_a_void_one_is_never_posted() -> None:
    book = Book()
    ask(book, pending=True)
    assert posted(book.ask("transaction.void", "txn_1")).status == "voided"
    assert refused(book.ask("transaction.post", "txn_1")) == "wrong_state"
    assert book.balance(CASH) == 0


def test_an_expired_one_cannot_be_posted_and_an_early_alarm_is_set_again() -> None:
    book = Book()
    ask(book, pending=True, expires_at=START + timedelta(hours=1))
    assert book.ring("txn_1").due == {"txn_1": START + timedelta(hours=1)}
    book.now = START + timedelta(hours=1)
    assert refused(book.ask("transaction.post", "txn_1")) == "wrong_state"
    assert book.balance(CASH) == 0


def test_a_pending_one_expires_when_its_time_has_come() -> None:
    book = Book()
    ask(book, pending=True, expires_at=START + timedelta(hours=1))
    book.ring("txn_1")
    assert book.due
    book.now += timedelta(hours=1)
    book.ring("txn_1")
    assert [said.type for said in book.said] == ["ledger.transaction.created", "ledger.transaction.expired"]
    assert not book.due


def test_nothing_can_be_pending_on_a_wallet() -> None:
    given = [posting("equity:adjustments", "debit"), posting("liabilities:wallets:bob", "credit")]
    assert refused(ask(Book(), given, pending=True, reason="r")) == "account_not_allowed"


def test_what_was_posted_by_hand_is_reversed_once_and_linked_both_ways() -> None:
    book = Book()
    first = posted(ask(book))
    book.remember(first)
    undone = posted(book.ask("transaction.reverse", "txn_1", reason="twice"))
    assert (undone.reverses, book.balance(CASH)) == ("txn_1", 0)
    assert lines(undone) == [(CASH, "credit", 100), (OPENING, "debit", 100)]
    said = book.said[-1]
    assert (said.type, said.resource.id, said.resource.version) == ("ledger.transaction.reversed", "txn_1", 2)
    assert isinstance(said.resource, Transaction)
    assert said.resource.reversed_by == undone.id != first.id


def test_of_the_same_moment_the_second_reversal_is_refused() -> None:
    """Both within one batch: the second sees what the first has done."""
    book = Book()
    first = posted(ask(book))
    book.remember(first)
    undone = posted(book.ask("transaction.reverse", "txn_1", reason="twice"))
    assert refused(book.ask("transaction.reverse", "txn_1", reason="twice")) == "already_reversed"
    book.remember(undone)
    assert refused(book.ask("transaction.reverse", undone.id, reason="no")) == "reversal_of_reversal"


def test_a_fact_has_its_own_way_back() -> None:
    book = Book()
    book.hear("payment.succeeded", payment(100))
    book.remember(book.transactions[0])
    assert refused(book.ask("transaction.reverse", book.transactions[0].id, reason="no")) == "account_not_allowed"
