"""The books as they are read: one statement per question, pages by keyset."""

from typing import Final, cast

from asyncpg import Connection
from pydantic_core import from_json

from messages.ledger_queries import Accounts, EntryListing, TransactionListing
from messages.wire import Instant, Json
from storage.ledger import HOLD, TRANSACTION, WALLET

_BALANCES: Final = """json_build_object('path', a.path,
    'normal_side', min(a.normal_side), 'floor', min(a.floor), 'balances', json_agg(
        json_build_object('currency', a.currency, 'posted', a.balance, 'version', a.version)
        order by a.currency))"""

_ACCOUNT = f"""
select {_BALANCES}::text from account a
where a.tenant = $1 and a.path = $2 and ($3::text is null or a.currency = $3) group by a.path"""

_ACCOUNTS = f"""
select {_BALANCES}::text from account a
where a.tenant = $1 and starts_with(a.path, $2) and ($3::text is null or a.path > $3)
group by a.path order by a.path limit $4"""

_TRANSACTION_BY_ID = f"select {TRANSACTION}::text from transaction t where t.tenant = $1 and t.id = $2"

# Bounds are never null, so that every plan, also one made for any parameters, seeks them in the index.
_TRANSACTIONS = f"""
select {TRANSACTION}::text from transaction t
where t.tenant || '/' = $1 || '/'
  and (t.recorded_at, t.id) < (coalesce($2::timestamptz, 'infinity'), coalesce($3::text, ''))
  and t.recorded_at >= coalesce($4::timestamptz, '-infinity')
  and t.recorded_at < coalesce($5::timestamptz, 'infinity')"""

_OF_SOURCE = """
  and t.tenant = $1 and t.source_type = coalesce($7::text, t.source_type)
  and t.source_id = coalesce($8::text, t.source_id)"""

_NEWEST = " order by t.recorded_at desc, t.id desc limit $6"

_HOLD_BY_ID = f"select {HOLD}::text from hold h where h.tenant = $1 and h.id = $2"

_WALLET_OF = f"select {WALLET}::text from wallet w where w.tenant = $1 and w.customer_id = $2"

# Per path the newest by index; together at most two paths. The cursor's entry is found by its time and id.
_ENTRIES = """
with cursor as (
    select e.recorded_at, e.account_version, e.id from entry e
    where e.tenant || '/' || e.path = any(array(select $1 || '/' || unnest($2::text[])))
      and e.recorded_at = $4 and e.id = $5)
select json_build_object('id', e.id, 'transaction', e.transaction, 'account', e.path, 'side', e.side,
    'amount', e.amount, 'currency', e.currency, 'balance_after', e.balance_after,
    'account_version', e.account_version, 'recorded_at', e.recorded_at, 'effective_at', t.effective_at,
    'source', json_build_object('type', t.source_type, 'id', t.source_id, 'kind', t.source_kind))::text
from (
    select newest.* from unnest($2::text[]) as wanted(path) cross join lateral (
        select e.* from entry e
        where e.tenant || '/' || e.path = $1 || '/' || wanted.path and ($3::text is null or e.currency = $3)
          and e.recorded_at <= coalesce($4::timestamptz, 'infinity')
          and ($4 is null or (e.recorded_at, e.account_version, e.id) < (select * from cursor))
        order by e.recorded_at desc, e.account_version desc, e.id desc limit $6) newest
) e join transaction t on t.id = e.transaction
order by e.recorded_at desc, e.account_version desc, e.id desc limit $6"""

_TRIAL_BALANCE = """
select json_build_object('account', path, 'currency', currency,
    'debit', greatest(debit, 0), 'credit', greatest(-debit, 0))::text
from (
    select a.path, a.currency, case a.normal_side when 'debit' then 1 else -1 end * case
        when $2::timestamptz is null then a.balance
        else (select e.balance_after from entry e
              where e.tenant || '/' || e.path = a.tenant || '/' || a.path and e.currency = a.currency
                and e.recorded_at <= $2
              order by e.recorded_at desc, e.account_version desc limit 1) end as debit
    from account a where a.tenant = $1) balances
where debit is not null order by path, currency"""


async def find_account(connection: Connection, tenant: str, path: str, currency: str | None) -> Json | None:
    """One path with its balances, or None without postings."""
    return await _one(connection, _ACCOUNT, tenant, path, currency)


async def find_accounts(connection: Connection, tenant: str, asked: Accounts) -> list[Json]:
    """Paths with their balances, in order, one more than asked for if there are more."""
    return await _many(connection, _ACCOUNTS, tenant, asked.prefix, asked.after, asked.limit + 1)


async def find_transaction(connection: Connection, tenant: str, transaction_id: str) -> Json | None:
    """One transaction with its entries."""
    return await _one(connection, _TRANSACTION_BY_ID, tenant, transaction_id)


async def find_transactions(connection: Connection, tenant: str, asked: TransactionListing) -> list[Json]:
    """Newest first, one more than asked for if there are more."""
    at, last = asked.after or (None, None)
    source = (asked.source_type, asked.source_id) if asked.source_type or asked.source_id else ()
    sql = _TRANSACTIONS + (_OF_SOURCE if source else "") + _NEWEST
    bounds = (at, last, asked.created_after, asked.created_before, asked.limit + 1)
    return await _many(connection, sql, tenant, *bounds, *source)


async def find_entries(connection: Connection, tenant: str, paths: list[str], asked: EntryListing) -> list[Json]:
    """Of these paths, newest first, one more than asked for if there are more."""
    at, last = asked.after or (None, None)
    return await _many(connection, _ENTRIES, tenant, paths, asked.currency, at, last, asked.limit + 1)


async def find_hold(connection: Connection, tenant: str, hold_id: str) -> Json | None:
    """One hold."""
    return await _one(connection, _HOLD_BY_ID, tenant, hold_id)


async def find_wallet(connection: Connection, tenant: str, customer_id: str) -> Json | None:
    """A wallet with its balances, or None without movements."""
    return await _one(connection, _WALLET_OF, tenant, customer_id)


async def find_trial_balance(connection: Connection, tenant: str, at: Instant | None) -> list[Json]:
    """Every account and currency that had postings by then, in order."""
    return await _many(connection, _TRIAL_BALANCE, tenant, at)


async def _one(connection: Connection, sql: str, *args: object) -> Json | None:
    text = cast(str | None, await connection.fetchval(sql, *args))
    return None if text is None else from_json(text)


async def _many(connection: Connection, sql: str, *args: object) -> list[Json]:
    return [from_json(row[0]) for row in await connection.fetch(sql, *args)]
