"""A stream beside what the journals say of it."""

from dataclasses import dataclass
from datetime import datetime

from asyncpg import Connection
from nats.js import JetStreamContext
from nats.js.api import StreamInfo

from messages.streams import is_being_made
from pocketpay.streams.holding import Held, first_lost, holds, info_of, numbers_of
from pocketpay.streams.numbers import Found, is_cut
from pocketpay.streams.shapes import AGES
from storage import streams as journals
from storage.said import said_from
from storage.streams import Noted, Row, Voice


@dataclass(frozen=True, slots=True)
class Look:
    """`known` is the highest number that a journal or a cursor names. What was said before `since` may be gone."""

    stream: str
    info: StreamInfo | None
    lasts: dict[Voice, Noted]
    known: int
    since: datetime

    @property
    def end(self) -> int | None:
        """The last number that was given out; None when there is no stream."""
        return self.info.state.last_seq if self.info else None

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing, so that it may as well begin anew."""
        return self.info is None or not self.info.state.messages


async def look_at(jetstream: JetStreamContext, connection: Connection, stream: str) -> Look:
    """The journals first: beside running actors the stream can only have got longer since."""
    lasts = await journals.last_noted(connection, stream)
    known = max([await journals.highest_cursor(connection, stream), *(noted.number for noted in lasts.values())])
    since = await journals.time_before(connection, AGES[stream])
    return Look(stream, await info_of(jetstream, stream), lasts, known, since)


async def is_whole(jetstream: JetStreamContext, connection: Connection, look: Look) -> bool:
    """Whether nothing is to be done. Costs two dozen requests, however long the stream is."""
    if look.info is None:
        return look.known == 0 and not await journals.unsaid(connection, look.stream)
    if is_being_made(look.info.config.subjects) or look.info.state.last_seq < look.known:
        return False
    return await all_held(jetstream, look)


async def all_held(jetstream: JetStreamContext, look: Look) -> bool:
    """Whether the last noted row of every voice stands where it was noted: then all before it do."""
    if look.info is None:
        return not look.lasts
    return all([await holds(jetstream, look.info, voice, noted) for voice, noted in look.lasts.items()])


async def lost_tails(jetstream: JetStreamContext, connection: Connection, look: Look) -> dict[Voice, int]:
    """Where in the journal of each voice that lost something its lost rows begin."""
    found = {
        voice: await first_lost(connection, Held(jetstream, look.info, look.since), look.stream, voice, noted)
        for voice, noted in look.lasts.items()
    }
    return {voice: position for voice, position in found.items() if position is not None}


async def unsaid_rows(jetstream: JetStreamContext, connection: Connection, look: Look) -> list[Row]:
    """Rows that nobody noted and the stream does not hold. Those that it holds are noted on the way."""
    rows = await journals.unsaid(connection, look.stream)
    if look.info is not None:
        held = await numbers_of(jetstream, look.info, look.lasts, rows)
        await journals.number(connection, held)
        rows = [row for row in rows if row not in held]
    return rows


async def lowest_number(connection: Connection, look: Look, tails: dict[Voice, int]) -> int | None:
    """Of all lost rows."""
    firsts = [await journals.noted_at(connection, look.stream, voice, position) for voice, position in tails.items()]
    return min((noted.number for noted in firsts if noted is not None), default=None)


async def rows_of(connection: Connection, look: Look, tails: dict[Voice, int]) -> list[Row]:
    """The lost rows in the order in which they were said."""
    pages = said_from(connection, look.stream, tails, 0)
    return [Row(said.voice, said.position, said.subject, look.since) async for page in pages for said in page]


async def found_of(connection: Connection, look: Look, *, held: bool, unsaid: bool) -> Found:
    """What decides on the numbers."""
    ever_said = look.known > 0 or unsaid
    return Found(
        numbering=await journals.numbering(connection, look.stream),
        end=look.end or 0,
        known=look.known,
        cut=is_cut(look.end, look.known, held, ever_said),
        lasts={voice: noted.number for voice, noted in look.lasts.items()},
    )
