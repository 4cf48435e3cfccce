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

from storage.breaches import Breach
from storage.migrate import SCHEMAS
from storage.new_rows import BOOKS, PAYMENTS, RIPE_BILLING, RIPE_PAYMENTS, RIPE_STREAMED

WINDOW_ROWS_MAX: Final = 20_000
"""Journal rows of a partition in one look; what is beyond waits for the next."""

RIPENING_ROWS_MAX: Final = 100_000
"""So many rows of a partition can have come lately, at most, without being old enough."""

LOOK_SECONDS_MAX: Final = 20

Heads = Mapping[tuple[str, int], int]
"""(schema, partition) -> journal position."""

Breaches = dict[tuple[str, str], list[Breach]]
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
HELD: Final = ("I2", "open holds add up to what the wallets hold")
FLOOR: Final = ("I3", "no account was ever below its floor")
ONCE: Final = ("I6", "no payment succeeded twice")
SUMS: Final = ("I6", "refunds <= captured <= authorised, and the refunded sum is that of the refunds")
POSTED: Final = ("I7", "every event that moves money is posted once")
SAID: Final = ("I7", "nothing is posted for an event that nobody said, or that moves no money")
LEAVES: Final = ("I11", "the log has every transaction once, without a gap")
MIRRORED: Final = ("I12", "a reversal mirrors what it reverses")
CLOSED: Final = ("I12", "a closed month has taken nothing since it was closed")


def streamed(schema: str) -> tuple[str, str]:
    """The title of the check for one schema."""
    return ("I7", f"all that {schema} says is on the stream")


_TITLES: Final = (BALANCED, STORED, CHAINED, FLOOR, ONCE, SUMS, POSTED, SAID, LEAVES, MIRRORED, CLOSED, HELD)

INCREMENTAL: Final = (*_TITLES, *map(streamed, SCHEMAS))
"""The checks of `storage.verify` that are also made over what is new, by their id and title."""

_HEADS = """select partition, journal_seq from {schema}.partition"""

_RIPE = """
select max(j.seq) from {schema}.journal j
where j.partition = $1 and j.seq > $2 and j.recorded_at < clock_timestamp() - make_interval(secs => $3)"""


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
        await _collect(connection, BOOKS, _windows("ledger", marks.fresh, fresh), found)
        await _collect(connection, PAYMENTS, _windows("payments", marks.fresh, fresh), found)
        await _collect(connection, RIPE_PAYMENTS, _windows("payments", marks.ripe, ripe), found)
        await _collect(connection, RIPE_BILLING, _windows("invoicing", marks.ripe, ripe), found)
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
    for number, detail, tenant, accounts in await connection.fetch(sql.format(new=new), timeout=LOOK_SECONDS_MAX):
        found.setdefault(_TITLES[number], []).append(Breach(detail, tenant, tuple(filter(None, accounts or ()))))


async def _collect_streamed(connection: Connection, schema: str, windows: list[Window], found: Breaches) -> None:
    for window in windows:
        sql = RIPE_STREAMED.format(schema=schema)
        for (detail,) in await connection.fetch(sql, *window, timeout=LOOK_SECONDS_MAX):
            found.setdefault(streamed(schema), []).append(Breach(detail))
