"""Looking only at what is new finds the same breaches as looking at everything, and costs nothing for what is old."""

from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import asyncpg
import pytest

from storage.increments import BALANCED, INCREMENTAL, Marks, look, marks_now
from tests.storage.test_verify import BREAKS, superuser

__all__ = ["superuser"]

GONE = "delete from ledger.entry where path = 'contra:refunds'"

JOURNALED = (
    # As the actors would have numbered and named them: from 1 on without holes, each event of its own entity.
    "update payments.journal set seq = seq + 1000",
    "update payments.published set journal_seq = journal_seq + 1000",
    """update payments.journal j set seq = n.place from (
           select seq, row_number() over (order by seq) as place from payments.journal) n where n.seq = j.seq""",
    "delete from payments.published",
    """insert into payments.published select partition, seq, seq from payments.journal
       where id not in ('evt_x', 'evt_x0', 'evt_x1') or type <> 'payment.created'""",
    """update payments.journal j set entity = t.source_id from ledger.transaction t
       where t.event = j.id and t.source_kind <> 'again'""",
    "update payments.partition set journal_seq = (select max(seq) from payments.journal) where partition = 0",
    """insert into ledger.journal (partition, seq, id, stream, subject, tenant, type, entity, entity_seq, message,
                                   recorded_at)
       select 0, row_number() over (order by id), 'evt_l' || id, 'EVENTS', 's', tenant, 'ledger.transaction.posted', id,
              1, '{}', now() - interval '1 hour' from ledger.transaction""",
    "insert into ledger.published select partition, seq, seq from ledger.journal where id <> 'evt_x'",
    "update ledger.partition set journal_seq = (select max(seq) from ledger.journal) where partition = 0",
    *(
        sql.format(actor=actor)
        for actor in ("invoicing", "notifications", "access")
        for sql in (
            "update {actor}.journal set seq = 1",
            """update {actor}.partition set journal_seq = (select coalesce(max(seq), 0) from {actor}.journal)
               where partition = 0""",
        )
    ),
)


@pytest.fixture
async def verifier(database_as: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the role that may only read."""
    connection = await asyncpg.connect(database_as("pocketpay_verifier"), timeout=10)
    yield connection
    await connection.close(timeout=10)


async def _journal(connection: asyncpg.Connection) -> None:
    await connection.execute("delete from ledger.journal where id <> 'evt_x'")
    await connection.execute("update ledger.journal set seq = 500")
    for sql in JOURNALED:
        await connection.execute(sql)


async def test_healthy_books_have_no_breach(superuser: asyncpg.Connection, verifier: asyncpg.Connection):
    await _journal(superuser)

    increment = await look(verifier, Marks())
    late = await look(verifier, increment.marks, stale_seconds=0)

    assert increment.breaches == late.breaches == {}
    assert increment.rows > 5


@pytest.mark.parametrize(
    ("title", "breaks"),
    [
        # Entries that are gone are seen by their transaction, which does not balance, not by their account.
        (BALANCED[1] if breaks == [GONE] else title, breaks)
        for _, title in INCREMENTAL
        for breaks in BREAKS[title]
    ],
)
async def test_a_breach_among_what_is_new_is_seen_and_named(
    superuser: asyncpg.Connection, verifier: asyncpg.Connection, title: str, breaks: list[str]
):
    for sql in breaks:
        await superuser.execute(sql)
    await _journal(superuser)

    early = await look(verifier, Marks())
    late = await look(verifier, early.marks, stale_seconds=0)

    breaches = {found: details for (_, found), details in (early.breaches | late.breaches).items()}

    assert breaches[title]
    assert all(breaches[title])


async def test_what_was_looked_at_is_not_looked_at_again(superuser: asyncpg.Connection, verifier: asyncpg.Connection):
    # Given books that are broken where the marks have passed already
    await _journal(superuser)
    await superuser.execute("update ledger.entry set balance_after = -1 where path = 'liabilities:wallets:bob'")
    marks = await marks_now(verifier)

    # When only what is new is looked at
    increment = await look(verifier, marks)

    # Then the old breach is left to the full pass
    assert (increment.rows, increment.breaches) == (0, {})


async def test_an_event_is_only_missed_in_the_books_when_it_is_old_enough(
    superuser: asyncpg.Connection, verifier: asyncpg.Connection
):
    # Given an event said just now that is not posted yet
    await superuser.execute(
        BREAKS["every event that moves money is posted once"][0][0].replace("interval '1 hour'", "interval '1 s'")
    )
    await _journal(superuser)

    # When it is looked at, and again when its time is over
    early = await look(verifier, Marks())
    late = await look(verifier, early.marks, stale_seconds=0)

    # Then only the second look misses it
    assert early.breaches == {}
    assert [title for _, title in late.breaches] == ["every event that moves money is posted once"]


async def test_a_look_reads_in_proportion_to_what_is_new(database: str, verifier: asyncpg.Connection):
    # Given a long history that was looked at, and one more transaction
    connection: Any = await asyncpg.connect(database, server_settings={"search_path": "ledger"}, timeout=10)
    try:
        await connection.execute("set session_replication_role = replica")
        await connection.execute(_history(60_000))
        await connection.execute("analyze")
        marks = await marks_now(verifier)
        await connection.execute(_history(1, start=60_001))
        before = await _rows_read(connection, verifier)

        # When what is new is looked at
        increment = await look(verifier, marks)

        # Then a few rows were read, not tens of thousands
        assert (increment.rows, increment.breaches) == (1, {})
        assert await _rows_read(connection, verifier) - before < 500
    finally:
        await connection.close(timeout=10)


def _history(count: int, start: int = 1) -> str:
    """So many sales of 1.00, one after the other, as the ledger keeps and journals them."""
    numbers = f"generate_series({start}, {start + count - 1}) as n"
    end = start + count - 1
    return f"""
insert into account (tenant, path, currency, normal_side, floor, balance, version) values
    ('demo', 'assets:psp:simulated:pending', 'USD', 'debit', null, {end * 100}, {end}),
    ('demo', 'income:sales', 'USD', 'credit', null, {end * 100}, {end})
on conflict (tenant, path, currency) do update set balance = excluded.balance, version = excluded.version;
insert into transaction (id, tenant, source_type, source_id, source_kind, event, metadata, livemode, effective_at,
                         recorded_at, created_at, leaf_index, leaf_hash)
select 'txn_' || n, 'demo', 'manual', 'm_' || n, 'posted', null, '{{}}', false, now(), now(), now(), n - 1,
    sha256('x') from {numbers};
insert into tree values ('demo', {end}, '', false) on conflict (tenant) do update set size = excluded.size;
insert into entry (tenant, path, currency, account_version, id, transaction, line, side, amount, balance_after,
                   recorded_at, effective_at)
select 'demo', side.path, 'USD', n, 'ent_' || n || side.line, 'txn_' || n, side.line, side.name, 100, n * 100, now(),
    now()
from {numbers} cross join (values
    ('assets:psp:simulated:pending', 0, 'debit'), ('income:sales', 1, 'credit')) as side(path, line, name);
insert into journal (partition, seq, id, stream, subject, tenant, type, entity, entity_seq, message, recorded_at)
select 0, n, 'evt_' || n, 'EVENTS', 's', 'demo', 'ledger.transaction.posted', 'txn_' || n, 1, '{{}}', now()
from {numbers};
insert into published select 0, n, n from {numbers};
update partition set journal_seq = {end} where partition = 0"""


async def _rows_read(*connections: asyncpg.Connection) -> int:
    """By sequential and index scans together, once these connections have told the server what they did."""
    for connection in connections:
        await connection.execute("select pg_stat_force_next_flush()")
        await connection.execute("select pg_stat_clear_snapshot()")
    return cast(
        "int",
        await connections[0].fetchval(
            "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_user_tables"
        ),
    )
