"""Accounts as they are and were. One path, or with it all that lie below it."""

from typing import Final, NamedTuple

from asyncpg import Connection

from messages.ledger import Side
from messages.ledger_queries import Accounts
from messages.wire import Instant, Json
from storage.entry_search import last_version
from storage.json_rows import many, one

_BALANCES: Final = """(
    select coalesce(json_agg(json_build_object('currency', b.currency, 'posted', b.posted, 'pending', b.pending,
        'version', b.version) order by b.currency), '[]')
    from (
        select currency, sum(posted) as posted, sum(pending) as pending, sum(version) as version
        from (
            select a.currency, a.balance as posted, 0 as pending, a.version
            from account a where a.tenant = $1 and a.path = p.path
            union all
            select l.currency, 0, case l.side when p.normal_side then l.amount else -l.amount end, 0
            from pending_transaction w cross join lateral jsonb_to_recordset(w.body -> 'entries')
                as l(account text, side text, amount bigint, currency text)
            where w.tenant = $1 and w.status = 'pending' and l.account = p.path
              and w.body -> 'entries' @> jsonb_build_array(jsonb_build_object('account', p.path))) moved
        group by currency) b)"""

_ACCOUNT: Final = f"""
select json_build_object('path', p.path, 'normal_side', p.normal_side, 'status', coalesce(g.status, 'open'),
    'version', coalesce(g.version, 0), 'overdraft_limits', (
        select w.overdraft_limits from wallet w where w.tenant = $1 and w.customer_id = $4),
    'balances', {_BALANCES})::text
from (select $2::text as path, $3::text as normal_side) p
    left join gate g on g.tenant = $1 and g.path = p.path"""

# Every character of a path comes before the tilde.
_ACCOUNTS: Final = f"""
select json_build_object('path', p.path, 'normal_side', p.normal_side, 'status', coalesce(g.status, 'open'),
    'version', coalesce(g.version, 0), 'balances', {_BALANCES})::text
from (
    select a.path, min(a.normal_side) as normal_side from account a
    where a.tenant = $1 and a.path > coalesce($3::text, '') and a.path >= $2 and a.path < $2 || '~'
    group by a.path order by a.path limit $4) p
    left join gate g on g.tenant = $1 and g.path = p.path
order by p.path"""

_ITSELF: Final = "a.tenant = $1 and a.path = $2 and ($3::text is null or a.currency = $3)"
# A semicolon comes after the colon.
_AND_BELOW: Final = """
    a.tenant = $1 and (a.path = $2 or a.path >= $2 || ':' and a.path < $2 || ';')
    and ($3::text is null or a.currency = $3)"""

_NOW: Final = """
select json_build_object('currency', a.currency, 'posted', sum(a.balance), 'version', sum(a.version))::text
from account a where {scope} group by a.currency order by a.currency"""

_RECORDED: Final = f"""
select json_build_object('currency', a.currency, 'posted', sum(e.balance_after), 'version', sum(last.version))::text
from account a
    cross join lateral (select {last_version("m.recorded_at <= $4")} as version offset 0) last
    cross join lateral (
        select e.balance_after from entry e
        where e.tenant = a.tenant and e.path = a.path and e.currency = a.currency
          and e.account_version = last.version offset 0) e
where {{scope}} group by a.currency order by a.currency"""

_OF_ACCOUNT: Final = "e.tenant || '/' || e.path = a.tenant || '/' || a.path and e.currency = a.currency"

LATE: Final = f"""
    select e.* from entry e
    where {_OF_ACCOUNT} and e.recorded_at > $4::timestamptz and e.recorded_at <= $4 + interval '1 minute'
      and e.effective_at <= $4
    union all
    select e.* from entry e
    where {_OF_ACCOUNT} and e.recorded_at > $4 + interval '1 minute'
      and e.effective_at <= $4 and e.recorded_at - e.effective_at > interval '1 minute'"""
"""Entries of the account `a` that say of themselves to be from before `$4`, and were recorded after it.

Those of the first minute are found by when they were recorded; what came later has an index of its own.
"""

_RECORDED_LATE: Final = f"""
select json_build_object('currency', a.currency, 'version', count(*),
    'posted', sum(case e.side when a.normal_side then e.amount else -e.amount end))::text
from account a cross join lateral ({LATE}) e
where {{scope}} group by a.currency order by a.currency"""

_PENDING_BELOW: Final = """
select json_build_object('currency', l.currency,
    'pending', sum(case l.side when $4 then l.amount else -l.amount end))::text
from pending_transaction w cross join lateral jsonb_to_recordset(w.body -> 'entries')
    as l(account text, side text, amount bigint, currency text)
where w.tenant || '/' = $1 || '/' and w.status = 'pending' and (l.account = $2 or starts_with(l.account, $2 || ':'))
  and ($3::text is null or l.currency = $3)
group by l.currency order by l.currency"""

_CURRENCIES: Final = "select to_json(a.currency)::text from account a where a.tenant = $1 and a.path = $2 order by 1"


class Scope(NamedTuple):
    """Which balances: of a path, with `below` also of all below it, in one currency or each."""

    tenant: str
    path: str
    currency: str | None = None
    below: bool = False

    def narrowing(self, sql: str) -> str:
        """The statement for these accounts `a`."""
        return sql.format(scope=_AND_BELOW if self.below else _ITSELF)

    @property
    def args(self) -> tuple[str, str, str | None]:
        """The first three of each statement."""
        return self.tenant, self.path, self.currency


async def find_account(connection: Connection, tenant: str, path: str, side: Side, owner: str | None) -> Json:
    """One path as it is now, also without postings; `owner` is the customer whose wallet it is."""
    found = await one(connection, _ACCOUNT, tenant, path, side, owner)
    assert found is not None, "one row was asked for"
    return found


async def find_accounts(connection: Connection, tenant: str, asked: Accounts) -> list[Json]:
    """Paths with their balances, in order, one more than asked for if there are more."""
    return await many(connection, _ACCOUNTS, tenant, asked.prefix, asked.after, asked.limit + 1)


async def balances_now(connection: Connection, scope: Scope) -> list[Json]:
    """`currency`, `posted`, `version`: sums of what the accounts hold."""
    return await many(connection, scope.narrowing(_NOW), *scope.args)


async def balances_recorded(connection: Connection, scope: Scope, at: Instant) -> list[Json]:
    """The same as it was recorded by then."""
    return await many(connection, scope.narrowing(_RECORDED), *scope.args, at)


async def recorded_late(connection: Connection, scope: Scope, at: Instant) -> list[Json]:
    """The same, of what was recorded after `at` and is dated to it or before."""
    return await many(connection, scope.narrowing(_RECORDED_LATE), *scope.args, at)


async def pending_below(connection: Connection, scope: Scope, side: Side) -> list[Json]:
    """`currency`, `pending`: what waits to be posted, positive on the side."""
    return await many(connection, _PENDING_BELOW, *scope.args, side)


async def currencies_of(connection: Connection, tenant: str, path: str) -> list[str]:
    """In which the path has postings, in order."""
    return [str(currency) for currency in await many(connection, _CURRENCIES, tenant, path)]
