"""The journal: all that an actor says, written with the state it speaks of, and what of it the streams hold."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg

from storage.statement import Statement, by_column, names_of, unnested

HISTORY_ROWS_MAX = 500
"""Looked at for one page of a history."""


class JournalRow(NamedTuple):
    """One message in the order it must be published. `entity_seq` counts an entity's events; commands have none."""

    partition: int
    seq: int
    id: str
    stream: str
    subject: str
    tenant: str
    type: str
    entity: str
    entity_seq: int | None
    payment: str | None
    causation_id: str | None
    message: str
    recorded_at: datetime


_COLUMNS = """partition smallint, seq bigint, id text, stream text, subject text, tenant text, type text,
entity text, entity_seq bigint, payment text, causation_id text, message text, recorded_at timestamptz"""

_NAMES = names_of(_COLUMNS)

_APPEND = f"insert into journal ({_NAMES}) select * from {unnested(_COLUMNS)}"

_NOTE = """
insert into published (partition, journal_seq, stream_seq)
select $1::smallint, * from unnest($2::bigint[], $3::bigint[]) on conflict do nothing"""

_UNPUBLISHED = f"""
select {_NAMES} from journal j
where j.partition = $1
    and j.seq > (select coalesce(max(journal_seq), 0) from published where partition = $1)
order by seq"""

_LAST_NOTED = """
select j.stream, max(p.stream_seq) as stream_seq
from (select * from published where partition = $1 order by journal_seq desc limit 1000) p
join journal j on j.partition = p.partition and j.seq = p.journal_seq
group by j.stream"""

_HISTORY = """
select j.seq, p.stream_seq, j.message, j.is_more
from (
    select h.*, row_number() over story as place, sum(octet_length(h.message)) over story as bytes,
           row_number() over story < count(*) over () or count(*) over () = $4 as is_more
    from (
        select partition, seq, message from journal
        where tenant = $1 and payment = $2 and stream = 'EVENTS' and seq > $3 order by seq limit $4) h
    window story as (order by h.seq)) j
left join published p on p.partition = j.partition and p.journal_seq = j.seq
where j.bytes <= $5 or j.place = 1 order by j.seq"""


def append_journal(rows: Sequence[JournalRow]) -> Statement:
    """What this batch says."""
    return Statement("journal", _APPEND, by_column(rows))


def note_published(partition: int, stream_seqs: Mapping[int, int]) -> Statement:
    """Which sequence of its stream each journal position got."""
    return Statement("note", _NOTE, (partition, list(stream_seqs), list(stream_seqs.values())))


async def unpublished(pool: asyncpg.Pool, partition: int) -> list[JournalRow]:
    """Rows that may not be on their stream yet, in order. They are published in order, so noted ones come first."""
    return [JournalRow(*row) for row in await pool.fetch(_UNPUBLISHED, partition)]


async def last_noted(pool: asyncpg.Pool, partition: int) -> dict[str, int]:
    """By stream, the highest sequence that is known to be ours: what came later must be looked for."""
    return {row["stream"]: row["stream_seq"] for row in await pool.fetch(_LAST_NOTED, partition)}


class HistoryPage(NamedTuple):
    """Events that concern a payment, each with its stream sequence, and how many have none yet.

    `next` is the journal position to go on after, or None at the end.
    """

    said: list[tuple[int, dict[str, object]]]
    unpublished: int
    next: int | None


async def history_of_payment(
    connection: asyncpg.Connection, tenant: str, payment: str, after: int, bytes_max: int
) -> HistoryPage:
    """The next events behind a journal position: as many as have so many bytes together, and one at least."""
    rows = await connection.fetch(_HISTORY, tenant, payment, after, HISTORY_ROWS_MAX, bytes_max)
    said = [(row["stream_seq"], json.loads(row["message"])) for row in rows if row["stream_seq"] is not None]
    return HistoryPage(said, len(rows) - len(said), rows[-1]["seq"] if rows and rows[-1]["is_more"] else None)
