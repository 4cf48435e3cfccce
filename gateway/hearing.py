"""A stream of the bus, heard live, in the consumer's own count, whatever happens to the server or to the stream."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NoReturn

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import ConsumerConfig
from nats.js.client import JetStreamContext

from gateway.bus import Bus
from health.ended import ended
from messages.streams import pending_in, sequences_in

HEARTBEAT_SECONDS = 2.0
SILENCE_SECONDS = 3 * HEARTBEAT_SECONDS
API_SECONDS = 3.0
PAUSE_SECONDS = 0.5
PENDING_MESSAGES = 20_000
PENDING_BYTES = 64 * 2**20

log = structlog.get_logger("gateway.hearing")

Take = Callable[[int, str, bytes], None]
"""Is given each message with its sequence in the stream, and its subject as it is stored."""


class GapError(Exception):
    """The consumer was lost or a message of it: it is made again."""


async def keep_hearing(connected: asyncio.Event, once: Callable[[], Awaitable[None]]) -> None:
    """Hears until cancelled; on a new connection at once anew: the consumer died with the old."""
    await connected.wait()
    while True:
        connected.clear()
        hearing = asyncio.create_task(_once(once))
        reconnected = asyncio.create_task(connected.wait())
        try:
            await asyncio.wait({hearing, reconnected}, return_when=asyncio.FIRST_COMPLETED)
            if hearing.done():
                await asyncio.wait({reconnected}, timeout=PAUSE_SECONDS)
        finally:
            await ended((hearing, reconnected))


async def _once(once: Callable[[], Awaitable[None]]) -> None:
    try:
        await once()
    except GapError as why:
        log.info("hear_again", reason=str(why))
    except (NatsError, OSError, TimeoutError, ValueError) as why:
        log.warning("hearing_failed", error=type(why).__name__, detail=str(why))


async def hear(
    bus: Bus, stream: str, consumer: ConsumerConfig, take: Take, quiet: Callable[[], None] | None = None
) -> NoReturn:
    """All that the consumer is given, until something of it is missing: GapError.

    `quiet` is called whenever all there is has been given: at once if there was nothing, and with each heartbeat.
    """
    jetstream = bus.client.jetstream(timeout=API_SECONDS)
    inbox = bus.client.new_inbox()
    hearing = _Hearing(take, quiet)
    live = await bus.client.subscribe(
        inbox, cb=hearing.hear, pending_msgs_limit=PENDING_MESSAGES, pending_bytes_limit=PENDING_BYTES
    )
    try:
        made = await jetstream.add_consumer(stream, consumer, deliver_subject=inbox)
        if quiet and not made.num_pending:
            quiet()
        await hearing.until_something_is_missing()
    finally:
        with contextlib.suppress(NatsError, OSError):
            await live.unsubscribe()
            await forget(bus, jetstream, stream, str(consumer.name))


@dataclass(eq=False)
class _Hearing:
    """Takes each message as it comes, in the consumer's own count, and notices what is missing."""

    take: Take
    quiet: Callable[[], None] | None
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
        except (GapError, ValueError, IndexError) as why:
            self.gap.set_result(str(why))

    async def until_something_is_missing(self) -> NoReturn:
        """Raises GapError, also when not even heartbeats come any more."""
        while True:
            before = self.heard
            done, _ = await asyncio.wait({self.gap}, timeout=SILENCE_SECONDS)
            if done:
                raise GapError(self.gap.result())
            if self.heard == before:
                raise GapError("silence")

    def _take(self, message: Msg) -> None:
        if message.headers and message.headers.get("Status") == "100":
            if int(message.headers.get("Nats-Last-Consumer", "0")) >= self.expected:
                raise GapError("messages were dropped before a heartbeat")
            if self.quiet:
                self.quiet()
            return
        stream_seq, consumer_seq = sequences_in(message.reply)
        if consumer_seq != self.expected:
            raise GapError("a message is missing")
        self.take(stream_seq, message.subject, message.data)
        self.expected += 1
        if self.quiet and not pending_in(message.reply):
            self.quiet()


async def forget(bus: Bus, jetstream: JetStreamContext, stream: str, name: str) -> None:
    """The server forgets it by itself as well, only later."""
    if not bus.connected:
        return
    with contextlib.suppress(NatsError, OSError, TimeoutError):
        await jetstream.delete_consumer(stream, name)
