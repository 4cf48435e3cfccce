"""The books once more, from what the journal says was posted, in a schema that lives as long as its transaction.

Balances and versions are counted again from the amounts; nothing is taken from the books that are compared.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from asyncpg import Connection
from pydantic_core import from_json

SHADOW: Final = "ledger_shadow"
STATEMENT_SECONDS: Final = 3600
TOLD_MAX: Final = 20

_MAKE: Final = f"""
create schema {SHADOW};
create unlogged table {SHADOW}.said as
select j.tenant, j.partition, j.seq, j.entity as id, j.message::jsonb -> 'data' as data
from ledger.journal j where false;
create unlogged table {SHADOW}.transaction (like ledger.transaction);
create unlogged table {SHADOW}.entry (like ledger.entry);
create unlogged table {SHADOW}.account (like ledger.account);
alter table {SHADOW}.transaction alter leaf_hash drop not null"""

_SAID: Final = f"""
insert into {SHADOW}.said
select j.tenant, j.partition, j.seq, j.entity, j.message::jsonb -> 'data'
from ledger.journal j where j.type = 'ledger.transaction.posted' and j.entity_seq is not null"""

# What was posted before there was a log came into it by its time; what came later, in the order in which it was said.
_TRANSACTIONS: Final = f"""
insert into {SHADOW}.transaction (id, tenant, source_type, source_id, source_kind, event, description, metadata,
    livemode, effective_at, recorded_at, created_at, version, leaf_index, reverses, command, provider_reference,
    conversion, flags)
select s.id, s.tenant, d.source ->> 'type', d.source ->> 'id', d.source ->> 'kind', d.event, d.description,
    d.metadata, d.livemode, least(d.effective_at, d.recorded_at), d.recorded_at,
    case when d.leaf_index is null then d.recorded_at else d.created_at end, coalesce(d.version, 1),
    row_number() over (partition by s.tenant order by d.leaf_index is not null,
        case when d.leaf_index is null then d.recorded_at end, case when d.leaf_index is null then s.id end, s.seq) - 1,
    d.reverses, d.command, d.provider_reference, d.conversion, coalesce(d.flags, '{{}}')
from {SHADOW}.said s cross join lateral jsonb_to_record(s.data) as d(source jsonb, event text, description text,
    metadata jsonb, livemode boolean, effective_at timestamptz, recorded_at timestamptz, created_at timestamptz,
    version smallint, leaf_index bigint, reverses text, command text, provider_reference text, conversion jsonb,
    flags text[])"""

_PATHS: Final = f"""
select distinct e ->> 'account' as path
from {SHADOW}.said s cross join lateral jsonb_array_elements(s.data -> 'entries') e order by 1"""

_ENTRIES: Final = f"""
insert into {SHADOW}.entry (tenant, path, currency, account_version, id, transaction, line, side, amount,
    balance_after, recorded_at, effective_at)
select s.tenant, e.account, e.currency, row_number() over account, e.id, s.id, e.line - 1, e.side, e.amount,
    sum(case e.side when p.normal_side then e.amount else -e.amount end) over account, t.recorded_at, t.effective_at
from {SHADOW}.said s join {SHADOW}.transaction t on t.id = s.id
cross join lateral rows from (jsonb_to_recordset(s.data -> 'entries') as (
    id text, account text, side text, amount bigint, currency text)) with ordinality
    as e(id, account, side, amount, currency, line)
left join unnest($1::text[], $2::text[]) as p(path, normal_side) on p.path = e.account
window account as (partition by s.tenant, e.account, e.currency order by s.seq, e.line)"""

_ACCOUNTS: Final = f"""
insert into {SHADOW}.account (tenant, path, currency, normal_side, balance, version)
select distinct on (e.tenant, e.path, e.currency) e.tenant, e.path, e.currency, p.normal_side, e.balance_after,
    e.account_version
from {SHADOW}.entry e left join unnest($1::text[], $2::text[]) as p(path, normal_side) on p.path = e.path
order by e.tenant, e.path, e.currency, e.account_version desc"""

_INDEXES: Final = f"""
create unique index on {SHADOW}.transaction ((tenant || '/'), leaf_index);
create index on {SHADOW}.entry (transaction, line);
analyze {SHADOW}.transaction, {SHADOW}.entry, {SHADOW}.account"""


class Compared(NamedTuple):
    """What is compared: a key, and the columns of both sides; `said` from the journal, `kept` from the books."""

    what: str
    key: str
    said: str
    kept: str


_TRANSACTION: Final = """id, tenant, source_type, source_id, source_kind, event, description, metadata, livemode,
    effective_at, recorded_at, created_at, version, leaf_index, reverses, command, provider_reference, conversion,
    flags"""
_ENTRY: Final = """tenant, path, currency, account_version, id, transaction, line, side, amount, balance_after,
    recorded_at, effective_at"""
_ACCOUNT: Final = "tenant, path, currency, normal_side, balance, version"
_WALLET: Final = """
select tenant, split_part(path, ':', 3) as customer_id, currency, sum(balance) as {sum} from {schema}.account
where path like 'liabilities:wallets:%' or path like 'liabilities:wallet\\_holds:%' group by 1, 2, 3"""
_HELD: Final = f"""
select tenant, split_part(path, ':', 3) as customer_id, currency, balance as held from {SHADOW}.account
where path like 'liabilities:wallet\\_holds:%' and balance <> 0"""

COMPARED: Final = (
    Compared(
        "transaction",
        "id",
        f"select {_TRANSACTION} from {SHADOW}.transaction",
        f"select {_TRANSACTION} from ledger.transaction",
    ),
    Compared("entry", "id", f"select {_ENTRY} from {SHADOW}.entry", f"select {_ENTRY} from ledger.entry"),
    Compared(
        "account",
        "tenant || ' ' || path || ' ' || currency",
        f"select {_ACCOUNT} from {SHADOW}.account",
        f"select {_ACCOUNT} from ledger.account",
    ),
    Compared(
        "wallet",
        "tenant || ' ' || customer_id || ' ' || currency",
        _WALLET.format(sum="posted", schema=SHADOW),
        _WALLET.format(sum="posted", schema="ledger"),
    ),
    Compared(
        "held by",
        "tenant || ' ' || customer_id || ' ' || currency",
        _HELD,
        """select tenant, customer_id, currency, sum(amount)::bigint as held from ledger.hold where status = 'open'
           group by tenant, customer_id, currency""",
    ),
    Compared(
        "hold",
        "id",
        """select distinct on (j.tenant, j.entity) j.entity as id, j.tenant,
               j.message::jsonb #>> '{data,status}' as status,
               (j.message::jsonb #>> '{data,amount}')::bigint as amount,
               (j.message::jsonb #>> '{data,amount_confirmed}')::bigint as amount_confirmed
           from ledger.journal j where j.type like 'hold.%' and j.entity_seq is not null
           order by j.tenant, j.entity, j.entity_seq desc""",
        "select id, tenant, status, amount, amount_confirmed from ledger.hold",
    ),
)


class Unlike(NamedTuple):
    """A row on both sides; None where it is not."""

    key: str
    said: dict[str, Any] | None
    kept: dict[str, Any] | None


async def make(connection: Connection) -> int:
    """An empty copy with all that was said; how many transactions that is. Rolling back takes it away again."""
    await connection.execute("set local lock_timeout = '10s'; set local jit = off")
    await connection.execute(_MAKE)
    await connection.execute(_SAID, timeout=STATEMENT_SECONDS)
    await connection.execute(
        f"create unique index on {SHADOW}.said (id); analyze {SHADOW}.said", timeout=STATEMENT_SECONDS
    )
    return int(await connection.fetchval(f"select count(*) from {SHADOW}.said", timeout=STATEMENT_SECONDS) or 0)


async def paths(connection: Connection) -> list[str]:
    """Of all accounts in the journal."""
    return [row["path"] for row in await connection.fetch(_PATHS, timeout=STATEMENT_SECONDS)]


async def post(connection: Connection, known: Sequence[str], normal_sides: Sequence[str]) -> None:
    """Everything again, in the journal's order."""
    sides = (list(known), list(normal_sides))
    await connection.execute(_TRANSACTIONS, timeout=STATEMENT_SECONDS)
    await connection.execute(
        f"create index on {SHADOW}.transaction (id); analyze {SHADOW}.transaction", timeout=STATEMENT_SECONDS
    )
    await connection.execute(_ENTRIES, *sides, timeout=STATEMENT_SECONDS)
    await connection.execute(_ACCOUNTS, *sides, timeout=STATEMENT_SECONDS)
    await connection.execute(_INDEXES, timeout=STATEMENT_SECONDS)


async def size(connection: Connection, tenant: str) -> int:
    """How many transactions of the tenant were posted again."""
    sql = f"select count(*) from {SHADOW}.transaction where tenant = $1"
    return int(await connection.fetchval(sql, tenant, timeout=STATEMENT_SECONDS) or 0)


async def unlike(connection: Connection, compared: Compared) -> tuple[int, list[Unlike]]:
    """How many rows differ, and the first of them."""
    sql = f"""
        with said as materialized ({compared.said}), kept as materialized ({compared.kept}),
        s as (select {compared.key} as key, to_jsonb(said) as row from (table said except table kept) said),
        k as (select {compared.key} as key, to_jsonb(kept) as row from (table kept except table said) kept)
        select count(*) over () as figure, key, s.row::text as said, k.row::text as kept
        from s full join k using (key) order by key limit {TOLD_MAX}"""
    rows = await connection.fetch(sql, timeout=STATEMENT_SECONDS)
    found = [
        Unlike(row["key"], *(from_json(row[side]) if row[side] else None for side in ("said", "kept"))) for row in rows
    ]
    return (rows[0]["figure"] if rows else 0), found
