"""One open stream of server-sent events: what it missed, then live, at the pace of who reads it."""

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import web

from gateway.cursors import read_stream_cursor, stream_cursor
from gateway.door import Door, caller_of, door_of
from gateway.follow import Feed
from gateway.problems import Problem
from gateway.read_on import read_on
from gateway.ring import Stored, Wanted
from gateway.sse import (
    KEEP_ALIVE_SECONDS,
    RETRY_LATER_MILLISECONDS,
    ReaderGone,
    cursor_frame,
    frames,
    notice_frame,
    open_stream,
    opening,
    write,
)

Seen = Callable[[Stored], Stored]
"""How a reader sees an event."""


def as_stored(event: Stored) -> Stored:
    """All of it."""
    return event


@dataclass(eq=False)
class Reader:
    """One open stream: where it is, and what it wants. `told` are sequences that it has from its history."""

    request: web.Request
    response: web.StreamResponse
    door: Door
    wanted: Wanted
    cursor: int
    plain: bool
    told: Collection[int] = ()
    seen: Seen = as_stored


async def stream_events(
    request: web.Request,
    wanted: Wanted,
    plain: bool,
    last_event_id: str | None,
    history: Collection[Stored],
    seen: Seen = as_stored,
) -> web.StreamResponse:
    """Returns when the reader has left, may not go on, or the gateway stops. Raises Problem `too_many_streams`."""
    door = door_of(request)
    with door.readers.place(caller_of(request)):
        response = await open_stream(request)
        reader = Reader(request, response, door, wanted, 0, plain, {event.seq for event in history}, seen)
        try:
            await _serve(reader, last_event_id, history)
        except Problem:
            await _later(request, response)
        except ReaderGone:
            return response
    return response


async def not_now(request: web.Request) -> web.StreamResponse:
    """A stream that says when to come again: any status but 200 would end a browser's EventSource for good."""
    response = await open_stream(request)
    await _later(request, response)
    return response


async def _serve(reader: Reader, last_event_id: str | None, history: Collection[Stored]) -> None:
    ring = reader.door.feed.ring
    if not ring.ready or reader.door.draining:
        await _later(reader.request, reader.response)
        return
    reader.cursor, reset = _start(reader.door.feed, last_event_id)
    position = stream_cursor(ring.epoch, reader.cursor)
    await write(reader.request, reader.response, opening(position, reader.wanted.in_words()))
    if reset:
        await write(reader.request, reader.response, notice_frame("reset", {"code": reset}))
    if history:
        await write(reader.request, reader.response, frames(ring.epoch, list(history), reader.plain))
    await _live(reader)


async def _later(request: web.Request, response: web.StreamResponse) -> None:
    with suppress(ReaderGone):
        await write(request, response, f"retry: {RETRY_LATER_MILLISECONDS}\n\n".encode())


def _start(feed: Feed, last_event_id: str | None) -> tuple[int, str | None]:
    """Where to read from, and the code of a reset when that is not where the reader left off."""
    ring = feed.ring
    if last_event_id is None:
        return ring.last, None
    place = read_stream_cursor(last_event_id)
    if place is None or (place.epoch is not None and place.epoch < ring.epoch):
        return ring.last, "cursor_expired"
    if place.epoch is not None and place.epoch > ring.epoch:
        return ring.last, "cursor_ahead"
    return place.seq, None


async def _live(reader: Reader) -> None:
    """From the cursor on, for ever: what is older than the ring from the stream, the rest from the ring."""
    feed, ring = reader.door.feed, reader.door.feed.ring
    generation, written = ring.generation, time.monotonic()
    while True:
        if reader.door.draining:
            await write(reader.request, reader.response, notice_frame("closed", {"code": "draining"}))
            return
        if code := reader.door.keys.code_of(caller_of(reader.request).secret_hash):
            await write(reader.request, reader.response, notice_frame("closed", {"code": code}))
            return
        page = await read_on(feed, reader.wanted.tenant, reader.cursor, generation)
        data = _data(reader, page.events)
        if page.reset:
            generation = ring.generation
            data = notice_frame("reset", {"code": page.reset})
        quiet_seconds = time.monotonic() - written
        moved, reader.cursor = page.cursor != reader.cursor, page.cursor
        if not data and quiet_seconds >= KEEP_ALIVE_SECONDS:
            data = cursor_frame(ring.epoch, reader.cursor)
        if data:
            await write(reader.request, reader.response, data)
            written = time.monotonic()
        elif not moved:
            await _wait(reader, KEEP_ALIVE_SECONDS - quiet_seconds)


async def _wait(reader: Reader, seconds: float) -> None:
    """Nobody tells a stream that its reader has left, so it looks once a second."""
    transport = reader.request.transport
    if transport is None or transport.is_closing():
        raise ReaderGone
    await reader.door.feed.ring.changed(min(max(seconds, 0.01), 1.0))


def _data(reader: Reader, events: Collection[Stored]) -> bytes:
    chosen = [event for event in events if reader.wanted.takes(event) and event.seq not in reader.told]
    return frames(reader.door.feed.ring.epoch, [reader.seen(event) for event in chosen], reader.plain)
