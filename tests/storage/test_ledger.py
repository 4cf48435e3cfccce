"""The books in real tables: what goes in comes out, and the tables refuse what the rules would refuse."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import asyncpg
import pytest

from actors.ledger.io import load, save
from actors.ledger.states import AccountState, PostedState, account_key
from actors.runtime.decision import State
from tests.ledger.book import TENANT, Book, payment, refund
from tests.ledger.tables import busy_book, commit, states_of


@pytest.fixture
async def ledger(database_as: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    """A connection with the ledger's own rights."""
    connection = await asyncpg.connect(database_as("pocketpay_ledger"), timeout=10)
    yield connection
    await connection.close(timeout=10)


@pytest.fixture
async def superuser(database: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody who may do everything."""
    connection = await asyncpg.connect(database, server_settings={"search_path": "ledger"}, timeout=10)
    yield connection
    await connection.close(timeout=10)


async def test_what_is_saved_comes_back(ledger: asyncpg.Connection):
    # Given a book with every kind of state
    book = busy_book()
    await commit(ledger, states_of(book))

    # When it is loaded again, with keys that do not exist
    unknown = account_key(TENANT, "income:sales", "JPY")
    loaded = await load(ledger, {*book.view, unknown})

    # Then it is the same
    assert loaded == book.view
    assert {type(state).__name__ for state in loaded.values()} == {
        "AccountState",
        "PostedState",
        "HoldState",
        "TreeState",
        "WalletState",
    }


async def test_batches_continue_each_other(ledger: asyncpg.Connection):
    # Given a batch in the tables
    book = busy_book()
    await commit(ledger, states_of(book))

    # When the next one takes the same accounts, hold and wallet further
    before = dict(book.view)
    book.ask("hold.void", "hold_0")
    book.hear("payment.succeeded", payment(7, payment_id="pay_3"))
    await commit(ledger, [state for key, state in book.view.items() if before.get(key) != state])

    # Then the tables are where the book is
    assert await load(ledger, book.view.keys()) == book.view


async def test_loading_is_one_statement_and_saving_one_per_table(ledger: asyncpg.Connection):
    seen: list[str] = []
    ledger.add_query_logger(lambda record: seen.append(record.query))
    book = busy_book()

    assert len(save(states_of(book))) == 6
    await commit(ledger, states_of(book))
    await load(ledger, book.view.keys())

    await asyncio.sleep(0)  # the logger is called a step later
    ours = [query for query in seen if "typeinfo" not in query and "'jit'" not in query]  # asyncpg learns types once
    assert len(ours) == 2


async def test_nothing_is_asked_of_the_tables_without_keys(ledger: asyncpg.Connection):
    assert await load(ledger, set()) == {}


def broken(book: Book, **changes: object) -> list[State]:
    """The book's one transaction with its first entry changed."""
    return [
        replace(state, transaction=_first_changed(state.transaction, changes))
        if isinstance(state, PostedState)
        else state
        for state in states_of(book)
    ]


def _first_changed(transaction, changes):
    first, *others = transaction.entries
    return transaction.model_copy(update={"entries": [first.model_copy(update=changes), *others]})


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 9_999},
        {"amount": 0},
        {"amount": -10_000},
        {"side": "credit"},
        {"currency": "EUR"},
        {"account": "assets:psp:other:pending"},
        {"balance_after": 1},
        {"account_version": 2},
        {"account_version": 0},
    ],
)
async def test_an_entry_that_does_not_fit_is_refused(ledger: asyncpg.Connection, changes: dict[str, object]):
    book = Book()
    book.hear("payment.succeeded", payment(10_000))

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await commit(ledger, broken(book, **changes))

    assert await ledger.fetchval("select count(*) from transaction") == 0
    await commit(ledger, states_of(book))


async def test_a_transaction_with_one_entry_is_refused(ledger: asyncpg.Connection):
    book = Book()
    book.hear("payment.succeeded", payment(10_000))
    [posted] = [state for state in states_of(book) if isinstance(state, PostedState)]
    lonely = posted.transaction.model_copy(update={"entries": posted.transaction.entries[:1]})
    debited = [state for state in states_of(book) if isinstance(state, AccountState) and "psp" in state.path]

    with pytest.raises(asyncpg.CheckViolationError):
        await commit(ledger, [replace(posted, transaction=lonely), *debited])


async def test_a_transaction_without_entries_is_refused(ledger: asyncpg.Connection):
    book = Book()
    book.hear("payment.succeeded", payment(10_000))
    [posted] = [state for state in states_of(book) if isinstance(state, PostedState)]
    empty = posted.transaction.model_copy(update={"entries": []})

    with pytest.raises(asyncpg.CheckViolationError, match="fewer than two"):
        await commit(ledger, [replace(posted, transaction=empty)])


@pytest.mark.parametrize("changes", [{"balance": 1}, {"version": 2}, {"balance": -(2**53)}])
async def test_an_account_that_is_not_its_entries_is_refused(ledger: asyncpg.Connection, changes):
    book = Book()
    book.hear("payment.succeeded", payment(10_000))
    key = account_key(TENANT, "income:sales", "USD")
    book.view[key] = replace(book.view[key], **changes)

    with pytest.raises(asyncpg.CheckViolationError):
        await commit(ledger, states_of(book))


async def test_the_same_fact_is_refused_a_second_time(ledger: asyncpg.Connection):
    # Given a capture in the tables
    book = Book()
    book.hear("payment.succeeded", payment(10_000))
    await commit(ledger, states_of(book))

    # When another process, that knows nothing of it, posts it again
    forgetful = Book(view={key: state for key, state in book.view.items() if key.kind == "account"})
    forgetful.hear("payment.succeeded", payment(10_000))

    # Then the table says no
    with pytest.raises(asyncpg.UniqueViolationError):
        await commit(ledger, states_of(forgetful))


async def test_a_wallet_below_zero_is_refused(superuser: asyncpg.Connection):
    with pytest.raises(asyncpg.CheckViolationError, match="account_above_floor"):
        await superuser.execute(
            """insert into account (tenant, path, currency, normal_side, floor, balance, version)
               values ('demo', 'liabilities:wallets:bob', 'USD', 'credit', 0, -1, 1)"""
        )


@pytest.mark.parametrize("table", ["transaction", "entry"])
@pytest.mark.parametrize("change", ["update {} set recorded_at = now()", "delete from {}", "truncate {} cascade"])
async def test_what_is_posted_cannot_be_changed_by_anybody(
    ledger: asyncpg.Connection, superuser: asyncpg.Connection, table: str, change: str
):
    book = Book()
    book.hear("payment.succeeded", payment(10_000))
    await commit(ledger, states_of(book))

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await superuser.execute(change.format(table))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await ledger.execute(change.format(table))


async def test_a_balance_cannot_be_changed_without_an_entry(ledger: asyncpg.Connection):
    book = Book()
    book.hear("payment.succeeded", payment(10_000))
    await commit(ledger, states_of(book))

    with pytest.raises(asyncpg.CheckViolationError, match="last entry"):
        await ledger.execute("update account set balance = balance + 1")


async def test_an_unbalanced_pair_is_refused_by_itself_in_any_transaction(superuser: asyncpg.Connection):
    book = Book()
    book.hear("refund.created", refund(4_000))
    await commit(superuser, states_of(book))

    with pytest.raises(asyncpg.CheckViolationError):
        await superuser.execute(
            """with moved as (update account set balance = balance + 1, version = version + 1
                              where path = 'contra:refunds' returning *)
               insert into entry select m.tenant, m.path, m.currency, m.version, 'ent_x', t.id, 9, 'debit', 1,
                   m.balance, t.recorded_at, t.effective_at from moved m, transaction t"""
        )


async def test_look_ups_go_by_whole_keys_also_when_planned_on_empty_tables(
    ledger: asyncpg.Connection, superuser: asyncpg.Connection
):
    # Given batches on one connection, which plans its statements and the triggers' on nearly empty tables
    book = Book()
    for number in range(8):
        before = dict(book.view)
        book.hear("payment.succeeded", payment(100, payment_id=f"pay_{number}"))
        await commit(ledger, [state for key, state in book.view.items() if before.get(key) != state])
        await load(ledger, book.view.keys())

    # When Postgres tells how it found the rows
    await ledger.execute("select pg_stat_force_next_flush()")
    await ledger.execute("select 1")
    scans = dict(
        await superuser.fetch(
            """select indexrelname, idx_scan from pg_stat_user_indexes where schemaname = 'ledger'
               union all select relname, seq_scan from pg_stat_user_tables where schemaname = 'ledger'"""
        )
    )

    # Then it was by keys, never by an index made for lists nor through a whole table
    assert scans["transaction_posted_once"]
    assert scans["entry_pkey"]
    assert scans["transaction_newest"] == scans["entry_newest"] == 0
    assert scans["transaction"] == scans["entry"] == scans["account"] == 0
