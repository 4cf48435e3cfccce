"""Hears messages on NATS: live as they are said, or from a place in a stream on, without a gap or a double."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StreamState
from nats.js.errors import Error as JetStreamError
from nats.js.errors import NotFoundError

from pocketpay.bus import connected
from pocketpay.program import StartFailed
from pocketpay.tail.lines import read, type_in
from pocketpay.tail.wanted import Wanted, stream_of, with_entity

HEARTBEAT_SECONDS: Final = 5
SILENCE_SECONDS: Final = 12
PAUSE_SECONDS: Final = 0.5
PAGE: Final = 500
LOOK_BACK_FACTOR: Final = 4

Show = Callable[[str, bytes, datetime], None]
"""Is given a message that fits: its subject with the entity, its bytes, and when it came or was stored."""


@dataclass(frozen=True, slots=True)
class Start:
    """Begin with what was said in the last `since`, or with the `last` that fit; else with what comes now."""

    since: timedelta | None = None
    last: int | None = None


async def follow(nats_url: str, wish: Wanted, start: Start, show: Show) -> None:
    """Shows every message that fits, until cancelled. Raises StartFailed when it can't hear, or can't hear that."""
    trouble = asyncio.get_running_loop().create_future()
    async with connected(nats_url, trouble) as client:
        hearing = asyncio.ensure_future(_hear(client, wish, start, show))
        try:
            done, _ = await asyncio.wait({hearing, trouble}, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        finally:
            hearing.cancel()
            trouble.cancel()
            await asyncio.wait({hearing})


async def _hear(client: Client, wish: Wanted, start: Start, show: Show) -> None:
    if start.since is None and start.last is None:
        return await _live(client, wish, show)
    stream, pattern = stream_of(wish)
    state = await _state(client, stream)
    if start.since is not None:
        since = datetime.now(UTC) - start.since
        config = ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_TIME, opt_start_time=since)
    else:
        for message in await _last(client, stream, pattern, wish, start.last or 0, state):
            show(*_told(message))
        config = _from(state.last_seq + 1)
    async for message in _read_on(client, stream, pattern, config):
        if _fits(wish, message):
            show(*_told(message))
    return None


async def _live(client: Client, wish: Wanted, show: Show) -> None:
    async def hear(message: Msg) -> None:
        if wish.takes(message.subject, type_in(message.subject, read(message.data))):
            show(message.subject, message.data, datetime.now(UTC))

    for subject in wish.subjects:
        await client.subscribe(subject, cb=hear)
    await asyncio.Event().wait()


async def _state(client: Client, stream: str) -> StreamState:
    try:
        return (await client.jetstream().stream_info(stream)).state
    except NotFoundError:
        raise StartFailed(f"there is no stream {stream}: `pocketpay provision` makes it") from None


async def _last(
    client: Client, stream: str, pattern: str, wish: Wanted, count: int, state: StreamState
) -> Iterable[Msg]:
    """The last that fit, up to the state's end. Looks back in growing steps: most messages may not fit."""
    first, reach = max(state.first_seq, 1), LOOK_BACK_FACTOR * count
    while True:
        begin = max(first, state.last_seq + 1 - reach)
        found: deque[Msg] = deque(maxlen=count)
        async for message in _until_end(client, stream, pattern, begin):
            if message.metadata.sequence.stream <= state.last_seq and _fits(wish, message):
                found.append(message)
        if len(found) == count or begin == first:
            return found
        reach *= LOOK_BACK_FACTOR


async def _until_end(client: Client, stream: str, pattern: str, begin: int) -> AsyncIterator[Msg]:
    """What a stream holds just now from a sequence on."""
    config = _from(begin)
    config.filter_subject, config.ack_policy, config.mem_storage = pattern, AckPolicy.NONE, True
    consumer = await client.jetstream().pull_subscribe("", stream=stream, config=config)
    try:
        pending = (await consumer.consumer_info()).num_pending
        while pending:
            for message in await consumer.fetch(min(pending, PAGE), timeout=5):
                pending = message.metadata.num_pending
                yield message
    finally:
        await consumer.unsubscribe()


async def _read_on(client: Client, stream: str, pattern: str, config: ConsumerConfig) -> AsyncIterator[Msg]:
    """For ever: whatever looks odd is answered by a new consumer behind the last message that came."""
    while True:
        with contextlib.suppress(NatsError, JetStreamError, TimeoutError, OSError):
            async for message in _consumed(client, stream, pattern, config):
                config = _from(message.metadata.sequence.stream + 1)
                yield message
        await asyncio.sleep(PAUSE_SECONDS)


async def _consumed(client: Client, stream: str, pattern: str, config: ConsumerConfig) -> AsyncIterator[Msg]:
    """Until a message is missing or the server falls silent."""
    inbox = client.new_inbox()
    subscription = await client.subscribe(inbox)
    try:
        pushed = config.evolve(
            deliver_subject=inbox,
            filter_subject=pattern,
            ack_policy=AckPolicy.NONE,
            flow_control=True,
            idle_heartbeat=HEARTBEAT_SECONDS,
            mem_storage=True,
        )
        await client.jetstream().add_consumer(stream, pushed)
        expected = 1
        while True:
            message = await subscription.next_msg(timeout=SILENCE_SECONDS)
            if message.headers and "Status" in message.headers:
                if message.reply:  # flow control: the server waits for it
                    await client.publish(message.reply)
            elif message.metadata.sequence.consumer == expected:
                expected += 1
                yield message
            else:
                return
    finally:
        with contextlib.suppress(NatsError, OSError):
            await subscription.unsubscribe()


def _from(sequence: int) -> ConsumerConfig:
    return ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=sequence)


def _fits(wish: Wanted, message: Msg) -> bool:
    subject, _, _ = _told(message)
    return wish.takes(subject, type_in(subject, read(message.data)))


def _told(message: Msg) -> tuple[str, bytes, datetime]:
    entity = (read(message.data) or {}).get("subject")
    subject = with_entity(message.subject, entity) if isinstance(entity, str) else message.subject
    return subject, message.data, message.metadata.timestamp
