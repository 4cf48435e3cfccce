"""What a stream holds of what was said on it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asyncpg import Connection
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StreamInfo
from nats.js.errors import NotFoundError

from messages.streams import ORIGIN_HEADER
from storage.streams import Noted, Row, Voice, noted_at

_PAGE: Final = 256


async def info_of(jetstream: JetStreamContext, stream: str) -> StreamInfo | None:
    """None when there is no such stream."""
    try:
        return await jetstream.stream_info(stream)
    except NotFoundError:
        return None


async def holds(jetstream: JetStreamContext, info: StreamInfo, voice: Voice, noted: Noted) -> bool:
    """Whether the row stands where it was noted. What is older than the stream's first message is not missed."""
    if noted.number < info.state.first_seq:
        return True
    if noted.number > info.state.last_seq:
        return False
    try:
        message = await jetstream.get_msg(info.config.name or "", noted.number, direct=True)
    except NotFoundError:
        return False
    return (message.headers or {}).get(ORIGIN_HEADER) == f"{voice.actor}/{voice.partition}/{noted.position}"


@dataclass(frozen=True, slots=True)
class Held:
    """A stream of which what was said before `since` is not missed."""

    jetstream: JetStreamContext
    info: StreamInfo | None
    since: datetime

    async def has(self, voice: Voice, noted: Noted) -> bool:
        """Whether the row need not be put back."""
        if noted.recorded_at < self.since:
            return True
        if self.info is None or not self.info.state.messages:
            return False
        return await holds(self.jetstream, self.info, voice, noted)


async def first_lost(connection: Connection, held: Held, stream: str, voice: Voice, last: Noted) -> int | None:
    """The position of the voice's first row that the stream lacks, None when it lacks none.

    What a stream loses is its tail, and a voice's numbers rise with its positions: so the journal is halved.
    """
    if await held.has(voice, last):
        return None
    low, high = 1, last.position
    while low < high:
        middle = (low + high) // 2
        noted = await noted_at(connection, stream, voice, middle)
        if noted is not None and await held.has(voice, noted):
            low = noted.position + 1
        else:
            high = middle
    return low


async def numbers_of(
    jetstream: JetStreamContext, info: StreamInfo, lasts: Mapping[Voice, Noted], rows: Sequence[Row]
) -> dict[Row, int]:
    """Those of the rows that the stream holds after all, although nobody noted their number."""
    if not rows or not info.state.messages:
        return {}
    sought = {f"{row.voice.actor}/{row.voice.partition}/{row.position}": row for row in rows}
    after = min(lasts[row.voice].number if row.voice in lasts else 0 for row in rows)
    subjects = {f"{row.subject.rpartition('.')[0]}.{row.voice.partition}" for row in rows}
    found: dict[Row, int] = {}
    for origin, seq in await _origins(jetstream, info.config.name or "", sorted(subjects), after):
        if origin in sought:
            found.setdefault(sought[origin], seq)
    return found


async def _origins(
    jetstream: JetStreamContext, stream: str, subjects: Collection[str], after: int
) -> list[tuple[str, int]]:
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=after + 1,
        ack_policy=AckPolicy.NONE,
        filter_subjects=list(subjects),
        headers_only=True,
        inactive_threshold=10,
        mem_storage=True,
    )
    found: list[tuple[str, int]] = []
    consumer = await jetstream.pull_subscribe("", stream=stream, config=config)
    try:
        pending = (await consumer.consumer_info()).num_pending or 0
        while pending:
            for message in await consumer.fetch(min(pending, _PAGE), timeout=5):
                pending = message.metadata.num_pending
                found.append(((message.headers or {}).get(ORIGIN_HEADER, ""), message.metadata.sequence.stream))
    finally:
        await consumer.unsubscribe()
    return found
