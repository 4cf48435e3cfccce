"""The journal in the order of the log, as of a size that the log once had."""

from datetime import datetime
from typing import Final, cast

from asyncpg import Connection, Record

CLOCKS_MAY_DIFFER: Final = "1 hour"

_UTC: Final = """to_char({} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""

_SIZE: Final = "select coalesce((select size from ledger.tree where tenant = $1), 0)"

_CURRENCIES: Final = "select distinct currency from ledger.account where tenant = $1 order by currency"

_LAST_MOMENT: Final = """
select t.recorded_at from ledger.transaction t where t.tenant || '/' = $1 || '/'
order by t.recorded_at desc limit 1"""

# Nothing is dated after it was recorded. The margin is for clocks that were put back.
_LEAF_BEFORE: Final = f"""
select t.leaf_index from ledger.transaction t
where t.tenant || '/' = $1 || '/' and t.recorded_at < $2::timestamptz - interval '{CLOCKS_MAY_DIFFER}'
order by t.recorded_at desc limit 1"""

_LINES: Final = """
select t.leaf_index, e.path, e.currency, e.debit, e.balance_after
from ledger.transaction t cross join lateral (
    select e.line, e.path, e.currency, e.balance_after,
        case e.side when 'debit' then e.amount else -e.amount end as debit
    from ledger.entry e where e.transaction = t.id order by e.line) e
where t.tenant || '/' = $1 || '/' and t.leaf_index > $2 and t.leaf_index < $3
  and t.effective_at >= coalesce($4::timestamptz, '-infinity')
  and t.effective_at < coalesce($5::timestamptz, 'infinity')
order by t.leaf_index, e.line limit $6"""

_TRANSACTIONS: Final = f"""
select t.leaf_index, t.id, {_UTC.format("t.effective_at")}, {_UTC.format("t.recorded_at")},
    t.source_type, t.source_id, t.source_kind, t.event, t.command, t.provider_reference, t.reverses, undone.id,
    t.conversion::text, t.flags, t.description, t.metadata::text
from ledger.transaction t
left join ledger.transaction undone on undone.reverses = t.id and undone.leaf_index < $4
where t.tenant || '/' = $1 || '/' and t.leaf_index > $2 and t.leaf_index <= $3
  and t.effective_at >= coalesce($5::timestamptz, '-infinity')
  and t.effective_at < coalesce($6::timestamptz, 'infinity')
order by t.leaf_index"""


async def log_size(connection: Connection, tenant: str) -> int:
    """How many transactions there are."""
    return cast(int, await connection.fetchval(_SIZE, tenant))


async def currencies(connection: Connection, tenant: str) -> list[str]:
    """Of all accounts."""
    return [row[0] for row in await connection.fetch(_CURRENCIES, tenant)]


async def last_moment(connection: Connection, tenant: str) -> datetime | None:
    """When the newest transaction was recorded; no other is dated later."""
    return cast(datetime | None, await connection.fetchval(_LAST_MOMENT, tenant))


async def leaf_before(connection: Connection, tenant: str, moment: datetime) -> int:
    """A leaf up to which everything is dated before the moment, or -1."""
    found = cast(int | None, await connection.fetchval(_LEAF_BEFORE, tenant, moment))
    return -1 if found is None else found


async def lines(
    connection: Connection,
    tenant: str,
    leaves: tuple[int, int],
    span: tuple[datetime | None, datetime | None],
    limit: int,
) -> list[Record]:
    """(leaf_index, path, currency, debit, balance_after) of leaves after the first number and before the second."""
    return await connection.fetch(_LINES, tenant, *leaves, *span, limit)


async def transactions(
    connection: Connection,
    tenant: str,
    leaves: tuple[int, int],
    as_of: int,
    span: tuple[datetime | None, datetime | None],
) -> list[Record]:
    """Without their lines: of leaves after the first number and up to the second. Times are text."""
    return await connection.fetch(_TRANSACTIONS, tenant, *leaves, as_of, *span)
