"""Makes again what JetStream lost, in two steps that may both be repeated.

First, in one transaction that no actor can commit beside, every row gets its number in `published`. Then every stream
is filled up to what `published` says. Meanwhile the streams are closed: nobody else can write to them.
"""

from dataclasses import dataclass
from typing import Final

from asyncpg import Connection
from nats.aio.client import Client
from nats.js import JetStreamContext

from health.crash import crash_point
from messages.streams import is_being_made
from messages.subjects import COMMANDS, EVENTS
from pocketpay.streams.holding import info_of
from pocketpay.streams.looking import (
    all_held,
    found_of,
    is_whole,
    look_at,
    lost_tails,
    lowest_number,
    rows_of,
    unsaid_rows,
)
from pocketpay.streams.numbers import Numbers, for_commands, for_events
from pocketpay.streams.putting import Putting
from pocketpay.streams.shapes import closed, numbered, streams
from storage import streams as journals
from storage.said import said_from
from storage.streams import JOURNALED, Voice

API_SECONDS: Final = 10
_SHAPES: Final = {str(config.name): config for config in streams()}


@dataclass(frozen=True, slots=True)
class Work:
    """What a stream is to be given: rows from these journal positions on, up to `until`.

    `first` is the number that it begins anew with; None when it goes on behind what it holds.
    """

    stream: str
    starts: dict[Voice, int]
    first: int | None
    until: int


async def make_whole(client: Client, connection: Connection) -> list[str]:
    """Returns the streams that had lost something, or that an interrupted run left closed.

    Safe beside running actors: when anything is wrong they lose their partitions and begin anew.
    """
    jetstream = client.jetstream(timeout=API_SECONDS)
    looks = [await look_at(jetstream, connection, stream) for stream in JOURNALED]
    wrong = [look.stream for look in looks if not await is_whole(jetstream, connection, look)]
    if wrong:
        async with connection.transaction():
            await journals.hold_all_partitions(connection)
            for stream in JOURNALED:
                await _close(jetstream, stream)
            works = [await _events(jetstream, connection), await _commands(jetstream, connection)]
        crash_point("after_numbers")
        for work in works:
            await _fill(client, jetstream, connection, work)
    return wrong


async def _close(jetstream: JetStreamContext, stream: str) -> None:
    info = await info_of(jetstream, stream)
    if info is not None and not is_being_made(info.config.subjects):
        await jetstream.update_stream(closed(_SHAPES[stream]))


async def _events(jetstream: JetStreamContext, connection: Connection) -> Work:
    look = await look_at(jetstream, connection, EVENTS)
    tails = await lost_tails(jetstream, connection, look)
    unsaid = await unsaid_rows(jetstream, connection, look)
    lowest = await lowest_number(connection, look, tails)
    collided = await rows_of(connection, look, tails) if lowest is not None and lowest <= (look.end or 0) else []
    found = await found_of(connection, look, held=not tails, unsaid=bool(unsaid))
    taken = await journals.taken(connection, EVENTS, found.end) if found.cut and unsaid else set[int]()
    numbers = for_events(found, collided, unsaid, taken)
    await _keep(connection, EVENTS, numbers)
    if found.cut:
        await journals.hear_again(connection)
    given = [numbers.first, *numbers.of.values()]
    first = min(given) if lowest is None or collided else min(*given, lowest)
    starts = _earliest(tails, numbers)
    return Work(EVENTS, starts, first if found.cut and look.is_empty else None, numbers.numbering.settled)


async def _commands(jetstream: JetStreamContext, connection: Connection) -> Work:
    look = await look_at(jetstream, connection, COMMANDS)
    held = await all_held(jetstream, look)
    unsaid = await unsaid_rows(jetstream, connection, look)
    found = await found_of(connection, look, held=held, unsaid=bool(unsaid))
    unheard = await journals.unheard_commands(connection) if found.cut else []
    numbers = for_commands(found, unheard, unsaid)
    await _keep(connection, COMMANDS, numbers)
    first = numbers.first if found.cut else None
    return Work(COMMANDS, _earliest({}, numbers), first, numbers.numbering.settled)


async def _keep(connection: Connection, stream: str, numbers: Numbers) -> None:
    await journals.number(connection, numbers.of)
    await journals.settle(connection, stream, numbers.numbering)


def _earliest(tails: dict[Voice, int], numbers: Numbers) -> dict[Voice, int]:
    starts = dict(tails)
    for row in numbers.of:
        starts[row.voice] = min(row.position, starts.get(row.voice, row.position))
    return starts


async def _fill(client: Client, jetstream: JetStreamContext, connection: Connection, work: Work) -> None:
    """Puts back what is missing and opens the stream again."""
    shape, info = _SHAPES[work.stream], await info_of(jetstream, work.stream)
    if work.first is not None:
        if info is not None:
            await jetstream.delete_stream(work.stream)
        info = await jetstream.add_stream(closed(shape, work.first))
    elif info is None:
        info = await jetstream.add_stream(closed(shape))
    end = info.state.last_seq
    if end < work.until:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            pages = said_from(connection, work.stream, work.starts, end)
            await Putting(client, end, work.until).put_all(pages)
    crash_point("after_fill")
    await jetstream.update_stream(numbered(shape, await journals.numbering(connection, work.stream)))
