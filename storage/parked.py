"""Messages that were put aside because nobody could decide them, and their way back."""

from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Final, NamedTuple

import asyncpg

from storage.statement import Statement

RETRIED_AT_ONCE_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A message put aside. `reason`: unreadable, undecidable, or behind another of its entity."""

    partition: int
    tenant: str | None
    stream: str | None
    stream_seq: int | None
    entity: str | None
    type: str | None
    reason: str
    detail: str
    message: bytes
    parked_at: datetime


class Retried(NamedTuple):
    """A parked row that is to be tried again, with what its call remembers of its cause if it is a call's result."""

    id: int
    partition: int
    tenant: str | None
    stream: str | None
    stream_seq: int | None
    entity: str | None
    message: bytes
    correlation_id: str | None
    principal: str | None


class Again(NamedTuple):
    """A row that could not be decided this time either, or waits behind one that could not."""

    id: int
    detail: str


_PARK: Final = """
insert into parked (partition, tenant, stream, stream_seq, entity, type, reason, detail, message, parked_at)
select * from unnest($1::smallint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::bytea[], $10::timestamptz[])"""

_BLOCKED: Final = """
select distinct tenant, entity from parked
where partition = $1 and resolved_at is null and tenant is not null and entity is not null"""

# An entity is tried as a whole, oldest first: when one of its messages was asked for, or when what they waited behind
# is gone. What nobody could read belongs to no entity, and is tried by itself.
_TO_RETRY: Final = """
with again as (
    select p.partition, p.tenant, p.entity from parked p
    where p.partition = any($1::smallint[]) and p.resolved_at is null and p.entity is not null
    group by p.partition, p.tenant, p.entity
    having bool_or(p.retry_asked_at is not null) or bool_and(p.reason = 'behind'))
select p.id, p.partition, p.tenant, p.stream, p.stream_seq, p.entity, p.message, c.correlation_id, c.principal
from parked p left join call c on c.id = case  -- only what the actor itself wrote is sure to be text
    when p.stream is null then substring(convert_from(p.message, 'UTF8') from '"call_id":"([^"]+)"') end
where p.partition = any($1::smallint[]) and p.resolved_at is null
  and (p.entity is null and p.retry_asked_at is not null
       or (p.partition, p.tenant, p.entity) in (select partition, tenant, entity from again))
order by p.id limit $2"""

_RESOLVE: Final = """
update parked set resolved_at = $2, retry_asked_at = null,
    message = case when type = any($3::text[]) then ''::bytea else message end
where id = any($1::bigint[])"""

# Only what went wrong itself counts as an attempt; what waits behind it just waits on.
_KEEP: Final = """
update parked k set retry_asked_at = null, attempts = k.attempts + (r.detail <> '')::integer,
    detail = coalesce(nullif(r.detail, ''), k.detail),
    reason = case when k.reason = 'behind' and r.detail <> '' then 'undecidable' else k.reason end
from unnest($1::bigint[], $2::text[]) as r(id, detail) where k.id = r.id"""

# What lies behind them is asked for no longer either: else a long queue would have its head tried again for ever.
_FORGET: Final = """
update parked f set retry_asked_at = null
from parked k
where k.id = any($1::bigint[]) and f.partition = k.partition and f.tenant = k.tenant and f.entity = k.entity
    and f.resolved_at is null and f.retry_asked_at is not null and f.id <> all($2::bigint[])"""

_ASK_ALSO: Final = """
update parked set retry_asked_at = clock_timestamp()
where id = any($1::bigint[]) and resolved_at is null and retry_asked_at is null"""

_ASK: Final = """
update {schema}.parked set retry_asked_at = clock_timestamp()
where resolved_at is null and retry_asked_at is null
  and ($1::bigint is null or id = $1) and ($2::text is null or entity = $2) returning id"""

_LIST: Final = """
select id, tenant, entity, type, reason, detail, attempts, parked_at, retry_asked_at, stream, stream_seq,
       extract(epoch from clock_timestamp() - parked_at)::float as age_seconds,
       count(*) over (partition by tenant, entity) - 1 as beside
from {schema}.parked where resolved_at is null order by id limit 1000"""


def park(rows: Sequence[ParkedRow]) -> Statement:
    """Puts messages aside, byte for byte."""
    columns = [list(column) for column in zip(*map(astuple, rows), strict=True)]
    return Statement("parked", _PARK, tuple(columns))


def resolve(ids: Collection[int], now: datetime, private: Collection[str]) -> Statement:
    """These rows have been decided; what they hold of these types is emptied."""
    return Statement("resolved", _RESOLVE, (list(ids), now, list(private)))


def keep(rows: Sequence[Again]) -> Statement:
    """These stay parked, with what went wrong this time."""
    return Statement("kept", _KEEP, ([row.id for row in rows], [row.detail[:2000] for row in rows]))


def forget(kept: Sequence[Again], resolved: Collection[int]) -> Statement:
    """Nobody asks any more for what waits behind these; but for rows that this batch writes already."""
    ids = [row.id for row in kept]
    return Statement("forgotten", _FORGET, (ids, [*ids, *resolved]))


def ask_also(ids: Collection[int]) -> Statement:
    """Somebody wants these tried again, with their entities. None of them may be written by this batch otherwise."""
    return Statement("asked_again", _ASK_ALSO, (list(ids),))


async def blocked_entities(pool: asyncpg.Pool, partition: int) -> set[tuple[str, str]]:
    """(tenant, entity) of everything that waits behind a parked message."""
    return {(row["tenant"], row["entity"]) for row in await pool.fetch(_BLOCKED, partition)}


async def to_retry(pool: asyncpg.Pool, partitions: Collection[int]) -> list[Retried]:
    """Rows to be tried again, oldest first, entities as a whole."""
    return [Retried(*row) for row in await pool.fetch(_TO_RETRY, list(partitions), RETRIED_AT_ONCE_MAX)]


async def ask_to_retry(
    connection: asyncpg.Connection, schema: str, *, id_: int | None = None, entity: str | None = None
) -> list[int]:
    """Marks one row, those of an entity, or all; returns the marked ones. For the owner of the tables."""
    rows = await connection.fetch(_ASK.format(schema=schema), id_, entity, timeout=10)
    return [row["id"] for row in rows]


async def parked_rows(connection: asyncpg.Connection, schema: str) -> list[asyncpg.Record]:
    """What is parked, oldest first. The role `pocketpay_verifier` may look."""
    return await connection.fetch(_LIST.format(schema=schema), timeout=10)


async def parked_message(connection: asyncpg.Connection, schema: str, id_: int) -> bytes | None:
    """The message of a row as it came."""
    return await connection.fetchval(f"select message from {schema}.parked where id = $1", id_, timeout=10)
