"""Balances of accounts now and then, of all below a path, and what waits to be posted."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import asyncpg
import pytest

from actors.ledger.chart import class_of
from messages.ids import account_id
from messages.ledger import Account
from messages.wire import json_of
from tests.ledger.asking import Ask, paged, questions
from tests.ledger.book import START, Book, payment
from tests.ledger.stories import STEPS, Step, by_hand, posted, told
from tests.ledger.tables import commit, states_of


def story(seed: int, length: int = 60) -> Book:
    """A long one, with many transactions that are dated back."""
    dice = Random(seed)
    steps: list[Step] = [
        (dice.choice((*STEPS, "backdate", "backdate")), dice.randint(1, 5_000), dice.choice((0, 1, 700, 90_000)))
        for _ in range(length)
    ]
    return told(steps)


def summed(book: Book, path: str, at: datetime, by: str, *, below: bool = False) -> dict[str, tuple[int, int]]:
    """By currency, balance and version of the account as the transactions have it."""
    found: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in posted(book):
        if getattr(one, f"{by}_at") > at:
            continue
        for line in one.entries:
            row = class_of(line.account)
            assert row is not None
            if line.account == path or (below and line.account.startswith(f"{path}:")):
                balance, version = found[line.currency]
                signed = line.amount if line.side == row.normal_side else -line.amount
                found[line.currency] = (balance + signed, version + 1)
    return dict(found)


async def test_an_account_shows_its_balance_on_its_normal_side(ask: Ask) -> None:
    status, account = await ask("account", path="income:sales")

    assert (status, account["normal_side"], account["floor"], account["status"]) == (200, "credit", None, "open")
    assert (account["id"], account["version"]) == (account_id("income:sales"), 0)
    assert account["balances"] == [{"currency": "USD", "posted": 8_703, "pending": 0, "version": 2}]


@pytest.mark.parametrize(
    ("currency", "balances"),
    [(None, []), ("EUR", [{"currency": "EUR", "posted": 0, "pending": 0, "version": 0}])],
)
async def test_an_account_without_postings_is_there_when_the_chart_has_it(ask: Ask, currency, balances) -> None:
    for at in (None, START, START + timedelta(days=9_000)):
        status, account = await ask("account", path="liabilities:wallets:nobody", currency=currency, at=at)
        assert (status, account["balances"], account["floor"]) == (200, balances, 0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("by", ["recorded", "effective"])
async def test_a_balance_at_a_time_is_the_sum_of_what_was_there_by_then(
    books: asyncpg.Connection, seed: int, by: str
) -> None:
    # Given a history in which some things were written down long after they happened
    book = story(seed)
    await commit(books, states_of(book))
    ask = questions(books)
    # When any account is asked for at any time: each moment of both kinds, and one just before it
    moments = {moment for one in posted(book) for moment in (one.recorded_at, one.effective_at)}
    moments |= {moment - timedelta(milliseconds=1) for moment in moments}
    for at in Random(seed).sample(sorted(moments), min(12, len(moments))):
        for path, below in [
            ("user:box:a", False),
            ("liabilities:wallets:bob", False),
            ("assets:psp", True),
            ("user", True),
            ("equity:opening", True),
        ]:
            _, account = await ask("account", path=path, at=at, by=by, rollup=below)
            # Then balance and version are those of the entries up to then
            found = {each["currency"]: (each["posted"], each["version"]) for each in account["balances"]}
            assert found == summed(book, path, at, by, below=below), (path, at)
            assert [each["pending"] for each in account["balances"]] == [0] * len(found)


async def test_a_time_that_is_yet_to_come_is_now_and_is_told_back(ask: Ask) -> None:
    later = datetime(2120, 1, 1, tzinfo=UTC)
    _, now = await ask("account", path="income:sales")
    for by in ("recorded", "effective"):
        _, account = await ask("account", path="income:sales", at=later, by=by)
        assert account == {**now, "at": "2120-01-01T00:00:00.000Z"}


async def test_beginnings_of_paths_add_up_what_is_below_them_and_nothing_else(books: asyncpg.Connection) -> None:
    # Given accounts whose names begin alike
    book = Book()
    book.hear("payment.succeeded", payment(700, wallet="bob", payment_id="pay_1"))
    book.hear("payment.succeeded", payment(50, wallet="bob-2", payment_id="pay_2"))
    by_hand(book, 30, "txn_1")
    await commit(books, states_of(book))
    ask = questions(books)
    # Then a path is whole only at its colons
    for path, together in [
        ("liabilities:wallets", 750),
        ("liabilities:wallets:bob", 700),
        ("liabilities", 750),
        ("assets:psp", 750),
        ("assets", 750),
        ("user:box", 30),
        ("user", 30),
    ]:
        _, account = await ask("account", path=path, rollup=True)
        assert [each["posted"] for each in account["balances"]] == [together], path
    # And what begins with no root of the chart is not found, nor is a beginning that is not to be added up
    assert (await ask("account", path="moon", rollup=True))[0] == 404
    assert (await ask("account", path="assets:psp"))[0] == 404
    assert (await ask("account", path="assets:psp:x", rollup=True))[1]["balances"] == []


async def test_what_waits_to_be_posted_is_shown_on_the_normal_side(books: asyncpg.Connection) -> None:
    # Given one that waits, one that is posted by now and one that is void
    book = Book()
    for number, amount in enumerate((100, 20, 3)):
        by_hand(book, amount, f"txn_{number}", pending=True)
    book.ask("transaction.post", "txn_1")
    book.ask("transaction.void", "txn_2")
    await commit(books, states_of(book))
    ask = questions(books)
    # Then the first alone is pending, now and not at a time gone by
    for path in ("user:box:a", "equity:opening"):
        for below in (False, True):
            _, account = await ask("account", path=path, rollup=below)
            assert account["balances"] == [{"currency": "USD", "posted": 20, "pending": 100, "version": 1}]
        _, account = await ask("account", path=path, at=START)
        assert account["balances"] == [{"currency": "USD", "posted": 20, "pending": 0, "version": 1}]


async def test_more_than_can_be_said_is_refused_and_never_rounded(books: asyncpg.Connection) -> None:
    book = Book()
    for number in range(3):
        lines = [("user:big", "debit"), (f"user:big:{number}", "credit")]
        postings = [
            {"account": account, "side": side, "amount": 2**53 - 1, "currency": "USD"}
            for account, side in (lines if number == 0 else [("user:huge:a", "debit"), ("user:huge:b", "credit")])
        ]
        book.ask("transaction.create", f"txn_{number}", postings=postings, pending=True)
    await commit(books, states_of(book))
    status, body = await questions(books)("account", path="user:huge:a")
    assert (status, body["code"]) == (422, "balance_overflow")


async def test_a_list_with_an_account_of_which_more_is_pending_than_can_be_said_names_it(
    books: asyncpg.Connection,
) -> None:
    book = Book()
    for number, (amount, pending) in enumerate([(1, False), (2**53 - 1, True), (2**53 - 1, True)]):
        sides = [("user:huge", "debit"), ("user:other", "credit")]
        postings = [{"account": path, "side": side, "amount": amount, "currency": "USD"} for path, side in sides]
        book.ask("transaction.create", f"txn_{number}", postings=postings, pending=pending)
    await commit(books, states_of(book))
    ask = questions(books)
    status, body = await ask("accounts", prefix="user:")
    assert (status, body["code"]) == (422, "balance_overflow")
    assert "user:huge" in body["detail"]
    # And a list without it is there
    assert (await ask("accounts", after="user:other"))[0] == 200


async def test_a_frozen_account_and_a_wallet_that_may_be_overdrawn_say_so(books: asyncpg.Connection) -> None:
    book = Book()
    book.hear("payment.succeeded", payment(5_000, wallet="bob"))
    book.ask("wallet.limit", "bob", overdraft_limits={"USD": 300})
    book.ask("account.freeze", "acct", path="liabilities:wallets:bob", reason="looked into")
    await commit(books, states_of(book))
    ask = questions(books)

    _, account = await ask("account", path="liabilities:wallets:bob", currency="USD")
    assert (account["status"], account["version"], account["floor"]) == ("frozen", 1, -300)
    for currency in (None, "EUR"):
        assert (await ask("account", path="liabilities:wallets:bob", currency=currency))[1]["floor"] == 0
    _, page = await ask("accounts", prefix="liabilities:wallets:")
    assert [(one["path"], one["status"], one["floor"]) for one in page["data"]] == [
        ("liabilities:wallets:bob", "frozen", 0)
    ]
    _, wallet = await ask("wallet", customer_id="bob")
    assert (wallet["status"], wallet["balances"][0]["overdraft_limit"]) == ("frozen", 300)
    assert wallet["position"] == account["position"] == "0"


async def test_accounts_come_in_order_and_in_pages(ask: Ask) -> None:
    seen = [account["path"] for account in await paged(ask, "accounts", "path")]
    assert seen == sorted(set(seen))
    assert len(seen) == 8
    _, page = await ask("accounts", prefix="liabilities:wallet")
    assert [account["path"] for account in page["data"]] == [
        "liabilities:wallet_holds:bob",
        "liabilities:wallets:bob",
    ]
    _, one = await ask("account", path="liabilities:wallets:bob")
    assert {**page["data"][1], "position": one["position"]} == one


async def test_the_account_is_as_the_model_has_it(ask: Ask) -> None:
    _, account = await ask("account", path="income:sales", currency="USD", at=START, by="effective")
    assert json_of(Account.model_validate(account)) == account
    everything: Any = set(account)
    assert {"at", "balances", "floor", "id", "normal_side", "object", "path", "position", "status"} < everything
