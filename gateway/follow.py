"""EVENTS, read live into the ring, whatever happens to the server or to the stream."""

import asyncio
import contextlib
from dataclasses import dataclass, field

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.client import JetStreamContext

from gateway.bus import Bus
from gateway.ring import Ring
from health.ended import ended
from messages.ids import new_id
from messages.streams import BEGAN, EPOCH, is_being_made, number_in, sequences_in
from messages.subjects import EVENTS

HEARTBEAT_SECONDS = 2.0
SILENCE_SECONDS = 3 * HEARTBEAT_SECONDS
API_SECONDS = 3.0
PAUSE_SECONDS = 0.5
PAGES_AT_ONCE = 16
PENDING_MESSAGES = 20_000
PENDING_BYTES = 64 * 2**20

log = structlog.get_logger("gateway.follow")


class _GapError(Exception):
    """The consumer was lost or a message of it: it is made again after the last that was seen."""


@dataclass(eq=False)
class Feed:
    """The ring of a gateway and the way to what is older."""

    bus: Bus
    ring: Ring = field(default_factory=Ring)
    pages: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PAGES_AT_ONCE))
    connected: asyncio.Event = field(default_factory=asyncio.Event)


async def keep_following(feed: Feed) -> None:
    """Fills the ring until cancelled; on a new connection at once anew: the consumer died with the old."""
    await feed.connected.wait()
    while True:
        feed.connected.clear()
        following = asyncio.create_task(_follow_once(feed))
        reconnected = asyncio.create_task(feed.connected.wait())
        try:
            await asyncio.wait({following, reconnected}, return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                await asyncio.wait({reconnected}, timeout=PAUSE_SECONDS)
        finally:
            await ended((following, reconnected))


async def _follow_once(feed: Feed) -> None:
    try:
        await _follow(feed)
    except _GapError as why:
        log.info("follow_again", reason=str(why), after=feed.ring.last)
    except (NatsError, OSError, TimeoutError, ValueError) as why:
        log.warning("follow_failed", error=type(why).__name__, detail=str(why))


async def _follow(feed: Feed) -> None:
    jetstream = feed.bus.client.jetstream(timeout=API_SECONDS)
    info = await jetstream.stream_info(EVENTS)
    if is_being_made(info.config.subjects):
        raise _GapError("the stream is being made again")
    epoch, end = number_in(info.config.metadata, EPOCH, 1), info.state.last_seq
    feed.ring.began = number_in(info.config.metadata, BEGAN, 0)
    if not feed.ring.ready or epoch != feed.ring.epoch or end < feed.ring.last:
        feed.ring.start(epoch, end)
    inbox = feed.bus.client.new_inbox()
    hearing = _Hearing(feed.ring)
    live = await feed.bus.client.subscribe(
        inbox, cb=hearing.hear, pending_msgs_limit=PENDING_MESSAGES, pending_bytes_limit=PENDING_BYTES
    )
    name = new_id("live")
    try:
        await jetstream.add_consumer(EVENTS, _live_consumer(name, inbox, feed.ring.last + 1))
        await hearing.until_something_is_missing()
    finally:
        with contextlib.suppress(NatsError, OSError):
            await live.unsubscribe()
            await forget(feed.bus, jetstream, name)


def _live_consumer(name: str, inbox: str, start: int) -> ConsumerConfig:
    return ConsumerConfig(
        name=name,
        deliver_subject=inbox,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=start,
        ack_policy=AckPolicy.NONE,
        max_deliver=1,
        mem_storage=True,
        num_replicas=1,
        idle_heartbeat=HEARTBEAT_SECONDS,
        inactive_threshold=30.0,
    )


@dataclass(eq=False)
class _Hearing:
    """Takes each message as it comes, in the consumer's own count, and notices what is missing."""

    ring: Ring
    expected: int = 1
    heard: int = 0
    gap: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    async def hear(self, message: Msg) -> None:
        """A message or a heartbeat; nothing more is taken once one is missing."""
        if self.gap.done():
            return
        self.heard += 1
        try:
            self._take(message)
        except (_GapError, ValueError, IndexError) as why:
            self.gap.set_result(str(why))

    async def until_something_is_missing(self) -> None:
        """Raises _GapError, also when not even heartbeats come any more."""
        while True:
            before = self.heard
            done, _ = await asyncio.wait({self.gap}, timeout=SILENCE_SECONDS)
            if done:
                raise _GapError(self.gap.result())
            if self.heard == before:
                raise _GapError("silence")

    def _take(self, message: Msg) -> None:
        if message.headers and message.headers.get("Status") == "100":
            if int(message.headers.get("Nats-Last-Consumer", "0")) >= self.expected:
                raise _GapError("messages were dropped before a heartbeat")
            return
        stream_seq, consumer_seq = sequences_in(message.reply)
        if consumer_seq != self.expected:
            raise _GapError("a message is missing")
        self.ring.append(stream_seq, message.data)
        self.expected += 1


async def forget(bus: Bus, jetstream: JetStreamContext, name: str) -> None:
    """The server forgets it by itself as well, only later."""
    if not bus.connected:
        return
    with contextlib.suppress(NatsError, OSError, TimeoutError):
        await jetstream.delete_consumer(EVENTS, name)
