"""A partition of an actor: one loop over everything that reaches it, as long as this process holds the lease."""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from nats.errors import Error as NatsError
from structlog.stdlib import get_logger

from actors.runtime.batch import Turn
from actors.runtime.buffer import Buffer
from actors.runtime.calls import Caller
from actors.runtime.counting import count
from actors.runtime.decision import FellDue
from actors.runtime.mailbox import Mailbox
from actors.runtime.memory import Memory, States
from actors.runtime.pipeline import Pipeline
from actors.runtime.privacy import shown
from actors.runtime.reading import Incoming, Letter, from_alarm
from actors.runtime.replies import replies_of, tell
from actors.runtime.retrying import Retry
from actors.runtime.surroundings import LEASE_SECONDS, Surroundings
from actors.runtime.voice import Utterance, Voice
from health.ended import ended
from messages.envelope import Command
from messages.subjects import COMMANDS, EVENTS, commands_of, events_of, parked_subject
from storage.inbox import running_commands
from storage.journal import last_noted, unpublished
from storage.parked import ParkedRow, Retried, blocked_entities
from storage.partition import Holding
from storage.work import Alarm, calls_left_open

BATCH_MAX = 256
AHEAD_MIN = 64
"""So many are decided while the turn before is on its way; fewer do better to share a commit with those to come."""

QUIET_SECONDS = 0.25
"""After so long without a message, what is still to be noted is written by a turn of its own."""

DRAIN_SECONDS = 5
PARKED_COPY_BYTES_MAX = 100_000

_log = get_logger()


class Partition:
    """Everything of one partition that lives as long as the lease."""

    def __init__(self, around: Surroundings, holding: Holding) -> None:
        self.number, self.epoch = holding.partition, holding.epoch
        self.lease_until = time.monotonic() + LEASE_SECONDS
        self.buffer = Buffer()
        self.caller = Caller(around.actor.perform, self.buffer.put)
        self.mailboxes: dict[str, Mailbox] = {}
        self.voice = Voice(around.actor.name, self.number, around.nats_url, self.still_ours, {})
        memory = Memory(holding, States(around.actor.remembers))
        self.pipeline = Pipeline(around, memory, self.voice, self.buffer, self._go_on)
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
                await ended(helpers)
                await self.pipeline.stop()
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
        idle = not self.buffer and self.pipeline.memory.holding.cursors.get(EVENTS, 0) < stream_end
        if mailbox is not None and idle and await mailbox.nothing_waits():
            self.buffer.put_cursor(EVENTS, stream_end)

    async def _remember(self) -> None:
        """What the tables say of this partition, before anything new is looked at."""
        around, number = self._around, self.number
        running = await running_commands(around.pool, number)
        self.pipeline.memory = replace(
            self.pipeline.memory,
            running={command_id: Command.model_validate_json(text) for command_id, text in running.items()},
            blocked=frozenset(await blocked_entities(around.pool, number)),
        )
        self.voice.last_known = await last_noted(around.pool, number)
        self.voice.recall(await unpublished(around.pool, number))
        for call in await calls_left_open(around.pool, number):
            self.caller.go_on(call)
        for stream, filters in self._filters().items():
            name = f"{around.actor.name}-{number}-{self.epoch}"
            cursor = self.pipeline.memory.holding.cursors.get(stream, 0)
            self.mailboxes[stream] = Mailbox(around.client, name, stream, filters, cursor, self.buffer.put)

    def _filters(self) -> dict[str, list[str]]:
        actor = self._around.actor
        filters = {COMMANDS: [commands_of(actor.name, self.number)]}
        if actor.hears:
            filters[EVENTS] = sorted(events_of(kind, self.number) for kind in actor.hears)
        return filters

    async def _loop(self) -> None:
        pipeline = self.pipeline
        while not self._draining:
            await pipeline.settle_what_ended()
            items = await self.buffer.take(BATCH_MAX, QUIET_SECONDS, AHEAD_MIN if pipeline.busy else 1)
            if items:
                await pipeline.take(items)
            elif not pipeline.busy and (self.voice.notes or self.buffer.cursors_moved):
                await pipeline.keep_the_news()
            await self.caller.until_there_is_room()
        await pipeline.settle()

    async def _go_on(self, turn: Turn) -> None:
        """After its commit."""
        for stream, mailbox in self.mailboxes.items():
            mailbox.taken(sum(1 for item in turn.items if isinstance(item, Letter) and item.stream == stream))
        for item in turn.items:
            if isinstance(item, Incoming) and isinstance(item.message, FellDue):
                self._ringing.discard((item.message.tenant, item.message.entity))
        # What is due already need not wait for the next look at the table.
        self.ring(turn.effects.alarms_due())
        await self._say(turn)
        if any(isinstance(item, Retry) for item in turn.items):
            blocked = await blocked_entities(self._around.pool, self.number)
            self.pipeline.memory = replace(self.pipeline.memory, blocked=frozenset(blocked))
            self.retries += 1
            self._retrying = False

    async def _say(self, turn: Turn) -> None:
        """Calls begin right after the commit; who waits is told once the events are on their stream."""
        for call in turn.effects.calls:
            self.caller.begin(call)
        count(turn)
        replies, client = replies_of(self.pipeline.memory, turn), self._around.client
        if turn.effects.journal or replies:
            then = turn.trace.telling(turn.effects.journal, partial(tell, client, replies))
            await self.voice.say(Utterance(turn.effects.journal, then))
        else:
            turn.trace.end()
        for row in turn.parked:
            await self._show_parked(row)

    async def _show_parked(self, row: ParkedRow) -> None:
        """A copy for whoever watches; the row in the table is the truth."""
        actor = self._around.actor
        subject = parked_subject(row.tenant or "unknown", actor.name, row.reason)
        try:
            await self._around.client.publish(subject, shown(row, actor.private)[:PARKED_COPY_BYTES_MAX])
        except NatsError as error:
            _log.warning("parked.not_shown", error=repr(error))

    async def _say_the_rest(self) -> None:
        """On the way out: what is committed is also said and noted, if that can be done in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await self.voice.until_silent()
                if self.voice.notes:
                    await self.pipeline.keep_the_news()
