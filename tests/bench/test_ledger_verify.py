"""How fast the books are checked from the ground up."""

import time
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from pocketpay.ledger.rebuild import rebuild
from pocketpay.ledger.rounds import Rounds, go_round
from pocketpay.ledger.verify import verify

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

TRANSACTIONS = 100_000
VERIFIED_PER_SECOND_MIN = 5_000
REBUILT_PER_SECOND_MIN = 2_000
LOOK_SECONDS_MAX = 1.0

SALES = f"""
insert into account (tenant, path, currency, normal_side, floor, balance, version) values
    ('demo', 'assets:psp:simulated:pending', 'USD', 'debit', null, {TRANSACTIONS * 100}, {TRANSACTIONS}),
    ('demo', 'income:sales', 'USD', 'credit', null, {TRANSACTIONS * 100}, {TRANSACTIONS});
insert into transaction (id, tenant, source_type, source_id, source_kind, event, metadata, livemode, effective_at,
                         recorded_at, created_at, leaf_index, leaf_hash)
select 'txn_' || n, 'demo', 'payment', 'pay_' || n, 'captured', 'evt_' || n, '{{}}', false,
    moment, moment, moment, n - 1, sha256('')
from (select n, '2026-11-22T10:00:00Z'::timestamptz + n * interval '1 ms' as moment
      from generate_series(1, {TRANSACTIONS}) as n) numbered;
insert into entry (tenant, path, currency, account_version, id, transaction, line, side, amount, balance_after,
                   recorded_at, effective_at)
select 'demo', side.path, 'USD', t.leaf_index + 1, 'ent_' || t.id || side.line, t.id, side.line, side.name, 100,
    (t.leaf_index + 1) * 100, t.recorded_at, t.effective_at
from transaction t cross join (values
    ('assets:psp:simulated:pending', 0, 'debit'), ('income:sales', 1, 'credit')) as side(path, line, name);
update transaction t set leaf_hash = sha256('\\x00'::bytea || convert_to(format(
    '{{"effective_at":"%s","entries":[%s],"event":"%s","id":"%s","leaf_index":%s,"recorded_at":"%s","reverses":null,'
    '"source":{{"id":"%s","kind":"captured","type":"payment"}},"tenant":"demo","v":1}}',
    to_char(t.effective_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    (select string_agg(format('{{"account":"%s","account_version":%s,"amount":%s,"balance_after":%s,"currency":"%s",'
        '"id":"%s","side":"%s"}}', e.path, e.account_version, e.amount, e.balance_after, e.currency, e.id, e.side), ','
        order by e.line) from entry e where e.transaction = t.id),
    t.event, t.id, t.leaf_index, to_char(t.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    t.source_id), 'UTF8'));
insert into journal (partition, seq, id, stream, subject, tenant, type, entity, entity_seq, message, recorded_at)
select 0, t.leaf_index + 1, 'evt_l' || t.id, 'EVENTS', 's', 'demo', 'ledger.transaction.posted', t.id, 1,
    json_build_object('data', json_build_object('id', t.id, 'source', json_build_object('type', t.source_type, 'id',
        t.source_id, 'kind', t.source_kind), 'event', t.event, 'metadata', '{{}}'::json, 'livemode', false,
        'effective_at', t.effective_at, 'recorded_at', t.recorded_at, 'created_at', t.created_at, 'version', 1,
        'leaf_index', t.leaf_index, 'flags', '[]'::json, 'entries', (select json_agg(json_build_object('id', e.id,
            'account', e.path, 'side', e.side, 'amount', e.amount, 'currency', e.currency, 'balance_after',
            e.balance_after, 'account_version', e.account_version) order by e.line) from entry e
            where e.transaction = t.id)))::text, t.recorded_at
from transaction t;
insert into tree values ('demo', {TRANSACTIONS}, '', false);
analyze"""


async def test_a_ledger_is_checked_at_thousands_of_transactions_a_second(
    database: str, database_as: Callable[[str], str]
) -> None:
    # Given many sales, without nodes and heads, which are few beside them
    connection: Any = await asyncpg.connect(database, server_settings={"search_path": "ledger"}, timeout=10)
    try:
        await connection.execute("set session_replication_role = replica; " + SALES)
    finally:
        await connection.close(timeout=10)

    # When all leaves are recomputed, and the journal is posted again
    began = time.perf_counter()
    [verdict] = await verify(database_as("pocketpay_verifier"), None, None)
    verified_per_second = TRANSACTIONS / (time.perf_counter() - began)
    rebuilt = await rebuild(database)
    rebuilt_per_second = TRANSACTIONS / rebuilt.seconds
    reader = await asyncpg.connect(database_as("pocketpay_verifier"), timeout=10)
    try:
        state = Rounds(fresh={"demo": TRANSACTIONS})
        began = time.perf_counter()
        await go_round(reader, state)
        look_seconds = time.perf_counter() - began
    finally:
        await reader.close(timeout=10)

    # Then what is wrong is the tree that was never made, and nothing else
    assert not [trouble.words for trouble in verdict.troubles if "transaction" in trouble.words]
    assert (rebuilt.figure, state.broken) == (0, {})
    assert verified_per_second > VERIFIED_PER_SECOND_MIN
    assert rebuilt_per_second > REBUILT_PER_SECOND_MIN
    assert look_seconds < LOOK_SECONDS_MAX
