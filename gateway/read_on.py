"""EVENTS, read on from any place: from the ring, or from the stream when the place is older than that."""

from dataclasses import dataclass

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StreamState
from nats.js.client import JetStreamContext

from gateway.follow import Feed
from gateway.hearing import API_SECONDS, forget
from gateway.problems import Problem
from gateway.ring import Stored, stored
from messages.ids import new_id
from messages.subjects import EVENTS, tenant_events

PAGE_EVENTS = 256

log = structlog.get_logger("gateway.read_on")


@dataclass(frozen=True, slots=True)
class Page:
    """Events of one tenant; all up to `cursor` has been read. `reset` says why a cursor was given up."""

    events: list[Stored]
    cursor: int
    reset: str | None = None


async def read_on(feed: Feed, tenant: str, cursor: int, generation: int | None = None) -> Page:
    """The next events after the cursor, from the ring or, when it is older than that, from the stream.

    An empty page with the same cursor means: all is read. Raises Problem `unavailable` when the bus is away.
    """
    ring = feed.ring
    if not ring.ready:
        raise Problem("unavailable", "The stream of events is away.")
    if generation is not None and generation != ring.generation:
        return Page([], ring.last, "cursor_ahead")
    if cursor > ring.last:
        return await _ahead(feed, cursor)
    if ring.covers(cursor):
        newer = ring.after(cursor, PAGE_EVENTS)
        return Page([event for event in newer if event.tenant == tenant], newer[-1].seq if newer else ring.last)
    return await _page(feed, tenant, cursor)


async def _ahead(feed: Feed, cursor: int) -> Page:
    """Another gateway may have shown what has not reached this ring yet; that is no reason for a reset."""
    if cursor > (await stream_state(feed)).last_seq:
        return Page([], feed.ring.last, "cursor_ahead")
    await feed.ring.changed(1.0)
    return Page([], cursor)


async def stream_state(feed: Feed) -> StreamState:
    """Where the stream begins and ends now. Raises Problem `unavailable`."""
    if not feed.bus.connected:
        raise Problem("unavailable", "The message bus is away.")
    try:
        return (await feed.bus.client.jetstream(timeout=API_SECONDS).stream_info(EVENTS)).state
    except (NatsError, OSError, TimeoutError) as why:
        raise Problem("unavailable", "The stream of events does not answer.") from why


async def _page(feed: Feed, tenant: str, cursor: int) -> Page:
    jetstream = feed.bus.client.jetstream(timeout=API_SECONDS)
    try:
        async with feed.pages:
            shown = feed.ring.last
            state = await stream_state(feed)
            if state.last_seq < shown:
                raise Problem("unavailable", "The stream of events is being made again.")
            if 0 < cursor < state.first_seq - 1:
                return Page([], feed.ring.last, "cursor_expired")
            return await _fetch(feed, jetstream, tenant, cursor)
    except (NatsError, OSError, TimeoutError) as why:
        log.warning("page_failed", error=type(why).__name__)
        raise Problem("unavailable", "The stream of events does not answer.") from why


async def _fetch(feed: Feed, jetstream: JetStreamContext, tenant: str, cursor: int) -> Page:
    """What the ring holds by now is left to it, so that no event comes from both."""
    end = feed.ring.last
    name = new_id("page")
    consumer = await jetstream.add_consumer(
        EVENTS,
        ConsumerConfig(
            name=name,
            filter_subject=tenant_events(tenant),
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=cursor + 1,
            ack_policy=AckPolicy.NONE,
            mem_storage=True,
            num_replicas=1,
            inactive_threshold=10.0,
        ),
    )
    pending = consumer.num_pending or 0
    if not pending:
        await forget(feed.bus, jetstream, EVENTS, name)
        return Page([], end)
    pull = await jetstream.pull_subscribe_bind(name, stream=EVENTS, inbox_prefix=b"_INBOX_gateway.")
    try:
        messages = await pull.fetch(min(pending, PAGE_EVENTS), timeout=API_SECONDS)
    finally:
        await pull.unsubscribe()
        await forget(feed.bus, jetstream, EVENTS, name)
    return _page_of(messages, end, whole=len(messages) >= pending)


def _page_of(messages: list[Msg], end: int, whole: bool) -> Page:
    read = [(message.metadata.sequence.stream, message.data) for message in messages]
    events = [event for seq, raw in read if seq <= end and (event := stored(seq, raw))]
    cursor = end if whole or read[-1][0] >= end else read[-1][0]
    return Page(events, cursor)
