"""The books in SQL: the one statement that a batch of the ledger reads by, and the parts that it writes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from asyncpg import Connection
from pydantic_core import from_json, to_json

from messages.wire import Json
from storage.statement import Statement

Row = Mapping[str, object]

ENTRY_LINES: Final = """(
    select json_agg(json_build_object('id', e.id, 'account', e.path, 'side', e.side, 'amount', e.amount,
        'currency', e.currency, 'balance_after', e.balance_after, 'account_version', e.account_version)
        order by e.line)
    from entry e where e.transaction = t.id)"""

TRANSACTION: Final = f"""json_build_object('id', t.id,
    'source', json_build_object('type', t.source_type, 'id', t.source_id, 'kind', t.source_kind),
    'event', t.event, 'description', t.description, 'metadata', t.metadata, 'livemode', t.livemode,
    'effective_at', t.effective_at, 'recorded_at', t.recorded_at, 'created_at', t.recorded_at,
    'updated_at', t.recorded_at, 'entries', {ENTRY_LINES})"""

HOLD: Final = "to_json(h)"

WALLET: Final = """json_build_object('id', w.customer_id, 'customer_id', w.customer_id, 'version', w.version,
    'livemode', w.livemode, 'created_at', w.created_at, 'updated_at', w.updated_at, 'balances', (
        select json_agg(json_build_object('currency', b.currency, 'posted', b.available + b.held,
            'held', b.held, 'available', b.available) order by b.currency)
        from (select a.currency,
                coalesce(sum(a.balance) filter (where a.path like 'liabilities:wallets:%'), 0) as available,
                coalesce(sum(a.balance) filter (where a.path like 'liabilities:wallet_holds:%'), 0) as held
              from account a
              where a.tenant = w.tenant and a.path in ('liabilities:wallets:' || w.customer_id,
                  'liabilities:wallet_holds:' || w.customer_id)
              group by a.currency) b))"""

# Scalar subqueries: each is one look-up by the whole key, however small the tables were when it was planned.
_LOAD = f"""
select k.kind, k.tenant, k.id, case k.kind
    when 'account' then (
        select json_build_object('balance', a.balance, 'version', a.version) from account a
        where a.tenant = k.tenant
          and a.path = split_part(k.id, '/', 1) and a.currency = split_part(k.id, '/', 2))
    when 'transaction' then (
        select {TRANSACTION} from transaction t
        where t.tenant = k.tenant and t.source_type = split_part(k.id, '/', 1)
          and t.source_id = split_part(k.id, '/', 2) and t.source_kind = split_part(k.id, '/', 3))
    when 'hold' then (select {HOLD} from hold h where h.tenant = k.tenant and h.id = k.id)
    when 'wallet' then (select {WALLET} from wallet w where w.tenant = k.tenant and w.customer_id = k.id)
    end::text as body
from unnest($1::text[], $2::text[], $3::text[]) as k(kind, tenant, id)"""

_SAVE_ACCOUNTS = """
insert into account as a (tenant, path, currency, normal_side, floor, balance, version)
select tenant, path, currency, normal_side, floor, balance, version
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, path text, currency text, normal_side text,
    floor bigint, balance bigint, version bigint)
on conflict (tenant, path, currency) do update set balance = excluded.balance, version = excluded.version"""

_SAVE_TRANSACTIONS = """
insert into transaction (id, tenant, source_type, source_id, source_kind, event, description, metadata,
    livemode, effective_at, recorded_at)
select id, tenant, source_type, source_id, source_kind, event, description, metadata, livemode, effective_at,
    recorded_at
from jsonb_to_recordset($1::text::jsonb) as r(id text, tenant text, source_type text, source_id text,
    source_kind text, event text, description text, metadata jsonb, livemode boolean,
    effective_at timestamptz, recorded_at timestamptz)"""

_SAVE_ENTRIES = """
insert into entry (tenant, path, currency, account_version, id, transaction, line, side, amount,
    balance_after, recorded_at)
select tenant, path, currency, account_version, id, transaction, line, side, amount, balance_after,
    recorded_at
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, path text, currency text, account_version bigint,
    id text, transaction text, line smallint, side text, amount bigint, balance_after bigint,
    recorded_at timestamptz)"""

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
insert into wallet (tenant, customer_id, version, livemode, created_at, updated_at)
select tenant, customer_id, version, livemode, created_at, updated_at
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, customer_id text, version bigint, livemode boolean,
    created_at timestamptz, updated_at timestamptz)
on conflict (tenant, customer_id) do update
    set version = excluded.version, updated_at = excluded.updated_at"""


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


def save_accounts(rows: Sequence[Row]) -> Statement:
    """Balances and versions; side and floor are as they were at the first posting."""
    return Statement("accounts", _SAVE_ACCOUNTS, (to_json(rows).decode(),))


def save_transactions(rows: Sequence[Row]) -> Statement:
    """New transactions; their entries must come in the same statement."""
    return Statement("transactions", _SAVE_TRANSACTIONS, (to_json(rows).decode(),))


def save_entries(rows: Sequence[Row]) -> Statement:
    """New entries; their accounts must be brought forward in the same statement."""
    return Statement("entries", _SAVE_ENTRIES, (to_json(rows).decode(),))


def save_holds(rows: Sequence[Row]) -> Statement:
    """New holds, or what has changed of known ones."""
    return Statement("holds", _SAVE_HOLDS, (to_json(rows).decode(),))


def save_wallets(rows: Sequence[Row]) -> Statement:
    """Versions of wallets; their balances are the accounts'."""
    return Statement("wallets", _SAVE_WALLETS, (to_json(rows).decode(),))
