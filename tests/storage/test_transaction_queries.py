"""Transactions and entries as they are listed: each once, newest first, by any filter."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from tests.ledger.asking import Ask, paged, questions
from tests.ledger.book import START, Book, payment
from tests.ledger.stories import by_hand, posted
from tests.ledger.tables import commit, states_of

BOX = "user:box:a"


@pytest.fixture
async def mixed(books: asyncpg.Connection) -> Ask:
    """Sales with references; by hand one that waits, one posted later, one void; and two that were posted at once."""
    book = Book()
    for number in range(5):
        book.now = START + timedelta(seconds=number // 2)
        sale = payment(100, payment_id=f"pay_{number}").model_copy(update={"provider_reference": f"sim_{number}"})
        book.hear("payment.succeeded", sale)
    wishes: list[dict[str, Any]] = [{"pending": True}] * 3
    wishes += [{"metadata": {"order": "42"}}, {"metadata": {"a": "b"}}]
    for number, more in enumerate(wishes):
        book.now = START + timedelta(seconds=10 + number)
        by_hand(book, 7, f"txn_{number}", **more)
    book.now = START + timedelta(seconds=30)
    book.ask("transaction.post", "txn_1")
    book.ask("transaction.void", "txn_2")
    await commit(books, states_of(book))
    return questions(books)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["source"]["id"] for row in rows]


SALES = ["pay_4", "pay_3", "pay_2", "pay_1", "pay_0"]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_pages_hold_what_is_posted_and_what_waits_newest_first(mixed: Ask, limit: int) -> None:
    rows = await paged(mixed, "transactions", "recorded_at", "id", limit=limit)
    found = ids(rows)
    assert found[:4] == ["txn_1", "txn_4", "txn_3", "txn_0"]
    assert sorted(found[4:]) == sorted(SALES)
    places = [(row["recorded_at"], row["id"]) for row in rows]
    assert places == sorted(places, reverse=True)
    assert [row["status"] for row in rows[:4]] == ["posted", "posted", "posted", "pending"]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"status": ["pending"]}, ["txn_0"]),
        ({"status": ["voided", "expired"]}, ["txn_2"]),
        ({"status": ["posted"], "account": BOX}, ["txn_1", "txn_4", "txn_3"]),
        ({"account": BOX}, ["txn_1", "txn_4", "txn_3", "txn_0"]),
        ({"account": BOX, "source_type": "payment"}, []),
        ({"account": BOX, "source_id": "txn_3"}, ["txn_3"]),
        ({"account": "income:sales", "source_id": "txn_3"}, []),
        ({"source_type": "manual"}, ["txn_1", "txn_4", "txn_3", "txn_0"]),
        ({"source_id": "pay_2"}, ["pay_2"]),
        ({"source_id": "txn_0"}, ["txn_0"]),
        ({"source_type": "refund"}, []),
        ({"event": "evt_2"}, ["pay_1"]),
        ({"reference": "sim_3"}, ["pay_3"]),
        ({"reference": "sim_3", "source_type": "manual"}, []),
        ({"metadata": {"order": "42"}}, ["txn_3"]),
        ({"metadata": {"order": "42", "a": "b"}}, []),
        ({"created_after": START + timedelta(seconds=13)}, ["txn_1", "txn_4", "txn_3"]),
        ({"created_before": START + timedelta(seconds=1)}, ["pay_0", "pay_1"]),
        ({"created_after": START, "created_before": START}, []),
    ],
)
async def test_each_filter_finds_what_it_names(mixed: Ask, params: dict[str, Any], found: list[str]) -> None:
    for limit in (1, 100):
        rows = await paged(mixed, "transactions", "recorded_at", "id", limit=limit, **params)
        assert sorted(ids(rows)) == sorted(found), params
    assert (await mixed("transactions", "other", **params))[1]["data"] == []


async def test_one_is_found_by_its_id_whether_it_is_posted_or_not(mixed: Ask) -> None:
    for id_, status in [("txn_0", "pending"), ("txn_1", "posted"), ("txn_2", "voided"), ("txn_3", "posted")]:
        _, one = await mixed("transaction", id=id_)
        assert (one["id"], one["status"], one["entries_has_more"]) == (id_, status, False)
        assert (one["leaf_index"] is None) == (status != "posted")
        _, lines = await mixed("lines", id=id_)
        assert lines == {"data": one["entries"], "has_more": False}
    for name in ("transaction", "lines"):
        assert (await mixed(name, id="txn_none"))[0] == (await mixed(name, "other", id="txn_3"))[0] == 404


@pytest.mark.parametrize("pending", [True, False])
async def test_of_many_entries_the_first_hundred_are_shown_and_the_rest_listed(
    books: asyncpg.Connection, pending: bool
) -> None:
    book = Book()
    postings = [
        {"account": f"user:many:{number}", "side": side, "amount": 1 + number // 2, "currency": "USD"}
        for number, side in enumerate(("debit", "credit") * 52)
    ]
    book.ask("transaction.create", "txn_1", postings=postings, pending=pending)
    await commit(books, states_of(book))
    ask = questions(books)
    _, one = await ask("transaction", id="txn_1")
    _, page = await ask("transactions")
    assert page["data"] == [one]
    assert (len(one["entries"]), one["entries_has_more"]) == (100, True)
    lines = await paged(ask, "lines", "id", id="txn_1", limit=33)
    assert lines[:100] == one["entries"]
    assert [line["account"] for line in lines] == [f"user:many:{number}" for number in range(104)]


async def test_pages_of_entries_keep_the_balances_in_order_in_every_span(books: asyncpg.Connection) -> None:
    # Given many entries of few moments in two currencies on one account, and a wallet's two accounts
    book = Book()
    book.hear("payment.succeeded", payment(5_000, wallet="bob"))
    for number in range(9):
        book.now = START + timedelta(seconds=number // 3)
        by_hand(book, number + 1, f"txn_{number}", "EUR" if number % 4 == 0 else "USD")
        book.ask("hold.create", f"hold_{number}", customer_id="bob", amount=number + 1, currency="USD")
    await commit(books, states_of(book))
    ask = questions(books)
    mine = {BOX: ["USD", "EUR"], "liabilities:wallets:bob": ["USD"]}
    for path, currencies in mine.items():
        for currency in (None, *currencies):
            for after, before in [(None, None), (START, None), (START + timedelta(seconds=1), None), (None, START),
                                  (START + timedelta(seconds=1), START + timedelta(seconds=2))]:  # fmt: skip
                span: dict[str, Any] = {"created_after": after, "created_before": before}
                # When they are read in pages
                rows = await paged(ask, "entries", "recorded_at", "id", path=path, currency=currency, **span)
                # Then each of the span is there once, the newest first
                expected = [
                    line.id
                    for one in posted(book)
                    for line in one.entries
                    if line.account == path
                    and currency in (None, line.currency)
                    and (after is None or one.recorded_at >= after)
                    and (before is None or one.recorded_at < before)
                ]
                assert sorted(row["id"] for row in rows) == sorted(expected)
                places = [(row["recorded_at"], row["account_version"], row["id"]) for row in rows]
                assert places == sorted(places, reverse=True)

    both = await paged(ask, "entries", "recorded_at", "id", customer_id="bob")
    assert len({row["id"] for row in both}) == len(both) == 19
    assert both[0]["source"] == {"type": "hold", "id": "hold_8", "kind": "created"}
    assert (await ask("entries", customer_id="bob", currency="EUR"))[1]["data"] == []
    assert (await ask("entries", path="assets:moon"))[0] == (await ask("entries"))[0] == 404


async def test_a_dated_back_entry_tells_both_of_its_times(books: asyncpg.Connection) -> None:
    book = Book()
    by_hand(book, 5, "txn_1", effective_at=START - timedelta(days=2))
    await commit(books, states_of(book))
    _, page = await questions(books)("entries", path=BOX)
    [row] = page["data"]
    assert (row["effective_at"], row["recorded_at"]) == ("2026-11-20T10:00:00.000Z", "2026-11-22T10:00:00.000Z")
