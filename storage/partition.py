"""Who holds a partition, how far it has got, and what a new holder must know."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import asyncpg

from storage.statement import Statement


class Fenced(Exception):
    """Somebody else holds the partition now. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A partition as its holder found or left it. `cursors` by stream, `heard` by `<stream>/<actor>/<partition>`."""

    partition: int
    epoch: int
    turn: int
    cursors: dict[str, int]
    heard: dict[str, int]
    journal_seq: int
    clock: datetime


_RENEW = """
update partition set lease_until = clock_timestamp() + make_interval(secs => $3)
where holder = $1 and partition = any($2::smallint[]) returning partition, epoch"""

_TAKE = """
update partition
set holder = $1, epoch = epoch + 1, lease_until = clock_timestamp() + make_interval(secs => $2)
where partition in (
    select partition from partition where lease_until is null or lease_until < clock_timestamp()
    order by partition for update skip locked)
returning partition, epoch, turn, cursors, heard, journal_seq,
    case when clock = '-infinity' then clock_timestamp() else clock end as clock"""

_RELEASE = "update partition set lease_until = null where holder = $1 and partition = any($2::smallint[])"

_FENCE = """
update partition
set turn = turn + 1, cursors = $4, heard = $5, journal_seq = $6, clock = $7,
    lease_until = clock_timestamp() + make_interval(secs => $8)
where partition = $1 and epoch = $2 and turn = $3 returning 1"""


async def renew(pool: asyncpg.Pool, holder: str, held: Collection[int], lease_seconds: float) -> dict[int, int]:
    """The epochs of those of `held` that are still ours."""
    rows = await pool.fetch(_RENEW, holder, list(held), lease_seconds)
    return {row["partition"]: row["epoch"] for row in rows}


async def take_free(pool: asyncpg.Pool, holder: str, lease_seconds: float) -> list[Holding]:
    """Takes every partition that nobody holds, or whose holder's lease has lapsed."""
    return [_holding(row) for row in await pool.fetch(_TAKE, holder, lease_seconds)]


async def release(pool: asyncpg.Pool, holder: str, held: Collection[int]) -> None:
    """Lets others take over at once."""
    await pool.execute(_RELEASE, holder, list(held))


async def database_time(pool: asyncpg.Pool | asyncpg.Connection) -> datetime:
    """What the database's clock says now."""
    return cast("datetime", await pool.fetchval("select clock_timestamp()"))


async def standing(pool: asyncpg.Pool) -> list[dict[str, object]]:
    """Every partition's holder and how far it has got, for operators."""
    rows = await pool.fetch(
        "select partition, holder, epoch, turn, cursors, journal_seq, "
        "(extract(epoch from lease_until - clock_timestamp()) * 1000)::int as lease_ms from partition order by 1"
    )
    return [{**dict(row), "cursors": json.loads(row["cursors"])} for row in rows]


async def turn_of(pool: asyncpg.Pool, partition: int) -> tuple[int, int]:
    """Epoch and turn: after a commit whose answer was lost, they tell whether it took place."""
    row = await pool.fetchrow("select epoch, turn from partition where partition = $1", partition)
    return row["epoch"], row["turn"]


async def cursor_of(connection: asyncpg.Connection, partition: int, stream: str) -> int:
    """How far the partition has dealt with the stream, in the snapshot of this connection's transaction."""
    sql = "select (cursors ->> $2)::bigint from partition where partition = $1"
    return int(await connection.fetchval(sql, partition, stream) or 0)


def fence(before: Holding, after: Holding, lease_seconds: float) -> Statement:
    """The part of a batch that lets it happen only if nobody else has written since `before`."""
    return Statement(
        "fence",
        _FENCE,
        (
            before.partition,
            before.epoch,
            before.turn,
            json.dumps(after.cursors),
            json.dumps(after.heard),
            after.journal_seq,
            after.clock,
            lease_seconds,
        ),
    )


def _holding(row: asyncpg.Record) -> Holding:
    return Holding(
        partition=row["partition"],
        epoch=row["epoch"],
        turn=row["turn"],
        cursors=json.loads(row["cursors"]),
        heard=json.loads(row["heard"]),
        journal_seq=row["journal_seq"],
        clock=row["clock"],
    )
