"""Entries: of accounts, newest first, and of one transaction, in its order."""

from typing import Final

from asyncpg import Connection

from messages.ledger_queries import EntryListing, LinesOf, SourceEntryListing
from messages.wire import Json
from storage.entry_search import last_version
from storage.json_rows import many

# Per account and currency the newest by key, then together. The cursor's entry is found by its time and id.
_ENTRIES: Final = f"""
with cursor as (
    select e.recorded_at, e.account_version, e.id from entry e
    where e.tenant || '/' || e.path = any(array(select $1 || '/' || unnest($2::text[])))
      and e.recorded_at = $4 and e.id = $5)
select json_build_object('id', e.id, 'transaction', e.transaction, 'account', e.path, 'side', e.side,
    'amount', e.amount, 'currency', e.currency, 'balance_after', e.balance_after,
    'account_version', e.account_version, 'recorded_at', e.recorded_at, 'effective_at', e.effective_at,
    'source', json_build_object('type', t.source_type, 'id', t.source_id, 'kind', t.source_kind))::text
from (
    select newest.* from account a
        cross join lateral (select
            case when $4::timestamptz is null and $7::timestamptz is null then a.version else {
    last_version("m.recorded_at <= coalesce($4, 'infinity') and m.recorded_at < coalesce($7, 'infinity')")
} end as upper,
            case when $6::timestamptz is null then 0 else {
    last_version("m.recorded_at < $6")
} end as lower offset 0) bounds
        cross join lateral (
            select e.* from entry e
            where e.tenant = a.tenant and e.path = a.path and e.currency = a.currency
              and e.account_version <= bounds.upper and e.account_version > bounds.lower
              and ($4 is null or (e.recorded_at, e.account_version, e.id) < (select * from cursor))
            order by e.account_version desc limit $8) newest
    where a.tenant = $1 and a.path = any($2) and ($3::text is null or a.currency = $3)
) e join transaction t on t.id = e.transaction
order by e.recorded_at desc, e.account_version desc, e.id desc limit $8"""

# Few: a resource has a handful of transactions, which their unique source finds.
_OF_SOURCE: Final = """
select json_build_object('id', e.id, 'transaction', e.transaction, 'account', e.path, 'side', e.side,
    'amount', e.amount, 'currency', e.currency, 'balance_after', e.balance_after,
    'account_version', e.account_version, 'recorded_at', e.recorded_at, 'effective_at', e.effective_at,
    'source', json_build_object('type', t.source_type, 'id', t.source_id, 'kind', t.source_kind))::text
from transaction t join entry e on e.tenant = t.tenant and e.transaction = t.id
where t.tenant = $1 and t.source_type = $2 and t.source_id = $3
  and ($4::timestamptz is null or (e.recorded_at, e.id) < ($4, $5::text))
order by e.recorded_at desc, e.id desc limit $6"""

_LINES: Final = """
select json_build_object('id', e.id, 'account', e.path, 'side', e.side, 'amount', e.amount,
    'currency', e.currency, 'balance_after', e.balance_after, 'account_version', e.account_version)::text
from entry e
where e.tenant = $1 and e.transaction = $2 and e.line > coalesce((
    select seen.line from entry seen where seen.transaction = $2 and seen.id = $3), -1)
order by e.line limit $4"""


async def find_entries(connection: Connection, tenant: str, paths: list[str], asked: EntryListing) -> list[Json]:
    """Of these paths, newest first, one more than asked for if there are more."""
    bounds = (*(asked.after or (None, None)), asked.created_after, asked.created_before)
    return await many(connection, _ENTRIES, tenant, paths, asked.currency, *bounds, asked.limit + 1)


async def find_source_entries(connection: Connection, tenant: str, asked: SourceEntryListing) -> list[Json]:
    """Of what was posted for a resource, newest first, one more than asked for if there are more."""
    after = asked.after or (None, None)
    return await many(connection, _OF_SOURCE, tenant, asked.source_type, asked.id, *after, asked.limit + 1)


async def find_lines(connection: Connection, tenant: str, asked: LinesOf) -> list[Json]:
    """Of a posted transaction, one more than asked for if there are more."""
    return await many(connection, _LINES, tenant, asked.id, asked.after, asked.limit + 1)
