"""Closed months: requests are refused, facts go into the next open one and say that they are late."""

from datetime import UTC, datetime

import pytest

from actors.ledger.dating import month_after, month_of
from actors.runtime.decision import Done, Refused
from messages.ledger import Period, Transaction
from tests.ledger.book import Book, payment
from tests.ledger.test_manual import PAIR

OCTOBER = datetime(2026, 10, 31, 23, 59, 59, 999_000, tzinfo=UTC)


def test_a_request_dated_into_a_closed_month_is_refused_and_one_into_an_open_month_is_not() -> None:
    book = Book()
    closed = book.ask("period.close", "2026-10", month="2026-10", reason="checked")
    assert isinstance(closed, Done)
    assert isinstance(closed.body, Period)
    refused = book.ask("transaction.create", "txn_1", postings=PAIR, effective_at=OCTOBER)
    assert isinstance(refused, Refused)
    assert refused.code == "period_closed"
    assert isinstance(book.ask("transaction.create", "txn_2", postings=PAIR), Done)
    assert isinstance(book.ask("period.reopen", "2026-10", month="2026-10", reason="late invoice"), Done)
    assert isinstance(book.ask("transaction.create", "txn_1", postings=PAIR, effective_at=OCTOBER), Done)


def test_a_fact_of_closed_months_posts_at_the_first_open_instant_and_is_flagged() -> None:
    book = Book()
    for month in ("2026-09", "2026-10"):
        book.ask("period.close", month, month=month)
    book.hear("payment.succeeded", payment(100), at=datetime(2026, 9, 3, tzinfo=UTC))
    [transaction] = book.transactions
    assert transaction.effective_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert transaction.flags == ["late"]


def test_a_fact_in_time_has_its_own_time_and_no_flag() -> None:
    book = Book()
    book.hear("payment.succeeded", payment(100), at=OCTOBER)
    [transaction] = book.transactions
    assert (transaction.effective_at, transaction.flags) == (OCTOBER, [])


def test_a_fact_is_never_later_than_the_books() -> None:
    book = Book()
    book.hear("payment.succeeded", payment(100), at=datetime(2027, 1, 1, tzinfo=UTC))
    [transaction] = book.transactions
    assert isinstance(transaction, Transaction)
    assert transaction.effective_at == transaction.recorded_at == book.now


@pytest.mark.parametrize("month", ["2026-11", "2026-12"])
def test_a_month_that_is_not_over_cannot_be_closed(month: str) -> None:
    outcome = Book().ask("period.close", month, month=month)
    assert isinstance(outcome, Refused)
    assert outcome.code == "date_out_of_range"


def test_what_is_closed_cannot_be_closed_again_nor_what_is_open_opened() -> None:
    book = Book()
    reopened = book.ask("period.reopen", "2026-10", month="2026-10", reason="?")
    book.ask("period.close", "2026-10", month="2026-10")
    closed = book.ask("period.close", "2026-10", month="2026-10")
    assert [each.code for each in (reopened, closed) if isinstance(each, Refused)] == ["wrong_state", "wrong_state"]


def test_months_follow_each_other_over_the_year() -> None:
    assert (month_after("2026-11"), month_after("2026-12")) == ("2026-12", "2027-01")
    assert month_of(OCTOBER) == "2026-10"
