"""The books in SQL: the one statement that a batch of the ledger reads by, and the parts that it writes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from asyncpg import Connection
from pydantic_core import from_json, to_json

from messages.wire import Json
from storage.statement import Statement, by_column, names_of, unnested

Row = Mapping[str, object]

Columns = tuple[Any, ...]
"""A row in the order of its columns."""

LINES_SHOWN: Final = 100

_LINES: Final = """(
    select json_agg(json_build_object('id', e.id, 'account', e.path, 'side', e.side, 'amount', e.amount,
        'currency', e.currency, 'balance_after', e.balance_after, 'account_version', e.account_version)
        order by e.line)
    from entry e where e.transaction = t.id and {which})"""
_MORE: Final = f"exists (select from entry e where e.transaction = t.id and e.line = {LINES_SHOWN})"

# A reversal is written down with itself alone; what it undoes is found to be so.
_TRANSACTION: Final = """(
    select json_build_object('id', t.id,
        'source', json_build_object('type', t.source_type, 'id', t.source_id, 'kind', t.source_kind),
        'event', t.event, 'description', t.description, 'metadata', t.metadata, 'livemode', t.livemode,
        'command', t.command, 'provider_reference', t.provider_reference, 'conversion', t.conversion,
        'flags', t.flags, 'leaf_index', t.leaf_index, 'reverses', t.reverses, 'reversed_by', undone.id,
        'version', t.version + case when undone.id is null then 0 else 1 end,
        'effective_at', t.effective_at, 'recorded_at', t.recorded_at, 'created_at', t.created_at,
        'updated_at', coalesce(undone.recorded_at, t.recorded_at), 'entries', {lines})
    from (select) one left join transaction undone on undone.reverses = t.id)"""
TRANSACTION: Final = _TRANSACTION.format(lines=_LINES.format(which="true"))
SHOWN_TRANSACTION: Final = _TRANSACTION.format(
    lines=f"{_LINES.format(which=f'e.line < {LINES_SHOWN}')}, 'entries_has_more', {_MORE}"
)
"""With its first entries alone, as lists inside a resource are shown."""

HOLD: Final = "to_json(h)"

WALLET: Final = """json_build_object('id', w.customer_id, 'customer_id', w.customer_id, 'version', w.version,
    'status', w.status, 'livemode', w.livemode, 'created_at', w.created_at, 'updated_at', w.updated_at,
    'limits', w.overdraft_limits, 'balances', (
        select coalesce(json_agg(json_build_object('currency', b.currency, 'posted', b.available + b.held,
            'held', b.held, 'available', b.available,
            'overdraft_limit', coalesce((w.overdraft_limits ->> b.currency)::bigint, 0)) order by b.currency), '[]')
        from (select a.currency,
                coalesce(sum(a.balance) filter (where a.path like 'liabilities:wallets:%'), 0) as available,
                coalesce(sum(a.balance) filter (where a.path like 'liabilities:wallet_holds:%'), 0) as held
              from (select path, currency, balance from account a
                    where a.tenant = w.tenant and a.path in ('liabilities:wallets:' || w.customer_id,
                        'liabilities:wallet_holds:' || w.customer_id)
                    union all
                    select '', key, 0 from jsonb_object_keys(w.overdraft_limits) key) a
              group by a.currency) b))"""

# Scalar subqueries: each is one look-up by the whole key, however small the tables were when it was planned.
_LOAD = f"""
select k.kind, k.tenant, k.id, case k.kind
    when 'account' then (
        select json_build_object('balance', a.balance, 'version', a.version, 'floor', a.floor) from account a
        where a.tenant = k.tenant
          and a.path = split_part(k.id, '/', 1) and a.currency = split_part(k.id, '/', 2))
    when 'transaction' then (
        select {TRANSACTION} from transaction t
        where t.tenant = k.tenant and t.source_type = split_part(k.id, '/', 1)
          and t.source_id = split_part(k.id, '/', 2) and t.source_kind = split_part(k.id, '/', 3))
    when 'tree' then (
        select json_build_object('size', l.size, 'frontier', l.frontier, 'head_due', l.head_due) from tree l
        where l.tenant = k.tenant)
    when 'wallet' then (select {WALLET} from wallet w where w.tenant = k.tenant and w.customer_id = k.id)
    when 'hold' then (select {HOLD} from hold h where h.tenant = k.tenant and h.id = k.id)
    when 'gate' then (select to_json(g) from gate g where g.tenant = k.tenant and g.path = k.id)
    when 'period' then (
        select json_build_object('id', p.month, 'status', p.status, 'reason', p.reason, 'closed_at', p.closed_at,
            'version', p.version, 'updated_at', p.updated_at)
        from period p where p.tenant = k.tenant and p.month = k.id)
    when 'transfer' then (select to_json(r.body) from transfer r where r.tenant = k.tenant and r.id = k.id)
    when 'pending' then (select to_json(r.body) from pending_transaction r where r.tenant = k.tenant and r.id = k.id)
    when 'journal' then (select {TRANSACTION} from transaction t where t.tenant = k.tenant and t.id = k.id)
    when 'path' then (
        select json_build_object('path', k.id, 'normal_side', min(a.normal_side), 'balances',
            json_agg(json_build_object('currency', a.currency, 'posted', a.balance, 'version', a.version)))
        from account a where a.tenant = k.tenant and a.path = k.id having count(*) > 0)
    when 'invariant' then (select to_json(i.body) from invariant i where i.tenant = k.tenant and i.id = k.id)
    end::text as body
from unnest($1::text[], $2::text[], $3::text[]) as k(kind, tenant, id)"""

_ACCOUNT_COLUMNS = """tenant text, path text, currency text, normal_side text, floor bigint, balance bigint,
    version bigint"""

_SAVE_ACCOUNTS = f"""
insert into account as a ({names_of(_ACCOUNT_COLUMNS)})
select * from {unnested(_ACCOUNT_COLUMNS)}
on conflict (tenant, path, currency) do update
    set balance = excluded.balance, version = excluded.version, floor = excluded.floor"""

_TRANSACTION_COLUMNS = """id text, tenant text, source_type text, source_id text, source_kind text, event text,
    description text, metadata jsonb, livemode boolean, effective_at timestamptz, recorded_at timestamptz,
    created_at timestamptz, version smallint, leaf_index bigint, leaf_hash bytea, reverses text, command text,
    provider_reference text, conversion jsonb"""

# An array of arrays would be one of two dimensions: the flags come with commas between.
_SAVE_TRANSACTIONS = f"""
insert into transaction ({names_of(_TRANSACTION_COLUMNS)}, flags)
select {names_of(_TRANSACTION_COLUMNS)}, string_to_array(flags, ',')
from {unnested(_TRANSACTION_COLUMNS + ", flags text")} as r({names_of(_TRANSACTION_COLUMNS)}, flags)"""

_ENTRY_COLUMNS = """tenant text, path text, currency text, account_version bigint, id text, transaction text,
    line smallint, side text, amount bigint, balance_after bigint, recorded_at timestamptz, effective_at timestamptz"""

_SAVE_ENTRIES = f"""
insert into entry ({names_of(_ENTRY_COLUMNS)}) select * from {unnested(_ENTRY_COLUMNS)}"""

_SAVE_HOLDS = """
insert into hold (tenant, id, customer_id, status, amount, amount_confirmed, currency, destination,
    transaction, expires_at, closed_at, version, metadata, livemode, created_at, updated_at)
select tenant, id, customer_id, status, amount, amount_confirmed, currency, destination, transaction,
    expires_at, closed_at, version, metadata, livemode, created_at, updated_at
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, id text, customer_id text, status text,
    amount bigint, amount_confirmed bigint, currency text, destination jsonb, transaction text,
    expires_at timestamptz, closed_at timestamptz, version bigint, metadata jsonb, livemode boolean,
    created_at timestamptz, updated_at timestamptz)
on conflict (tenant, id) do update set status = excluded.status, amount_confirmed = excluded.amount_confirmed,
    closed_at = excluded.closed_at, version = excluded.version, updated_at = excluded.updated_at"""

_SAVE_WALLETS = """
insert into wallet (tenant, customer_id, version, livemode, created_at, updated_at, status, overdraft_limits)
select tenant, customer_id, version, livemode, created_at, updated_at, status, limits
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, customer_id text, version bigint, livemode boolean,
    created_at timestamptz, updated_at timestamptz, status text, limits jsonb)
on conflict (tenant, customer_id) do update
    set version = excluded.version, updated_at = excluded.updated_at, status = excluded.status,
        overdraft_limits = excluded.overdraft_limits"""


class Found(NamedTuple):
    """A kept state as JSON, under the key that was asked for."""

    kind: str
    tenant: str
    id: str
    body: Json


async def load(connection: Connection, keys: Collection[tuple[str, str, str]]) -> list[Found]:
    """Those of the (kind, tenant, id) that exist; always one statement."""
    kinds, tenants, ids = (list(column) for column in zip(*keys, strict=True))
    rows = await connection.fetch(_LOAD, kinds, tenants, ids)
    return [Found(row["kind"], row["tenant"], row["id"], from_json(row["body"])) for row in rows if row["body"]]


def save_accounts(rows: Sequence[Columns]) -> Statement:
    """Balances and versions; side and floor are as they were at the first posting."""
    return Statement("accounts", _SAVE_ACCOUNTS, by_column(rows))


def save_transactions(rows: Sequence[Columns]) -> Statement:
    """New transactions; their entries must come in the same statement."""
    return Statement("transactions", _SAVE_TRANSACTIONS, by_column(rows))


def save_entries(rows: Sequence[Columns]) -> Statement:
    """New entries; their accounts must be brought forward in the same statement."""
    return Statement("entries", _SAVE_ENTRIES, by_column(rows))


def save_holds(rows: Sequence[Row]) -> Statement:
    """New holds, or what has changed of known ones."""
    return Statement("holds", _SAVE_HOLDS, (to_json(rows).decode(),))


def save_wallets(rows: Sequence[Row]) -> Statement:
    """Versions of wallets; their balances are the accounts'."""
    return Statement("wallets", _SAVE_WALLETS, (to_json(rows).decode(),))
