"""Wallets, holds, transfers and periods as they are read."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from tests.ledger.asking import Ask, paged, questions
from tests.ledger.book import START, Book, payment
from tests.ledger.tables import commit, states_of


@pytest.fixture
async def moved(books: asyncpg.Connection) -> Ask:
    """Holds of two customers, transfers between three, and a month that was closed."""
    book = Book()
    for customer in ("bob", "eve"):
        book.hear("payment.succeeded", payment(9_000, wallet=customer, payment_id=f"pay_{customer}"))
    for number in range(6):
        book.now = START + timedelta(seconds=number // 2)
        customer = "bob" if number % 3 else "eve"
        wish: dict[str, Any] = {"currency": "USD", "metadata": {"n": str(number % 2)}}
        book.ask("hold.create", f"hold_{number}", customer_id=customer, amount=number + 1, **wish)
        to = "joe" if number % 2 else {"bob": "eve", "eve": "bob"}[customer]
        book.ask("transfer.create", f"trf_{number}", from_customer=customer, to_customer=to, amount=number + 1, **wish)
    book.ask("hold.void", "hold_1")
    book.ask("hold.confirm", "hold_2")
    book.ask("transfer.reverse", "trf_5", reason="a mistake")
    book.ask("period.close", "2026-10", month="2026-10", reason="done")
    await commit(books, states_of(book))
    return questions(books)


@pytest.mark.parametrize(
    ("name", "params", "numbers"),
    [
        ("holds", {}, [0, 1, 2, 3, 4, 5]),
        ("holds", {"customer_id": "bob"}, [1, 2, 4, 5]),
        ("holds", {"status": ["voided", "confirmed"]}, [1, 2]),
        ("holds", {"customer_id": "eve", "status": ["open"]}, [0, 3]),
        ("holds", {"metadata": {"n": "1"}}, [1, 3, 5]),
        (
            "holds",
            {"created_after": START + timedelta(seconds=1), "created_before": START + timedelta(seconds=2)},
            [2, 3],
        ),
        ("transfers", {}, [0, 1, 2, 3, 4, 5]),
        ("transfers", {"customer_id": "eve"}, [0, 2, 3, 4]),
        ("transfers", {"customer_id": "joe"}, [1, 3, 5]),
        ("transfers", {"customer_id": "nobody"}, []),
        ("transfers", {"status": ["reversed"]}, [5]),
        ("transfers", {"customer_id": "bob", "metadata": {"n": "0"}}, [0, 2, 4]),
    ],
)
async def test_lists_hold_each_once_by_any_filter(
    moved: Ask, name: str, params: dict[str, Any], numbers: list[int]
) -> None:
    for limit in (1, 2, 100):
        rows = await paged(moved, name, "created_at", "id", limit=limit, **params)
        assert sorted(int(row["id"][-1]) for row in rows) == numbers
        places = [(row["created_at"], row["id"]) for row in rows]
        assert places == sorted(places, reverse=True)
    assert (await moved(name, "other", **params))[1]["data"] == []


async def test_a_wallet_shows_what_is_free_and_held(ask: Ask) -> None:
    status, wallet = await ask("wallet", customer_id="bob")

    assert status == 200
    assert wallet["balances"] == [
        {"currency": "USD", "posted": 4_700, "held": 1_000, "available": 3_700, "overdraft_limit": 0}
    ]
    assert (wallet["id"], wallet["version"], wallet["status"]) == ("bob", 4, "active")


async def test_an_unknown_customer_has_an_empty_wallet(ask: Ask) -> None:
    for tenant, customer in (("demo", "nobody"), ("other", "bob")):
        status, wallet = await ask("wallet", tenant, customer_id=customer)
        assert (status, wallet["balances"], wallet["version"]) == (200, [], 0)


async def test_a_hold_and_a_transfer_are_found_by_their_ids(moved: Ask) -> None:
    _, hold = await moved("hold", id="hold_2")
    assert (hold["status"], hold["amount_confirmed"]) == ("confirmed", 3)
    _, transfer = await moved("transfer", id="trf_5")
    assert (transfer["status"], transfer["to_customer"]) == ("reversed", "joe")
    _, transaction = await moved("transaction", id=transfer["reversed_by"])
    assert transaction["source"] == {"type": "transfer", "id": "trf_5", "kind": "reversed"}
    for name, id_ in (("hold", "hold_2"), ("transfer", "trf_5")):
        assert (await moved(name, id="none"))[0] == (await moved(name, "other", id=id_))[0] == 404


async def test_a_month_is_open_until_it_is_closed(moved: Ask) -> None:
    _, closed = await moved("period", month="2026-10")
    assert (closed["status"], closed["version"], closed["reason"]) == ("closed", 1, "done")
    for tenant, month in (("demo", "2026-09"), ("other", "2026-10")):
        _, period = await moved("period", tenant, month=month)
        assert (period["id"], period["status"], period["closed_at"]) == (month, "open", None)
