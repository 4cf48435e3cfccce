"""A partition of an actor: one loop over everything that reaches it, as long as this process holds the lease."""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import asyncpg
from nats.aio.client import Client
from nats.errors import Error as NatsError
from structlog.stdlib import get_logger

from actors.runtime.actor import Actor
from actors.runtime.batch import Item, Turn, begin_turn, statements_of
from actors.runtime.buffer import Buffer
from actors.runtime.calls import Caller
from actors.runtime.clock import DatabaseClock
from actors.runtime.committing import FIRST_PAUSE_SECONDS, commit, pause
from actors.runtime.counting import count
from actors.runtime.decision import FellDue
from actors.runtime.mailbox import Mailbox
from actors.runtime.memory import Memory
from actors.runtime.reading import Incoming, Letter, from_alarm
from actors.runtime.replies import replies_of, tell
from actors.runtime.retrying import Retry
from actors.runtime.turn import aside, decide_turn
from actors.runtime.voice import Utterance, Voice
from health.crash import crash_point
from health.metrics import BATCH_SIZE, COMMIT_SECONDS, DECIDE_SECONDS
from messages.envelope import Command
from messages.subjects import COMMANDS, EVENTS, commands_of, events_of, parked_subject
from storage.inbox import running_commands
from storage.journal import last_noted, unpublished
from storage.parked import ParkedRow, Retried, blocked_entities
from storage.partition import Holding
from storage.pool import DATA_ERRORS, WORLD_ERRORS
from storage.work import Alarm, calls_left_open

BATCH_MAX = 256
LEASE_SECONDS = 3.0
QUIET_SECONDS = 0.25
"""After so long without a message, what is still to be noted is written by a turn of its own."""

DRAIN_SECONDS = 5
PARKED_COPY_BYTES_MAX = 100_000

_log = get_logger()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the partitions of a process share."""

    actor: Actor
    pool: asyncpg.Pool
    client: Client
    clock: DatabaseClock
    nats_url: str


class Partition:
    """Everything of one partition that lives as long as the lease."""

    def __init__(self, around: Surroundings, holding: Holding) -> None:
        self.number, self.epoch = holding.partition, holding.epoch
        self.lease_until = time.monotonic() + LEASE_SECONDS
        self.memory = Memory(holding, running={}, blocked=set())
        self.buffer = Buffer()
        self.caller = Caller(around.actor.perform, self.buffer.put)
        self.mailboxes: dict[str, Mailbox] = {}
        self.voice = Voice(around.actor.name, self.number, around.nats_url, self.still_ours, {})
        self._around = around
        self._ringing: set[tuple[str, str]] = set()
        self.retries = 0
        self._retrying = False
        self._draining = False

    def still_ours(self) -> bool:
        """By our own steady counter; the fence in the table is what decides."""
        return time.monotonic() < self.lease_until

    @property
    def cut(self) -> str | None:
        """What a stream lacks that it had, in words."""
        return self.voice.cut or next((mailbox.cut for mailbox in self.mailboxes.values() if mailbox.cut), None)

    def ring(self, alarms: Iterable[Alarm]) -> None:
        """Times that have come, each once."""
        for alarm in alarms:
            if (alarm.tenant, alarm.entity) not in self._ringing:
                self._ringing.add((alarm.tenant, alarm.entity))
                self.buffer.put(from_alarm(FellDue(alarm.tenant, alarm.entity, alarm.due_at)))

    async def run(self) -> None:
        """Until cancelled, drained or fenced. Raises Fenced when somebody else holds the partition."""
        await self._remember()
        async with asyncio.TaskGroup() as tasks:
            helpers = [tasks.create_task(self.voice.run())]
            helpers += [tasks.create_task(mailbox.run()) for mailbox in self.mailboxes.values()]
            try:
                await self._loop()
                await self._say_the_rest()
            finally:
                for helper in helpers:
                    helper.cancel()
                await self.caller.stop()

    def retry(self, rows: Sequence[Retried], retries: int) -> None:
        """Parked rows, as they were when `retries` had been made: what was looked up before a later one is stale."""
        if rows and not self._retrying and retries == self.retries:
            self._retrying = True
            self.buffer.put(Retry(rows))

    def drain(self) -> None:
        """Finish the turn at hand, say it, and end."""
        self._draining = True
        self.buffer.wake()

    async def catch_up_with(self, stream_end: int) -> None:
        """While nothing is to be done and nothing waits, the cursor of EVENTS moves to the stream's end."""
        mailbox = self.mailboxes.get(EVENTS)
        idle = not self.buffer and self.memory.holding.cursors.get(EVENTS, 0) < stream_end
        if mailbox is not None and idle and await mailbox.nothing_waits():
            self.buffer.put_cursor(EVENTS, stream_end)

    async def _remember(self) -> None:
        """What the tables say of this partition, before anything new is looked at."""
        around, number = self._around, self.number
        running = await running_commands(around.pool, number)
        self.memory.running = {command_id: Command.model_validate_json(text) for command_id, text in running.items()}
        self.memory.blocked = await blocked_entities(around.pool, number)
        self.voice.last_known = await last_noted(around.pool, number)
        self.voice.recall(await unpublished(around.pool, number))
        for call in await calls_left_open(around.pool, number):
            self.caller.begin(call)
        for stream, filters in self._filters().items():
            name = f"{around.actor.name}-{number}-{self.epoch}"
            cursor = self.memory.holding.cursors.get(stream, 0)
            self.mailboxes[stream] = Mailbox(around.client, name, stream, filters, cursor, self.buffer.put)

    def _filters(self) -> dict[str, list[str]]:
        actor = self._around.actor
        filters = {COMMANDS: [commands_of(actor.name, self.number)]}
        if actor.hears:
            filters[EVENTS] = sorted(events_of(kind, self.number) for kind in actor.hears)
        return filters

    async def _loop(self) -> None:
        while not self._draining:
            items = await self.buffer.take(BATCH_MAX, QUIET_SECONDS)
            if items:
                await self._take_turn(items)
                self._make_room(items)
            elif self._has_news_to_keep():
                await self._commit(self._quiet_turn())
            await self.caller.until_there_is_room()

    def _make_room(self, items: Sequence[Item]) -> None:
        for stream, mailbox in self.mailboxes.items():
            mailbox.taken(sum(1 for item in items if isinstance(item, Letter) and item.stream == stream))

    def _has_news_to_keep(self) -> bool:
        return bool(self.voice.notes) or self.buffer.cursors_moved

    def _quiet_turn(self) -> Turn:
        return begin_turn(self._around.actor, self.memory, [], self._now())

    async def _take_turn(self, items: Sequence[Item]) -> None:
        """Halves a batch that the database refuses, until the one message is found that it cannot take.

        First it takes the chance that no command among them was here before: that saves a round trip.
        """
        with contextlib.suppress(*DATA_ERRORS):  # what is wrong with it, if not that, shows again below
            return await self._commit(await self._decide(items, look_up=False))
        return await self._take_turn_carefully(items)

    async def _take_turn_carefully(self, items: Sequence[Item]) -> None:
        try:
            await self._commit(await self._decide(items, look_up=True))
        except DATA_ERRORS as error:
            if len(items) > 1:
                middle = len(items) // 2
                await self._take_turn_carefully(items[:middle])
                await self._take_turn_carefully(items[middle:])
            else:
                _log.exception("message.refused_by_database")
                await self._put_aside(items[0], error)

    async def _decide(self, items: Sequence[Item], *, look_up: bool) -> Turn:
        """The world may be down while we read; then the same batch again."""
        around, pause_seconds = self._around, FIRST_PAUSE_SECONDS
        while True:
            try:
                began = time.perf_counter()
                turn = await decide_turn(around.actor, self.memory, around.pool, items, self._now(), look_up=look_up)
            except DATA_ERRORS:
                raise
            except WORLD_ERRORS as error:
                pause_seconds = await pause(error, pause_seconds)
            else:
                DECIDE_SECONDS.observe(time.perf_counter() - began)
                BATCH_SIZE.observe(len(items))
                turn.trace.step("decide", began)
                return turn

    async def _put_aside(self, item: Item, error: Exception) -> None:
        """With its row in the inbox, unless that is what the database refuses."""
        around, memory = self._around, self.memory
        try:
            await self._commit(aside(around.actor, memory, item, error, self._now(), in_the_inbox=True))
        except DATA_ERRORS:
            await self._commit(aside(around.actor, memory, item, error, self._now(), in_the_inbox=False))

    async def _commit(self, turn: Turn) -> None:
        turn.notes = self.voice.take_notes()
        for stream, seq in self.buffer.take_cursors().items():
            turn.after.cursors[stream] = max(seq, turn.after.cursors.get(stream, 0))
        parts = statements_of(self._around.actor, turn)
        crash_point("mid_batch")
        began = time.perf_counter()
        try:
            await commit(self._around.pool, self.memory.holding, turn.after, parts, LEASE_SECONDS)
        except DATA_ERRORS:
            self.voice.notes = {**turn.notes, **self.voice.notes}
            raise
        COMMIT_SECONDS.observe(time.perf_counter() - began)
        turn.trace.step("commit", began)
        crash_point("after_commit")
        self._remember_turn(turn)
        await self._say(turn)
        if any(isinstance(item, Retry) for item in turn.items):
            self.memory.blocked = await blocked_entities(self._around.pool, self.number)
            self.retries += 1
            self._retrying = False

    def _remember_turn(self, turn: Turn) -> None:
        memory = self.memory
        memory.holding = turn.after
        memory.states.keep(turn.states)
        memory.blocked |= turn.blocked
        memory.running.update(turn.effects.left_running)
        for item in turn.items:
            if isinstance(item, Incoming) and isinstance(item.message, FellDue):
                self._ringing.discard((item.message.tenant, item.message.entity))

    async def _say(self, turn: Turn) -> None:
        """Calls begin right after the commit; who waits is told once the events are on their stream."""
        for call in turn.effects.calls:
            self.caller.begin(call)
        count(turn)
        replies, client = replies_of(self.memory, turn), self._around.client
        if turn.effects.journal or replies:
            then = turn.trace.telling(turn.effects.journal, partial(tell, client, replies))
            await self.voice.say(Utterance(turn.effects.journal, then))
        else:
            turn.trace.end()
        for row in turn.parked:
            await self._show_parked(row)

    async def _show_parked(self, row: ParkedRow) -> None:
        """A copy for whoever watches; the row in the table is the truth."""
        subject = parked_subject(row.tenant or "unknown", self._around.actor.name, row.reason)
        try:
            await self._around.client.publish(subject, row.message[:PARKED_COPY_BYTES_MAX])
        except NatsError as error:
            _log.warning("parked.not_shown", error=repr(error))

    async def _say_the_rest(self) -> None:
        """On the way out: what is committed is also said and noted, if that can be done in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await self.voice.until_silent()
                if self.voice.notes:
                    await self._commit(self._quiet_turn())

    def _now(self) -> datetime:
        return self._around.clock.now(not_before=self.memory.holding.clock)
