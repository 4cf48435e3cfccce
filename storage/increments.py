"""The money invariants over what is new: each look costs in proportion to what came since the last one.

An actor's partition has one writer, which numbers its journal without holes and commits in that order. So a snapshot
shows a prefix of every partition's journal, and one number per partition says exactly how far was looked. What must
hold some time after an event (it is posted, it is on its stream) is looked at once the event is that old.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

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


@dataclass(frozen=True, slots=True)
class Marks:
    """How far was looked: at rows as they came (`fresh`), and at those that are old enough (`ripe`)."""

    fresh: Heads = field(default_factory=dict)
    ripe: Heads = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Increment:
    """Breaches among what is new: (id, title) -> descriptions. `rows` were looked at for the first time."""

    marks: Marks
    breaches: Mapping[tuple[str, str], list[str]]
    rows: int


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

_NEW = """w as materialized (
    select * from unnest($1::smallint[], $2::bigint[], $3::bigint[]) as w(partition, after, until))"""

_BOOKS = f"""
with {_NEW}, posted as materialized (
    select j.tenant, j.entity as id from ledger.journal j join w using (partition)
    where j.seq > w.after and j.seq <= w.until and j.type = 'ledger.transaction.posted'),
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

_PAYMENTS = f"""
with {_NEW}, said as materialized (
    select distinct j.tenant, j.type = 'payment.succeeded' as succeeded, coalesce(j.payment, j.entity) as payment
    from payments.journal j join w using (partition)
    where j.seq > w.after and j.seq <= w.until and j.entity_seq is not null),
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
with {_NEW}
select 6, format('%s %s: %s transactions', j.type, j.id, t.posted)
from payments.journal j join w using (partition) cross join lateral (
    select count(*) as posted from ledger.transaction t where t.tenant = j.tenant and t.event = j.id) t
where j.seq > w.after and j.seq <= w.until and t.posted <> 1
  and j.type in ({", ".join(f"'{name}'" for name in sorted(POSTED_EVENTS))})"""

_RIPE_STREAMED = """
with {new}, counted as (
    select w.partition, w.until - w.after as said, (
        select count(*) from {schema}.published p
        where p.partition = w.partition and p.journal_seq > w.after and p.journal_seq <= w.until) as noted
    from w)
select {title}, format('partition %s: %s of %s rows', partition, said - noted, said) from counted where noted < said"""

_HEADS = """select partition, journal_seq from {schema}.partition"""

_RIPE_UNTIL = """
select w.partition, (
    select max(j.seq) from {schema}.journal j
    where j.partition = w.partition and j.seq > w.after and j.seq <= w.until
      and j.recorded_at < clock_timestamp() - make_interval(secs => $4))
from unnest($1::smallint[], $2::bigint[], $3::bigint[]) as w(partition, after, until)"""

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
    heads = await heads_of(connection)
    back = {where: max(0, head - RIPENING_ROWS_MAX) for where, head in heads.items()}
    return Marks(heads, await _ripened(connection, back, heads, stale_seconds))


async def look(connection: Connection, marks: Marks, stale_seconds: int = 30) -> Increment:
    """Once, on one snapshot, from the marks on. The role `pocketpay_verifier` may do this."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        fresh = _next(marks.fresh, await heads_of(connection))
        ripe = await _ripened(connection, marks.ripe, fresh, stale_seconds)
        breaches: dict[tuple[str, str], list[str]] = {}
        for schema, sql in (("ledger", _BOOKS), ("payments", _PAYMENTS)):
            await _collect(connection, sql, _windows(schema, marks.fresh, fresh), breaches)
        await _collect(connection, _RIPE_PAYMENTS, _windows("payments", marks.ripe, ripe), breaches)
        for schema in SCHEMAS:
            sql = _RIPE_STREAMED.format(new=_NEW, schema=schema, title=100 + SCHEMAS.index(schema))
            await _collect(connection, sql, _windows(schema, marks.ripe, ripe), breaches)
    rows = sum(fresh.values()) - sum(marks.fresh.get(where, 0) for where in fresh)
    return Increment(Marks(fresh, ripe), breaches, rows)


def _next(after: Heads, heads: Heads) -> Heads:
    return {where: min(head, after.get(where, 0) + WINDOW_ROWS_MAX) for where, head in heads.items()}


def _windows(schema: str, after: Heads, until: Heads) -> list[tuple[int, int, int]]:
    """(partition, after, until) of those in which there is something."""
    rows = [(where[1], after.get(where, 0), end) for where, end in until.items() if where[0] == schema]
    return [row for row in rows if row[2] > row[1]]


async def _ripened(connection: Connection, ripe: Heads, fresh: Heads, stale_seconds: int) -> Heads:
    until = {where: ripe.get(where, 0) for where in fresh}
    for schema in SCHEMAS:
        if rows := _windows(schema, ripe, fresh):
            sql = _RIPE_UNTIL.format(schema=schema)
            found = await connection.fetch(sql, *_columns(rows), float(stale_seconds), timeout=LOOK_SECONDS_MAX)
            until.update({(schema, number): seq for number, seq in found if seq is not None})
    return until


async def _collect(
    connection: Connection, sql: str, windows: list[tuple[int, int, int]], breaches: dict[tuple[str, str], list[str]]
) -> None:
    if not windows:
        return
    for number, detail in await connection.fetch(sql, *_columns(windows), timeout=LOOK_SECONDS_MAX):
        title = streamed(SCHEMAS[number - 100]) if number >= 100 else _TITLES[number]
        breaches.setdefault(title, []).append(detail)


def _columns(rows: list[tuple[int, int, int]]) -> list[list[int]]:
    return [list(column) for column in zip(*rows, strict=True)]
