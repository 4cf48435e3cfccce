"""The money invariants over what is new: each look costs in proportion to what came since the last one.

An actor's partition has one writer, which numbers its journal without holes and commits in that order. So a snapshot
shows a prefix of every partition's journal, and one number per partition says exactly how far was looked. What must
hold some time after an event (it is posted, it is on its stream) is looked at once the event is that old.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple, cast

from asyncpg import Connection

from messages.ledger import POSTED_EVENTS
from storage.migrate import SCHEMAS

WINDOW_ROWS_MAX: Final = 20_000
"""Journal rows of a partition in one look; what is beyond waits for the next."""

RIPENING_ROWS_MAX: Final = 100_000
"""So many rows of a partition can have come lately, at most, without being old enough."""

LOOK_SECONDS_MAX: Final = 20

Heads = Mapping[tuple[str, int], int]
"""(schema, partition) -> journal position."""

Breaches = dict[tuple[str, str], list[str]]
"""(id, title) of an invariant -> what is wrong."""


@dataclass(frozen=True, slots=True)
class Marks:
    """How far was looked: at rows as they came (`fresh`), and at those that are old enough (`ripe`).

    `seen` are the ends of earlier looks and when they were made, by the database's clock, oldest first.
    """

    fresh: Heads = field(default_factory=dict)
    ripe: Heads = field(default_factory=dict)
    seen: tuple[tuple[datetime, Heads], ...] = ()


@dataclass(frozen=True, slots=True)
class Increment:
    """What was found among what is new; `rows` were looked at for the first time."""

    marks: Marks
    breaches: Breaches
    rows: int


class Window(NamedTuple):
    """Rows of a partition's journal: after the one position, up to the other."""

    partition: int
    after: int
    until: int


BALANCED: Final = ("I1", "every transaction balances per currency and has at least two entries")
STORED: Final = ("I2", "stored balances and versions are those of the entries")
CHAINED: Final = ("I2", "the running balances of the entries chain")
FLOOR: Final = ("I3", "no account was ever below its floor")
ONCE: Final = ("I6", "no payment succeeded twice")
SUMS: Final = ("I6", "refunds <= captured <= authorised, and the refunded sum is that of the refunds")
POSTED: Final = ("I7", "every event that moves money is posted once")
SAID: Final = ("I7", "nothing is posted for an event that nobody said")


def streamed(schema: str) -> tuple[str, str]:
    """The title of the check for one schema."""
    return ("I7", f"all that {schema} says is on the stream")


INCREMENTAL: Final = (BALANCED, STORED, CHAINED, FLOOR, ONCE, SUMS, POSTED, SAID, *map(streamed, SCHEMAS))
"""The checks of `storage.verify` that are also made over what is new, by their id and title."""

# `{new}` are the rows of a journal `j` that are new, as constants: so the planner knows how few they are.

_BOOKS = """
with posted as materialized (
    select j.tenant, j.entity as id from ledger.journal j
    where ({new}) and j.type = 'ledger.transaction.posted'),
lines as materialized (
    select e.*, a.floor, a.version as stored_version, a.balance as stored_balance,
           case e.side when a.normal_side then e.amount else -e.amount end as signed,
           lag(e.account_version) over account as version_before, lag(e.balance_after) over account as before
    from posted p join ledger.entry e on e.transaction = p.id
         join ledger.account a on (a.tenant, a.path, a.currency) = (e.tenant, e.path, e.currency)
    window account as (partition by e.tenant, e.path, e.currency order by e.account_version)),
newest as (
    select distinct on (tenant, path, currency) * from lines order by tenant, path, currency, account_version desc)
select 0, format('%s: fewer than two entries', p.id)
from posted p left join lines l on l.transaction = p.id group by p.id having count(l.id) < 2
union all
select 0, format('%s: %s off', transaction, currency) from lines group by transaction, currency
having sum(case side when 'debit' then amount else -amount end) <> 0
union all
select 2, format('%s: %s %s %s', id, path, currency, account_version) from lines l
where l.balance_after is distinct from l.signed + case
    when l.account_version = 1 then 0
    when l.version_before = l.account_version - 1 then l.before
    else (select e.balance_after from ledger.entry e
          where (e.tenant, e.path, e.currency) = (l.tenant, l.path, l.currency)
            and e.account_version = l.account_version - 1) end
union all
select 1, format('%s %s %s', n.tenant, n.path, n.currency) from newest n
where n.stored_version < n.account_version
   or n.stored_balance is distinct from (
        select e.balance_after from ledger.entry e
        where (e.tenant, e.path, e.currency) = (n.tenant, n.path, n.currency)
          and e.account_version = n.stored_version)
union all
select 3, format('%s: %s %s at %s', id, path, currency, balance_after) from lines where balance_after < floor
union all
select 7, format('%s for %s', t.id, t.event) from posted p join ledger.transaction t on t.id = p.id
where t.event is not null and not exists (
    select from payments.journal j
    where j.tenant = t.tenant and j.entity = t.source_id and j.entity_seq is not null and j.id = t.event)"""

_PAYMENTS = """
with said as materialized (
    select distinct j.tenant, j.type = 'payment.succeeded' as succeeded, coalesce(j.payment, j.entity) as payment
    from payments.journal j where ({new}) and j.entity_seq is not null),
touched as (select distinct tenant, payment from said)
select 4, format('%s: %s times', s.payment, n.times) from said s cross join lateral (
    select count(*) as times from payments.journal j
    where j.tenant = s.tenant and j.entity = s.payment and j.entity_seq is not null
      and j.type = 'payment.succeeded') n
where s.succeeded and n.times > 1
union all
select 5, format('%s: %s of %s captured, %s refunded, refunds of %s', p.id, p.amount_captured, p.amount,
                 p.amount_refunded, r.given_back)
from touched s join payments.payment p on p.tenant = s.tenant and p.id = s.payment cross join lateral (
    select coalesce(sum(f.amount), 0) as given_back from payments.refund f
    where f.tenant || '/' || f.payment = p.tenant || '/' || p.id and f.status not in ('failed', 'canceled')) r
where p.amount_captured > p.amount or p.amount_refunded > p.amount_captured or r.given_back <> p.amount_refunded"""

_RIPE_PAYMENTS = f"""
select 6, format('%s %s: %s transactions', j.type, j.id, t.posted)
from payments.journal j cross join lateral (
    select count(*) as posted from ledger.transaction t where t.tenant = j.tenant and t.event = j.id) t
where ({{new}}) and t.posted <> 1 and j.type in ({", ".join(f"'{name}'" for name in sorted(POSTED_EVENTS))})"""

_RIPE_STREAMED = """
select 8, format('partition %s: %s of %s rows', $1::smallint, $3 - $2 - noted, $3 - $2)
from (select count(*) as noted from {schema}.published p
      where p.partition = $1 and p.journal_seq > $2::bigint and p.journal_seq <= $3::bigint) counted
where noted < $3 - $2"""

_HEADS = """select partition, journal_seq from {schema}.partition"""

_RIPE = """
select max(j.seq) from {schema}.journal j
where j.partition = $1 and j.seq > $2 and j.recorded_at < clock_timestamp() - make_interval(secs => $3)"""

_TITLES: Final = (BALANCED, STORED, CHAINED, FLOOR, ONCE, SUMS, POSTED, SAID)


async def heads_of(connection: Connection) -> Heads:
    """Where every journal ends just now."""
    heads: dict[tuple[str, int], int] = {}
    for schema in SCHEMAS:
        rows = await connection.fetch(_HEADS.format(schema=schema), timeout=LOOK_SECONDS_MAX)
        heads.update({(schema, row["partition"]): row["journal_seq"] for row in rows})
    return heads


async def marks_now(connection: Connection, stale_seconds: int = 30) -> Marks:
    """Marks at the ends of all journals: what a full pass on the same snapshot has looked at."""
    heads, ripe = await heads_of(connection), dict[tuple[str, int], int]()
    for (schema, partition), head in heads.items():
        sql, back = _RIPE.format(schema=schema), max(0, head - RIPENING_ROWS_MAX)
        found = await connection.fetchval(sql, partition, back, float(stale_seconds), timeout=LOOK_SECONDS_MAX)
        ripe[schema, partition] = found or back
    return Marks(heads, ripe, ((await _now(connection), heads),))


async def look(connection: Connection, marks: Marks, stale_seconds: int = 30) -> Increment:
    """Once, on one snapshot, from the marks on. The role `pocketpay_verifier` may do this."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        fresh = _next(marks.fresh, await heads_of(connection))
        seen, old = _ripening(marks.seen, await _now(connection), stale_seconds)
        ripe = _next(marks.ripe, old)
        found = Breaches()
        await _collect(connection, _BOOKS, _windows("ledger", marks.fresh, fresh), found)
        await _collect(connection, _PAYMENTS, _windows("payments", marks.fresh, fresh), found)
        await _collect(connection, _RIPE_PAYMENTS, _windows("payments", marks.ripe, ripe), found)
        for schema in SCHEMAS:
            await _collect_streamed(connection, schema, _windows(schema, marks.ripe, ripe), found)
        now = await _now(connection)
    rows = sum(fresh.values()) - sum(marks.fresh.get(where, 0) for where in fresh)
    return Increment(Marks(fresh, {**marks.ripe, **ripe}, (*seen, (now, fresh))), found, rows)


async def _now(connection: Connection) -> datetime:
    return cast("datetime", await connection.fetchval("select clock_timestamp()", timeout=LOOK_SECONDS_MAX))


def _ripening(
    seen: tuple[tuple[datetime, Heads], ...], now: datetime, stale_seconds: int
) -> tuple[tuple[tuple[datetime, Heads], ...], Heads]:
    """The looks that are still too young, and the ends that the last one that is old enough saw."""
    old = [heads for at, heads in seen if at <= now - timedelta(seconds=stale_seconds)]
    return seen[len(old) :], old[-1] if old else {}


def _next(after: Heads, heads: Heads) -> Heads:
    return {where: min(head, after.get(where, 0) + WINDOW_ROWS_MAX) for where, head in heads.items()}


def _windows(schema: str, after: Heads, until: Heads) -> list[Window]:
    """Those in which there is something."""
    windows = [Window(where[1], after.get(where, 0), end) for where, end in until.items() if where[0] == schema]
    return [window for window in windows if window.until > window.after]


async def _collect(connection: Connection, sql: str, windows: list[Window], found: Breaches) -> None:
    if not windows:
        return
    new = " or ".join(f"(j.partition = {w.partition} and j.seq > {w.after} and j.seq <= {w.until})" for w in windows)
    for number, detail in await connection.fetch(sql.format(new=new), timeout=LOOK_SECONDS_MAX):
        found.setdefault(_TITLES[number], []).append(detail)


async def _collect_streamed(connection: Connection, schema: str, windows: list[Window], found: Breaches) -> None:
    for window in windows:
        sql = _RIPE_STREAMED.format(schema=schema)
        for _, detail in await connection.fetch(sql, *window, timeout=LOOK_SECONDS_MAX):
            found.setdefault(streamed(schema), []).append(detail)
