"""The trial balance: it balances, at any time, and all of its pages are of one moment."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.ledger.asking import Ask, questions
from tests.ledger.book import START, Book, payment
from tests.ledger.stories import by_hand, posted
from tests.ledger.tables import commit, states_of


async def pages(ask: Ask, between: Any = None, **params: Any) -> list[dict[str, Any]]:
    """All lines; `between` happens after the first page."""
    rows: list[dict[str, Any]] = []
    after = as_of = None
    while True:
        _, page = await ask("trial_balance", after=after, as_of=as_of, **params)
        rows += page["data"]
        after, as_of = page["next"], page["as_of"]
        if after is None:
            return rows
        if between is not None:
            await between()
            between = None


def lately(minutes: int = 0) -> Book:
    """Sales, and boxes filled by hand, some of which is dated back by more than a minute."""
    book = Book(now=START + timedelta(minutes=minutes))
    for number in range(4):
        id_ = f"{minutes}_{number}"
        book.now += timedelta(seconds=40)
        book.hear("payment.succeeded", payment(100 + number, payment_id=f"pay_{id_}", wallet=f"w{id_}"))
        by_hand(book, 7, f"txn_{id_}", effective_at=book.now - timedelta(seconds=50 * number))
    return book


def totals(lines: list[dict[str, Any]]) -> tuple[int, int]:
    return sum(line["debit"] for line in lines), sum(line["credit"] for line in lines)


async def test_the_trial_balance_balances_now_and_then(ask: Ask) -> None:
    for params in ({}, {"at": START}, {"at": START, "by": "effective"}):
        _, trial = await ask("trial_balance", **params)
        debits, credits_ = totals(trial["data"])
        assert debits == credits_ > 0
        assert (trial["as_of"], trial["next"]) == (8, None)

    _, before = await ask("trial_balance", at=START - timedelta(seconds=10))
    assert before["data"] == []


@pytest.mark.parametrize("by", ["recorded", "effective"])
async def test_at_every_moment_it_says_what_the_accounts_say(books: asyncpg.Connection, by: str) -> None:
    book = lately()
    await commit(books, states_of(book))
    ask = questions(books)
    moments: set[datetime] = {getattr(one, f"{by}_at") for one in posted(book)}
    for at in sorted(moments)[::2]:
        lines = await pages(ask, at=at, by=by)
        assert totals(lines)[0] == totals(lines)[1] > 0
        for line in lines:
            _, account = await ask("account", path=line["account"], currency="USD", at=at, by=by)
            assert account["balances"][0]["posted"] == line["debit"] + line["credit"]


@pytest.mark.parametrize("params", [{}, {"at": 1}, {"at": 1, "by": "effective"}])
async def test_all_pages_are_of_the_moment_of_the_first(
    books: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, params: dict[str, Any]
) -> None:
    # Given books, and the whole trial balance of this moment
    book = lately()
    await commit(books, states_of(book))
    ask = questions(books)
    if "at" in params:
        params = {**params, "at": book.now}
    at_once = await pages(ask, **params)
    assert len(at_once) == 7

    # When more is posted after the first of many pages, at the same millisecond and later, also dated back
    async def post_more() -> None:
        book.hear("payment.succeeded", payment(5, payment_id="pay_more", wallet="w0_3"))
        by_hand(book, 9, "txn_more", effective_at=START)
        book.now += timedelta(minutes=2)
        by_hand(book, 11, "txn_even_more", effective_at=START)
        book.hear("payment.succeeded", payment(5, payment_id="pay_new", wallet="a_new_one"))
        await commit_again(books, book)

    monkeypatch.setattr("storage.trial_balance.LINES_MAX", 2)
    lines = await pages(ask, post_more, **params)

    # Then the pages are what was there when the first was read
    assert lines == at_once
    assert await pages(ask, **params) != at_once or "at" in params


async def commit_again(books: asyncpg.Connection, book: Book) -> None:
    """What is new of the book: rows of the journal are never written twice."""
    kept = {row[0] for row in await books.fetch("select source_id from transaction")}
    states = [state for state in states_of(book) if getattr(state, "transaction", None) is None]
    states += [
        state
        for state in states_of(book)
        if getattr(state, "transaction", None) is not None and state.transaction.source.id not in kept
    ]
    await commit(books, states)


async def test_another_tenant_sees_nothing(ask: Ask) -> None:
    assert (await ask("trial_balance", "other"))[1] == {"as_of": 0, "data": [], "next": None}
