"""`GET /events/stream` and `GET /events`."""

import time
from contextlib import nullcontext

from aiohttp import web
from pydantic_core import from_json

from gateway.answers import resource
from gateway.authentication import refused
from gateway.cursors import stream_cursor
from gateway.door import caller_of, door_of
from gateway.follow import Feed
from gateway.parameters import EventFilter, EventLog, EventStream
from gateway.places import waits
from gateway.problems import Problem
from gateway.read_on import read_on
from gateway.reader import stream_events
from gateway.ring import Stored, Wanted
from gateway.route import Input

PAGES_PER_PULL = 8


def _wanted(request: web.Request, filters: EventFilter) -> Wanted:
    return Wanted(caller_of(request).tenant, **filters.model_dump(include=set(EventFilter.model_fields)))


async def stream(request: web.Request, given: Input) -> web.StreamResponse:
    """Replays exactly what was missed, then goes live."""
    parameters: EventStream = given.parameters
    last_event_id = request.headers.get("Last-Event-ID", parameters.last_event_id)
    return await stream_events(request, _wanted(request, parameters), parameters.plain, last_event_id, ())


async def log(request: web.Request, given: Input) -> web.StreamResponse:
    """The pull log: ascending, `next_after` even when nothing fits, so that the next pull looks further."""
    with door_of(request).readers.place(caller_of(request)) if waits(given.parameters) else nullcontext():
        return await _log(request, given.parameters)


async def _log(request: web.Request, parameters: EventLog) -> web.StreamResponse:
    feed, wanted = door_of(request).feed, _wanted(request, parameters)
    place = parameters.after
    if place.epoch is not None and place.epoch != feed.ring.epoch and feed.ring.ready:
        raise _expired(feed)
    deadline = time.monotonic() + parameters.wait
    found, cursor = await _pull(feed, wanted, place.seq, parameters.limit)
    while not found and (left := deadline - time.monotonic()) > 0 and not door_of(request).draining:
        await feed.ring.changed(left)
        if code := door_of(request).keys.code_of(caller_of(request).secret_hash):
            raise refused(code)
        found, cursor = await _pull(feed, wanted, cursor, parameters.limit)
    return resource(
        {
            "data": [from_json(event.raw) for event in found],
            "has_more": cursor < feed.ring.last,
            "next_after": stream_cursor(feed.ring.epoch, cursor),
        }
    )


async def _pull(feed: Feed, wanted: Wanted, cursor: int, limit: int) -> tuple[list[Stored], int]:
    found: list[Stored] = []
    for _ in range(PAGES_PER_PULL):
        page = await read_on(feed, wanted.tenant, cursor)
        if page.reset:
            raise _expired(feed)
        found += [event for event in page.events if wanted.takes(event)]
        if len(found) >= limit:
            cursor = page.cursor if len(found) == limit else found[limit - 1].seq
            return found[:limit], cursor
        if page.cursor == cursor:
            break
        cursor = page.cursor
    return found, cursor


def _expired(feed: Feed) -> Problem:
    extra = {"next_after": stream_cursor(feed.ring.epoch, feed.ring.last)}
    return Problem("cursor_expired", "The log does not reach back so far, or was numbered anew.", extra)
