"""What the journals know of the streams: which number each row has there. For the owner of the database alone."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from asyncpg import Connection

from messages.subjects import COMMANDS, EVENTS
from storage.migrate import SCHEMAS

JOURNALED: Final = (EVENTS, COMMANDS)


class Voice(NamedTuple):
    """Who says a journal: it says it strictly in order."""

    actor: str
    partition: int


class Noted(NamedTuple):
    """A row of a journal and its number on the stream."""

    position: int
    number: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose number is to be found; rows of one voice are told in order."""

    voice: Voice
    position: int
    subject: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Numbering:
    """`settled`: up to here each number is a noted row's, or nobody's for ever."""

    epoch: int
    settled: int


_LOCK = 0x73747265616D73  # "streams"
_LOCK_WAIT_SECONDS = 120

_HOLD = """
lock table {schema}.partition in exclusive mode;
update {schema}.partition set epoch = epoch + 1, holder = null, lease_until = null"""

_LAST = """
select q.partition, last.seq, last.stream_seq, last.recorded_at
from {schema}.partition q cross join lateral (
    select j.seq, p.stream_seq, j.recorded_at
    from {schema}.journal j join {schema}.published p on p.partition = j.partition and p.journal_seq = j.seq
    where j.partition = q.partition and j.stream = '{stream}' order by j.seq desc limit 1) last"""

_AT = """
select j.seq, p.stream_seq, j.recorded_at
from {schema}.journal j join {schema}.published p on p.partition = j.partition and p.journal_seq = j.seq
where j.partition = $1 and j.stream = '{stream}' and j.seq >= $2 order by j.seq limit 1"""

_CURSOR = "select coalesce(max((cursors ->> $1)::bigint), 0) from {schema}.partition"

_UNSAID = """
select j.partition, j.seq, j.subject, j.recorded_at
from {schema}.partition q join {schema}.journal j on j.partition = q.partition
    and j.seq > (select coalesce(max(journal_seq), 0) from {schema}.published p where p.partition = q.partition)
where j.stream = '{stream}'"""

_UNHEARD = """
select j.partition, j.seq, j.subject, j.recorded_at
from {reader}.partition q join {schema}.journal j on j.partition = q.partition
    and j.seq > coalesce((q.heard ->> ('COMMANDS/{schema}/' || q.partition))::bigint, 0)
where j.stream = 'COMMANDS' and split_part(j.subject, '.', 4) = '{reader}'"""

# What a reader has heard of an author counts positions; a cursor beyond the number of the next position would pass it.
_HEAR_AGAIN = """
update {reader}.partition q
set cursors = jsonb_set(q.cursors, '{{EVENTS}}', to_jsonb(least((q.cursors ->> 'EVENTS')::bigint, next.number - 1)))
from (
    select r.partition, min(first.number) as number
    from {reader}.partition r cross join lateral ({firsts}) first group by r.partition) next
where next.partition = q.partition and next.number <= (q.cursors ->> 'EVENTS')::bigint"""

_FIRST_UNHEARD = """(
    select p.stream_seq as number
    from {author}.journal j join {author}.published p on p.partition = j.partition and p.journal_seq = j.seq
    where j.partition = r.partition and j.stream = 'EVENTS'
        and j.seq > coalesce((r.heard ->> ('EVENTS/{author}/' || r.partition))::bigint, 0)
    order by j.seq limit 1)"""

_TAKEN = """
select p.stream_seq from {schema}.published p
join {schema}.journal j on j.partition = p.partition and j.seq = p.journal_seq
where p.stream_seq > $1 and j.stream = '{stream}'"""

_NUMBER = """
insert into {schema}.published (partition, journal_seq, stream_seq)
select * from unnest($1::smallint[], $2::bigint[], $3::bigint[])
on conflict (partition, journal_seq) do update set stream_seq = excluded.stream_seq"""

_SETTLE = "update streams.numbering set epoch = $2, settled = $3 where stream = $1"


async def only_one(connection: Connection) -> None:
    """Returns once no other connection makes streams; held as long as this connection lives. Raises TimeoutError."""
    # Polled: a session that waits in pg_advisory_lock holds a snapshot and can deadlock with a migration.
    for _ in range(_LOCK_WAIT_SECONDS * 10):
        if await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):
            return
        await asyncio.sleep(0.1)
    raise TimeoutError(f"another `pocketpay provision` has been at work for {_LOCK_WAIT_SECONDS} s")


async def hold_all_partitions(connection: Connection) -> None:
    """Until the transaction ends no actor commits anything; then whoever held a partition begins anew."""
    for schema in SCHEMAS:
        await connection.execute(_HOLD.format(schema=schema))


async def last_noted(connection: Connection, stream: str) -> dict[Voice, Noted]:
    """The newest row of each voice whose number is known."""
    return {
        Voice(schema, row["partition"]): Noted(row["seq"], row["stream_seq"], row["recorded_at"])
        for schema in SCHEMAS
        for row in await connection.fetch(_LAST.format(schema=schema, stream=stream))
    }


async def noted_at(connection: Connection, stream: str, voice: Voice, position: int) -> Noted | None:
    """The first row of the voice at or after a position of its journal."""
    sql = _AT.format(schema=voice.actor, stream=stream)
    row = await connection.fetchrow(sql, voice.partition, position)
    return Noted(*row) if row else None


async def highest_cursor(connection: Connection, stream: str) -> int:
    """How far anybody has read."""
    return max([await connection.fetchval(_CURSOR.format(schema=schema), stream) or 0 for schema in SCHEMAS])


async def unsaid(connection: Connection, stream: str) -> list[Row]:
    """Rows whose number nobody has noted, whether the stream had them or not."""
    return in_order([row for schema in SCHEMAS for row in await _rows(connection, schema, _UNSAID, stream=stream)])


async def unheard_commands(connection: Connection) -> list[Row]:
    """Commands that the actor whom they are for has not dealt with."""
    pairs = [(schema, reader) for schema in SCHEMAS for reader in SCHEMAS]
    found = [await _rows(connection, schema, _UNHEARD, reader=reader) for schema, reader in pairs]
    return in_order([row for rows in found for row in rows])


async def hear_again(connection: Connection) -> None:
    """No cursor of EVENTS stays beyond an event that its reader may not have heard: what was heard is passed over.

    Beside a stream that lost its tail a voice may have spoken on numbers that idle cursors had passed.
    """
    for reader in SCHEMAS:
        firsts = " union all ".join(_FIRST_UNHEARD.format(author=author) for author in SCHEMAS if author != reader)
        await connection.execute(_HEAR_AGAIN.format(reader=reader, firsts=firsts))


async def taken(connection: Connection, stream: str, after: int) -> set[int]:
    """Numbers above this one that belong to rows."""
    texts = [_TAKEN.format(schema=schema, stream=stream) for schema in SCHEMAS]
    return {row[0] for text in texts for row in await connection.fetch(text, after)}


async def number(connection: Connection, numbers: Mapping[Row, int]) -> None:
    """Notes the numbers, in place of older ones."""
    for schema in SCHEMAS:
        rows = [(row.voice.partition, row.position, seq) for row, seq in numbers.items() if row.voice.actor == schema]
        if rows:
            await connection.execute(_NUMBER.format(schema=schema), *map(list, zip(*rows, strict=True)))


async def time_before(connection: Connection, age: timedelta) -> datetime:
    """So long ago, by the database's clock."""
    return (await connection.fetch("select clock_timestamp() - $1::interval", age))[0][0]


async def numbering(connection: Connection, stream: str) -> Numbering:
    """As it was left."""
    row = await connection.fetchrow("select epoch, settled from streams.numbering where stream = $1", stream)
    return Numbering(*row) if row else Numbering(1, 0)


async def settle(connection: Connection, stream: str, made: Numbering) -> None:
    """As it is from now on."""
    await connection.execute(_SETTLE, stream, made.epoch, made.settled)


def in_order(rows: Sequence[Row]) -> list[Row]:
    """As they were recorded; a voice's clock never goes backwards, so its own order stays."""
    return sorted(rows, key=lambda row: (row.recorded_at, row.voice, row.position))


async def _rows(connection: Connection, schema: str, sql: str, **names: str) -> list[Row]:
    found = await connection.fetch(sql.format(schema=schema, **names))
    return [Row(Voice(schema, row["partition"]), row["seq"], row["subject"], row["recorded_at"]) for row in found]
