"""Which partitions this process holds: renews its leases, takes what is free, rings alarms, gives back at the end."""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError
from structlog.stdlib import get_logger

from actors.runtime.partition import Partition
from actors.runtime.surroundings import LEASE_SECONDS, Surroundings
from health.checks import Degraded
from messages.subjects import EVENTS
from storage.parked import to_retry
from storage.partition import Fenced, Holding, database_time, release, renew, take_free
from storage.pool import WORLD_ERRORS
from storage.work import alarms_due

LOOK_SECONDS = 0.5
IDLE_SECONDS = 2.0
BROKEN_SECONDS = 15.0
ALARMS_MAX = 1024

_log = get_logger()


@dataclass(slots=True)
class Tenure:
    """The partitions of one process. `holder` names it in the tables."""

    around: Surroundings
    holder: str
    held: dict[int, Partition] = field(default_factory=dict)
    broke_at: float = -math.inf
    _tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _ending: set[asyncio.Task[None]] = field(default_factory=set)
    _nudged: set[int] = field(default_factory=set)

    async def run(self) -> None:
        """Until cancelled. Every look has its own deadline, so that a slow database costs a lease, not the loop."""
        while True:
            for look in (self._renew, self._take_free, self._ring, self._retry):
                await self._safely(look)
            await asyncio.sleep(LOOK_SECONDS)

    async def nudge(self, number: int) -> None:
        """A reader waits for a position of this partition, and perhaps nothing is left to be heard before it."""
        partition = self.held.get(number)
        if partition is None or number in self._nudged:
            return
        self._nudged.add(number)
        try:
            info = await self.around.client.jetstream(timeout=1).stream_info(EVENTS)
            await partition.catch_up_with(info.state.last_seq)
        except (NatsError, JetStreamError, TimeoutError):
            return
        finally:
            self._nudged.discard(number)

    async def move_idle_cursors(self) -> None:
        """Until cancelled. A reader may ask another process than the one that holds its partition."""
        while self.around.actor.hears:
            await asyncio.sleep(IDLE_SECONDS)
            for number in list(self.held):
                await self.nudge(number)

    async def works(self) -> None:
        """A check: raises Degraded while a partition of this process keeps breaking, or a stream lacks what it had."""
        if cut := next((why for partition in self.held.values() if (why := partition.cut)), None):
            raise Degraded(cut)
        if time.monotonic() - self.broke_at < BROKEN_SECONDS:
            raise Degraded("a partition broke a moment ago; the log says why")

    async def stop(self) -> None:
        """Finishes the turns at hand, says what is committed, and lets others take over."""
        held = list(self.held)  # what ends is taken out of it
        for partition in self.held.values():
            partition.drain()
        if left := {*self._tasks.values(), *self._ending}:
            _, late = await asyncio.wait(left, timeout=8)
            for task in late:
                task.cancel()
        with contextlib.suppress(*WORLD_ERRORS):
            async with asyncio.timeout(2):
                await release(self.around.pool, self.holder, held)

    def restart_mailboxes(self) -> None:
        """After a reconnect: whatever was on its way is gone."""
        for partition in self.held.values():
            for mailbox in partition.mailboxes.values():
                mailbox.restart()

    async def _safely(self, look: Callable[[], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(LEASE_SECONDS):
                await look()
        except Exception as error:  # noqa: BLE001 - without this loop the process would hold nothing and say nothing
            _log.warning("tenure.retry", step=look.__name__, error=repr(error))

    async def _renew(self) -> None:
        self.around.clock.set(await database_time(self.around.pool))
        if not self.held:
            return
        asked_at = time.monotonic()
        epochs = await renew(self.around.pool, self.holder, list(self.held), LEASE_SECONDS)
        for number, partition in list(self.held.items()):
            if epochs.get(number) == partition.epoch:
                partition.lease_until = asked_at + LEASE_SECONDS
            else:
                self._let_go(number)

    async def _take_free(self) -> None:
        for holding in await take_free(self.around.pool, self.holder, LEASE_SECONDS):
            self._begin(holding)

    def _begin(self, holding: Holding) -> None:
        self._let_go(holding.partition)
        partition = Partition(self.around, holding)
        self.held[holding.partition] = partition
        self._tasks[holding.partition] = asyncio.create_task(self._hold(partition))

    async def _hold(self, partition: Partition) -> None:
        """A partition that breaks is let go; its lease lapses, and it begins again from its tables."""
        try:
            await partition.run()
        except* Fenced:
            _log.warning("partition.fenced", partition=partition.number)
        except* Exception:  # noqa: BLE001 - whatever broke it is logged, and its tables are right
            _log.exception("partition.broke", partition=partition.number)
            self.broke_at = time.monotonic()
        finally:
            if self.held.get(partition.number) is partition:
                del self.held[partition.number]
                self._tasks.pop(partition.number, None)

    def _let_go(self, number: int) -> None:
        self.held.pop(number, None)
        task = self._tasks.pop(number, None)
        if task is not None:
            task.cancel()
            self._ending.add(task)  # it takes leave of the bus yet, and `stop` waits for that
            task.add_done_callback(self._ending.discard)

    async def _ring(self) -> None:
        if self.held:
            for alarm in await alarms_due(self.around.pool, list(self.held), ALARMS_MAX):
                if alarm.partition in self.held:
                    self.held[alarm.partition].ring([alarm])

    async def _retry(self) -> None:
        """Parked messages that somebody asked for, or that wait behind nothing any more."""
        if not self.held:
            return
        asked = {partition: partition.retries for partition in self.held.values()}
        rows = await to_retry(self.around.pool, list(self.held))
        for partition, retries in asked.items():
            partition.retry([row for row in rows if row.partition == partition.number], retries)
