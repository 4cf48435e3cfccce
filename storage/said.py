"""What was said, in the order of the stream, read again from all journals at once without holding it in memory."""

import heapq
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from asyncpg import Connection
from asyncpg.cursor import Cursor

from storage.streams import Voice

PAGE_ROWS = 500


@dataclass(frozen=True, slots=True)
class Said:
    """A message and the number that it has, or had, on its stream."""

    number: int
    voice: Voice
    position: int
    id: str
    subject: str
    message: str


_SAID = """
select p.stream_seq, j.seq, j.id, j.subject, j.message
from {schema}.journal j join {schema}.published p on p.partition = j.partition and p.journal_seq = j.seq
where j.partition = $1 and j.stream = '{stream}' and j.seq >= $2 and p.stream_seq > $3 order by j.seq"""


async def said_from(
    connection: Connection, stream: str, starts: Mapping[Voice, int], after: int
) -> AsyncIterator[list[Said]]:
    """In pages: each voice's rows from a position of its journal on, with numbers above `after`, by number.

    Needs an open transaction. A voice's numbers rise with its positions, so its rows only need to be merged.
    """
    pages: dict[Voice, list[Said]] = {}
    cursors = {voice: await _open(connection, stream, voice, start, after) for voice, start in starts.items()}
    heads: list[tuple[int, Voice]] = []
    for voice, cursor in cursors.items():
        await _turn(heads, pages, voice, cursor)
    page: list[Said] = []
    while heads:
        _, voice = heapq.heappop(heads)
        page.append(pages[voice].pop())
        if pages[voice]:
            heapq.heappush(heads, (pages[voice][-1].number, voice))
        else:
            await _turn(heads, pages, voice, cursors[voice])
        if len(page) >= PAGE_ROWS:
            yield page
            page = []
    if page:
        yield page


async def _open(connection: Connection, stream: str, voice: Voice, start: int, after: int) -> Cursor:
    sql = _SAID.format(schema=voice.actor, stream=stream)
    return await connection.cursor(sql, voice.partition, start, after)


async def _turn(heads: list[tuple[int, Voice]], pages: dict[Voice, list[Said]], voice: Voice, cursor: Cursor) -> None:
    """The voice's next page, last row first, so that the next row is popped off its end."""
    rows = await cursor.fetch(PAGE_ROWS)
    pages[voice] = [Said(row[0], voice, row[1], row[2], row[3], row[4]) for row in reversed(rows)]
    if rows:
        heapq.heappush(heads, (rows[0][0], voice))
