"""Says what a partition has committed: strictly in order, each once, whatever happens to the connection.

Order and once come from the connection: it is our own, it never reconnects, and what it held back dies with it. So the
stream holds a prefix of what was written to it. A new connection first looks what the stream holds of ours, and goes on
after that.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import Error as JetStreamError
from pydantic_core import from_json
from structlog.stdlib import get_logger

from actors.runtime.wholeness import StreamCut, must_hold
from health.crash import crash_point
from health.metrics import PUBLISHED
from messages.streams import ORIGIN_HEADER
from storage.journal import JournalRow

BATCH_MAX = 512
WAITING_MAX = 8
"""Turns that are committed and not yet said; then the partition waits."""

ACK_SECONDS = 5

_log = get_logger()


@dataclass(frozen=True, slots=True)
class Utterance:
    """The rows of one turn and what to do once they are said: it gets the stream sequence of each journal position."""

    rows: Sequence[JournalRow]
    then: Callable[[dict[int, int]], Awaitable[None]] | None = None


@dataclass(slots=True)
class Voice:
    """One partition's ordered publisher. `notes` are stream sequences to be written with the next turn.

    `cut` says what is wrong while a stream lacks what it had: then nothing is said.
    """

    actor: str
    partition: int
    nats_url: str
    still_ours: Callable[[], bool]
    last_known: dict[str, int]
    notes: dict[int, int] = field(default_factory=dict)
    cut: str | None = None
    _waiting: deque[Utterance] = field(default_factory=deque)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _room: asyncio.Event = field(default_factory=asyncio.Event)
    _said: dict[int, int] = field(default_factory=dict)
    _acks: dict[int, Msg] = field(default_factory=dict)
    _all_acked: asyncio.Event = field(default_factory=asyncio.Event)
    _expected: int = 0

    async def say(self, utterance: Utterance) -> None:
        """Queues it; waits while too much is unsaid."""
        self._waiting.append(utterance)
        self._news.set()
        while len(self._waiting) > WAITING_MAX:
            self._room.clear()
            await self._room.wait()

    @property
    def unsaid(self) -> int:
        """Rows that wait for their acknowledgement."""
        return sum(len(utterance.rows) for utterance in self._waiting)

    def recall(self, rows: Sequence[JournalRow]) -> None:
        """What an earlier holder committed and perhaps did not say."""
        for start in range(0, len(rows), BATCH_MAX):
            self._waiting.append(Utterance(rows[start : start + BATCH_MAX]))

    async def until_silent(self) -> None:
        """Returns when everything is said."""
        while self._waiting:
            self._room.clear()
            await self._room.wait()

    def take_notes(self) -> dict[int, int]:
        """The notes, for a turn that will write them."""
        notes, self.notes = self.notes, {}
        return notes

    async def run(self) -> None:
        """Until cancelled: a connection, and a new one when it breaks."""
        pause_seconds = 0.05
        while True:
            try:
                await self._listen_for_news()
                await self._with_connection()
                pause_seconds = 0.05
            except StreamCut as error:
                self.cut = str(error)
                _log.error("voice.stream_cut", partition=self.partition, why=self.cut)
                await asyncio.sleep(1)
            except (NatsError, JetStreamError, TimeoutError, OSError, PublishFailed) as error:
                _log.warning("voice.retry", partition=self.partition, error=repr(error))
                await asyncio.sleep(pause_seconds)
                pause_seconds = min(2.0, pause_seconds * 2)

    async def _with_connection(self) -> None:
        client = await nats.connect(
            self.nats_url,
            name=f"{self.actor}-voice-{self.partition}",
            allow_reconnect=False,
            connect_timeout=2,
            ping_interval=5,
            inbox_prefix=f"_INBOX_{self.actor}".encode(),
            error_cb=_report,
        )
        try:
            inbox = client.new_inbox()
            await client.subscribe(f"{inbox}.*", cb=self._acked)
            await self._must_be_whole(client)
            await self._skip_what_the_stream_holds(client)
            while True:
                await self._listen_for_news()
                await self._say_what_waits(client, inbox)
        finally:
            with contextlib.suppress(NatsError, OSError, TimeoutError):
                await asyncio.wait_for(client.close(), 2)

    async def _must_be_whole(self, client: Client) -> None:
        """A number that was given out must not be given to another message."""
        for stream, seq in self.last_known.items():
            await must_hold(client, stream, seq, f"{self.actor}/{self.partition}")
        self.cut = None

    async def _listen_for_news(self) -> None:
        while not self._waiting:
            self._news.clear()
            await self._news.wait()

    async def _say_what_waits(self, client: Client, inbox: str) -> None:
        """All rows of the turns that wait now, written one after the other, their acknowledgements awaited together."""
        turns: list[Utterance] = []
        rows: list[JournalRow] = []
        for turn in self._waiting:
            if turns and len(rows) + len(turn.rows) > BATCH_MAX:
                break
            turns.append(turn)
            rows.extend(row for row in turn.rows if row.seq not in self._said)
        if rows:
            self._said.update(await self._publish(client, inbox, rows))
        for turn in turns:
            await self._conclude(turn)

    async def _conclude(self, turn: Utterance) -> None:
        said = {row.seq: self._said.pop(row.seq) for row in turn.rows}
        for row in turn.rows:
            self.last_known[row.stream] = max(self.last_known.get(row.stream, 0), said[row.seq])
        self.notes.update(said)
        self._waiting.popleft()
        self._room.set()
        crash_point("after_publish")
        if turn.then is not None:
            await turn.then(said)

    async def _publish(self, client: Client, inbox: str, rows: Sequence[JournalRow]) -> dict[int, int]:
        self._acks, self._expected = {}, len(rows)
        self._all_acked.clear()
        for row in rows:
            if not client.is_connected or not self.still_ours():
                raise PublishFailed("the connection or the lease is gone")
            headers = {
                "Nats-Msg-Id": row.id,
                "Nats-Expected-Stream": row.stream,
                ORIGIN_HEADER: f"{self.actor}/{self.partition}/{row.seq}",
            }
            await client.publish(row.subject, row.message.encode(), reply=f"{inbox}.{row.seq}", headers=headers)
            crash_point("mid_publish")
        async with asyncio.timeout(ACK_SECONDS):
            await self._all_acked.wait()
        said = {row.seq: _sequence_in(self._acks[row.seq], row) for row in rows}
        PUBLISHED.inc(len(rows))
        return said

    async def _acked(self, message: Msg) -> None:
        self._acks[int(message.subject.rpartition(".")[2])] = message
        if len(self._acks) >= self._expected:
            self._all_acked.set()

    async def _skip_what_the_stream_holds(self, client: Client) -> None:
        """An earlier connection may have got further than its acknowledgements told."""
        rows = [row for turn in self._waiting for row in turn.rows if row.seq not in self._said]
        for stream in {row.stream for row in rows}:
            subjects = {f"{row.subject.rpartition('.')[0]}.{self.partition}" for row in rows if row.stream == stream}
            held = await self._held_since(client, stream, sorted(subjects), self.last_known.get(stream, 0))
            self._said.update({row.seq: held[row.seq] for row in rows if row.seq in held})

    async def _held_since(self, client: Client, stream: str, subjects: list[str], seq: int) -> dict[int, int]:
        """Journal position -> stream sequence of our messages after `seq`."""
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=seq + 1,
            ack_policy=AckPolicy.NONE,
            filter_subjects=subjects,
            headers_only=True,
            inactive_threshold=10,
            mem_storage=True,
        )
        held: dict[int, int] = {}
        consumer = await client.jetstream(timeout=3).pull_subscribe("", stream=stream, config=config)
        try:
            pending = (await consumer.consumer_info()).num_pending
            while pending:
                for message in await consumer.fetch(min(pending, 256), timeout=3):
                    pending = message.metadata.num_pending
                    actor, partition, position = (message.headers or {}).get(ORIGIN_HEADER, "//0").split("/")
                    if actor == self.actor and partition == str(self.partition):
                        held[int(position)] = message.metadata.sequence.stream
        finally:
            await consumer.unsubscribe()
        return held


class PublishFailed(Exception):
    """The stream did not take a message, or we may no longer speak."""


def _sequence_in(ack: Msg, row: JournalRow) -> int:
    if ack.headers and ack.headers.get("Status") == "503":
        raise PublishFailed(f"no stream takes {row.subject}")
    answer = from_json(ack.data)
    if "error" in answer:
        raise PublishFailed(f"{row.subject}: {answer['error']}")
    return answer["seq"]


async def _report(error: Exception) -> None:
    _log.warning("voice.error", error=repr(error))
