"""The trial balance, page by page, all of one moment: that at which the tenant's log had so many leaves."""

from typing import Final, NamedTuple

from asyncpg import Connection, Record

from messages.ledger_queries import At
from messages.wire import Instant
from storage.account_queries import LATE
from storage.entry_search import last_version

LINES_MAX: Final = 2_000

_SIZE: Final = "select l.size from tree l where l.tenant = $1"
_FIRST_AFTER: Final = "select t.recorded_at from transaction t where t.tenant || '/' = $1 || '/' and t.leaf_index = $2"

# $5 leaves are in the log; the first one beyond them, if there is one yet, was recorded at $6. Only entries of that
# very millisecond need a closer look.
_IN_LOG: Final = """({entry}.recorded_at < coalesce($6::timestamptz, 'infinity') or {entry}.recorded_at = $6 and (
    select t.leaf_index from transaction t where t.id = {entry}.transaction) < $5::bigint)"""
_SEARCHED: Final = _IN_LOG.format(entry="m")


def _balance_after(holds: str) -> str:
    return f"""(
    select e.balance_after from entry e
    where e.tenant = a.tenant and e.path = a.path and e.currency = a.currency
      and e.account_version = {last_version(holds)})"""


_LATE: Final = f"""(
    select sum(case e.side when a.normal_side then e.amount else -e.amount end)
    from ({LATE}) e where {_IN_LOG.format(entry="e")})"""

_RECORDED: Final = _balance_after(f"m.recorded_at <= $4::timestamptz and {_SEARCHED}")

_NOW: Final = f"""(
    select case when $4::timestamptz is not null then null
                when $6::timestamptz is null then a.balance else {_balance_after(_SEARCHED)} end)"""

_PAGE: Final = """
select a.path, a.currency, (case a.normal_side when 'debit' then 1 else -1 end
    * coalesce(v.balance + coalesce(v.late, 0), v.late))::bigint as debit
from (
    select a.* from account a where a.tenant = $1 and (a.path, a.currency) > ($2::text, $3::text)
    order by a.path, a.currency limit $7) a
    cross join lateral (select {balance} as balance, {late} as late offset 0) v
order by a.path, a.currency"""

_PAGES: Final = {
    None: _PAGE.format(balance=_NOW, late="null::numeric"),
    "recorded": _PAGE.format(balance=_RECORDED, late="null::numeric"),
    "effective": _PAGE.format(balance=_RECORDED, late=_LATE),
}


class LogEnd(NamedTuple):
    """So many leaves, and when the first one beyond them was recorded, if there is one."""

    size: int
    beyond: Instant | None


async def end_of_log(connection: Connection, tenant: str, size: int | None) -> LogEnd:
    """Of the log now, or when it had this size."""
    if size is None:
        size = await connection.fetchval(_SIZE, tenant)
    return LogEnd(size or 0, await connection.fetchval(_FIRST_AFTER, tenant, size or 0))


async def find_trial_balance(connection: Connection, tenant: str, asked: At, end: LogEnd, limit: int) -> list[Record]:
    """(path, currency, debit) of accounts after the last one seen; `debit` is None before the first entry."""
    sql = _PAGES[asked.by if asked.at else None]
    return await connection.fetch(sql, tenant, *(asked.after or ("", "")), asked.at, *end, limit)
