"""`GET /payments/{id}/events`: what the journals tell of a payment, and then what happens to it."""

import asyncio
import time
from collections.abc import Sequence
from itertools import chain

from aiohttp import web
from pydantic_core import from_json, to_json

from gateway.answers import resource
from gateway.bus import Bus
from gateway.cursors import read_stream_cursor, stream_cursor
from gateway.door import caller_of, door_of
from gateway.guards import wants_events
from gateway.parameters import PaymentEvents
from gateway.problems import Problem
from gateway.questions import ask, resource_of
from gateway.reader import Seen, as_stored, not_now, stream_events
from gateway.ring import Stored, Wanted, stored
from gateway.route import Input, id_of
from messages.envelope import Query
from messages.wire import Json

HISTORY_ACTORS = ("payments", "ledger")
PUBLISHING_SECONDS = 2.0
PUBLISHING_POLL_SECONDS = 0.1


async def of_payment(request: web.Request, given: Input) -> web.StreamResponse:
    """The history of a payment, and with server-sent events what happens to it from now on."""
    return await story(request, given, Wanted(caller_of(request).tenant, payment=id_of(request)))


async def story(request: web.Request, given: Input, wanted: Wanted, seen: Seen = as_stored) -> web.StreamResponse:
    """What is `wanted` of it, each event as it is `seen`."""
    parameters: PaymentEvents = given.parameters
    position = door_of(request).feed.ring.last
    try:
        told = await _history(request, wanted.tenant, id_of(request))
    except Problem as problem:
        if wants_events(request) and problem.status == 503:
            return await not_now(request)
        raise
    history = [seen(event) for event in told if wanted.takes(event)]
    if not wants_events(request):
        data = [from_json(event.raw) for event in history]
        return resource({"data": data, "has_more": False, "next_cursor": None})
    last = request.headers.get("Last-Event-ID", parameters.last_event_id)
    start, missed = gone_on(last, door_of(request).feed.ring.epoch, position, history)
    return await stream_events(request, wanted, parameters.plain, start, missed, seen)


def gone_on(last: str | None, epoch: int, position: int, history: Sequence[Stored]) -> tuple[str, Sequence[Stored]]:
    """Where the stream goes on at this position, and what of the history is told before: all of it to who comes first.

    A place that is not of this epoch is left as it is, and is answered with a reset.
    """
    if last is None:
        return stream_cursor(epoch, position), history
    place = read_stream_cursor(last)
    if place is None or place.epoch not in (None, epoch):
        return last, ()
    missed = [event for event in history if event.seq > place.seq]
    return stream_cursor(epoch, max(position, place.seq)), missed


async def _history(request: web.Request, tenant: str, payment: str) -> list[Stored]:
    """In the stream's order, waiting a little for what is committed and not yet said."""
    deadline = time.monotonic() + PUBLISHING_SECONDS
    bus = door_of(request).bus
    while True:
        pages = await asyncio.gather(*(_pages(bus, actor, tenant, payment) for actor in HISTORY_ACTORS))
        replies = [*chain.from_iterable(pages)]
        if not any(reply["unpublished"] for reply in replies) or time.monotonic() >= deadline:
            break
        await asyncio.sleep(PUBLISHING_POLL_SECONDS)
    told = [_stored(row) for reply in replies for row in reply["data"]]
    history = sorted((event for event in told if event), key=lambda event: event.seq)
    if not history:
        await _must_exist(request, tenant, payment)
    return history


async def _pages(bus: Bus, actor: str, tenant: str, payment: str) -> list[Json]:
    """All that an actor said of it."""
    pages: list[Json] = []
    after: int | None = 0
    while after is not None:
        query = Query(tenant=tenant, params={"payment": payment, "after": after})
        pages.append(await resource_of(bus, actor, "history", query))
        after = pages[-1].get("next")
    return pages


async def _must_exist(request: web.Request, tenant: str, payment: str) -> None:
    reply = await ask(door_of(request).bus, "payments", "payment", Query(tenant=tenant, params={"id": payment}))
    if reply.status != 200:
        raise Problem("not_found", "There is no such payment.")


def _stored(row: Json) -> Stored | None:
    seq = row.get("stream_seq")
    return stored(seq, to_json(row["event"])) if seq is not None else None
