"""EVENTS, read live into the ring."""

import asyncio
from dataclasses import dataclass, field

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from gateway.bus import Bus
from gateway.hearing import API_SECONDS, HEARTBEAT_SECONDS, GapError, hear, keep_hearing
from gateway.ring import Ring
from messages.ids import new_id
from messages.streams import BEGAN, EPOCH, is_being_made, number_in
from messages.subjects import EVENTS

PAGES_AT_ONCE = 16


@dataclass(eq=False)
class Feed:
    """The ring of a gateway and the way to what is older."""

    bus: Bus
    ring: Ring = field(default_factory=Ring)
    pages: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PAGES_AT_ONCE))
    connected: asyncio.Event = field(default_factory=asyncio.Event)


async def keep_following(feed: Feed) -> None:
    """Fills the ring until cancelled."""
    await keep_hearing(feed.connected, lambda: _follow(feed))


async def _follow(feed: Feed) -> None:
    """From the last that was seen. Raises GapError and whatever the bus raises."""
    info = await feed.bus.client.jetstream(timeout=API_SECONDS).stream_info(EVENTS)
    if is_being_made(info.config.subjects):
        raise GapError("the stream is being made again")
    epoch, end = number_in(info.config.metadata, EPOCH, 1), info.state.last_seq
    feed.ring.began = number_in(info.config.metadata, BEGAN, 0)
    if not feed.ring.ready or epoch != feed.ring.epoch or end < feed.ring.last:
        feed.ring.start(epoch, end)

    def take(seq: int, _: str, body: bytes) -> None:
        feed.ring.append(seq, body)

    await hear(feed.bus, EVENTS, _consumer(feed.ring.last + 1), take)


def _consumer(start: int) -> ConsumerConfig:
    return ConsumerConfig(
        name=new_id("live"),
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=start,
        ack_policy=AckPolicy.NONE,
        max_deliver=1,
        mem_storage=True,
        num_replicas=1,
        idle_heartbeat=HEARTBEAT_SECONDS,
        inactive_threshold=30.0,
    )
