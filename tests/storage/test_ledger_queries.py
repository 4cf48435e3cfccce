"""Questions to the ledger, answered from real tables."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from actors.ledger.queries import ANSWERS
from messages.envelope import Query
from tests.ledger.book import START, TENANT, Book, payment
from tests.ledger.tables import busy_book, commit, states_of

Ask = Callable[..., Any]


@pytest.fixture
async def connection(database_as: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    """A connection with the ledger's own rights."""
    connection = await asyncpg.connect(database_as("pocketpay_ledger"), timeout=10)
    yield connection
    await connection.close(timeout=10)


@pytest.fixture
async def ask(connection: asyncpg.Connection) -> Ask:
    """Asks a question about the busy book, as its tenant or another."""
    await commit(connection, states_of(busy_book()))
    return questions(connection)


def questions(connection: asyncpg.Connection) -> Ask:
    """Status and body of an answer, given as the runtime gives it."""

    async def ask(name: str, tenant: str = TENANT, **params: Any) -> tuple[int, Any]:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            reply = await ANSWERS[name](connection, Query(tenant=tenant, params=params))
        return reply.status, reply.body

    return ask


async def test_a_wallet_shows_what_is_free_and_held(ask: Ask):
    status, wallet = await ask("wallet", customer_id="bob")

    assert status == 200
    assert wallet["balances"] == [
        {"currency": "USD", "posted": 4_700, "held": 1_000, "available": 3_700, "overdraft_limit": 0}
    ]
    assert (wallet["id"], wallet["version"]) == ("bob", 4)


async def test_an_unknown_customer_has_an_empty_wallet(ask: Ask):
    status, wallet = await ask("wallet", customer_id="nobody")

    assert (status, wallet["balances"], wallet["version"]) == (200, [], 0)


async def test_an_account_shows_its_balance_on_its_normal_side(ask: Ask):
    status, account = await ask("account", path="income:sales")

    assert (status, account["normal_side"], account["floor"]) == (200, "credit", None)
    assert account["balances"] == [{"currency": "USD", "posted": 8_703, "pending": 0, "version": 2}]


@pytest.mark.parametrize(
    ("currency", "balances"),
    [(None, []), ("EUR", [{"currency": "EUR", "posted": 0, "pending": 0, "version": 0}])],
)
async def test_an_account_without_postings_is_there_when_the_chart_has_it(ask: Ask, currency, balances):
    status, account = await ask("account", path="liabilities:wallets:nobody", currency=currency)

    assert (status, account["balances"], account["floor"]) == (200, balances, 0)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("account", {"path": "assets:moon"}),
        ("entries", {"path": "assets:moon"}),
        ("entries", {}),
        ("transaction", {"id": "txn_none"}),
        ("hold", {"id": "hold_none"}),
    ],
)
async def test_what_does_not_exist_is_not_found(ask: Ask, name: str, params: dict[str, str]):
    status, body = await ask(name, **params)

    assert (status, body["code"]) == (404, "not_found")


async def test_accounts_come_in_order_and_in_pages(ask: Ask):
    seen: list[str] = []
    after = None
    while True:
        _, page = await ask("accounts", limit=2, after=after)
        seen += [account["path"] for account in page["data"]]
        if not page["has_more"]:
            break
        after = seen[-1]

    assert seen == sorted(set(seen))
    assert len(seen) == 8
    _, page = await ask("accounts", prefix="liabilities:wallet")
    assert [account["path"] for account in page["data"]] == [
        "liabilities:wallet_holds:bob",
        "liabilities:wallets:bob",
    ]


async def paged(ask: Ask, name: str, at: str, **params: Any) -> list[dict[str, Any]]:
    """All pages of two rows."""
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        _, page = await ask(name, limit=2, after=after, **params)
        rows += page["data"]
        if not page["has_more"]:
            return rows
        after = (rows[-1][at], rows[-1]["id"])


async def test_pages_of_transactions_leave_nothing_out(connection: asyncpg.Connection):
    # Given transactions of two moments, several at each
    book = Book()
    for number in range(7):
        book.now = START + timedelta(seconds=number // 4)
        book.hear("payment.succeeded", payment(100, payment_id=f"pay_{number}"))
    await commit(connection, states_of(book))

    # When they are read in pages
    rows = await paged(questions(connection), "transactions", "created_at")

    # Then each is there once, newest first
    expected = sorted(book.transactions, key=lambda one: (one.recorded_at, one.id), reverse=True)
    assert [row["id"] for row in rows] == [one.id for one in expected]
    assert rows[0] == expected[0].model_dump(mode="json")


async def test_pages_of_entries_leave_nothing_out_and_keep_the_balances_in_order(
    connection: asyncpg.Connection,
):
    # Given many entries of one moment, on an account and on a wallet's two
    book = Book()
    book.hear("payment.succeeded", payment(5_000, wallet="bob", payment_id="pay_2"))
    for number in range(5):
        book.ask("hold.create", f"hold_{number}", customer_id="bob", amount=number + 1, currency="USD")
    await commit(connection, states_of(book))
    ask = questions(connection)

    # Then they come newest first, as the account counted them
    rows = await paged(ask, "entries", "recorded_at", path="liabilities:wallets:bob")
    assert [row["account_version"] for row in rows] == [6, 5, 4, 3, 2, 1]
    assert rows[0]["source"] == {"type": "hold", "id": "hold_4", "kind": "created"}

    both = await paged(ask, "entries", "recorded_at", customer_id="bob")
    assert len({row["id"] for row in both}) == len(both) == 11
    assert (await ask("entries", customer_id="bob", currency="EUR"))[1]["data"] == []


async def test_transactions_are_found_by_source_and_time(ask: Ask):
    _, page = await ask("transactions", source_type="refund", source_id="ref_1")
    assert {row["source"]["kind"] for row in page["data"]} == {"accepted", "booked", "failed"}

    later = START + timedelta(seconds=1)
    assert (await ask("transactions", created_after=later))[1]["data"] == []
    assert (await ask("transactions", created_before=START))[1]["data"] == []
    assert len((await ask("transactions", created_after=START, created_before=later))[1]["data"]) == 8


async def test_one_transaction_and_one_hold_are_found_by_id(ask: Ask):
    status, hold = await ask("hold", id="hold_1")
    assert (status, hold["status"], hold["amount_confirmed"]) == (200, "confirmed", 300)

    status, transaction = await ask("transaction", id=hold["transaction"])
    assert (status, transaction["source"]["id"], len(transaction["entries"])) == (200, "hold_1", 2)


async def test_the_trial_balance_balances_now_and_then(ask: Ask):
    for at in (None, START):
        _, trial = await ask("trial_balance", at=at)
        assert sum(line["debit"] for line in trial["data"]) == sum(line["credit"] for line in trial["data"]) > 0

    _, before = await ask("trial_balance", at=START - timedelta(seconds=1))
    assert before["data"] == []


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("accounts", {}),
        ("transactions", {}),
        ("entries", {"path": "income:sales"}),
        ("trial_balance", {}),
    ],
)
async def test_another_tenant_sees_nothing(ask: Ask, name: str, params: dict[str, str]):
    assert (await ask(name, "other", **params))[1]["data"] == []
    assert (await ask("wallet", "other", customer_id="bob"))[1]["balances"] == []
    assert (await ask("hold", "other", id="hold_1"))[0] == 404
