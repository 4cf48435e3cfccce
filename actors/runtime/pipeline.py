"""The turns of a partition, strictly one after the other: while one is on its way to the database the next is decided.

What is decided ahead stands on states that are not certain yet. It is sent only once they are; when the database
refuses them it is thrown away, and its messages are decided anew. Nobody hears of a turn before its own commit.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from structlog.stdlib import get_logger

from actors.runtime.batch import Item, Turn, begin_turn, memory_after, statements_of
from actors.runtime.buffer import Buffer
from actors.runtime.committing import FIRST_PAUSE_SECONDS, commit, pause
from actors.runtime.memory import Memory
from actors.runtime.retrying import Retry
from actors.runtime.surroundings import LEASE_SECONDS, Surroundings
from actors.runtime.turn import MustWait, aside, decide_turn
from actors.runtime.voice import Voice
from health.crash import crash_point
from health.metrics import BATCH_SIZE, COMMIT_SECONDS, DECIDE_SECONDS
from storage.journal import note_published
from storage.pool import DATA_ERRORS, WORLD_ERRORS

_log = get_logger()


class Pipeline:
    """`memory` is what is certain; at most one turn is on its way. `then` goes on with what is committed."""

    def __init__(
        self,
        around: Surroundings,
        memory: Memory,
        voice: Voice,
        buffer: Buffer,
        then: Callable[[Turn], Awaitable[None]],
    ) -> None:
        self.memory = memory
        self._around, self._voice, self._buffer, self._then = around, voice, buffer, then
        self._sent: tuple[Turn, asyncio.Task[bool]] | None = None

    @property
    def busy(self) -> bool:
        """Whether a turn is on its way."""
        return self._sent is not None

    async def take(self, items: Sequence[Item]) -> None:
        """Decides these, and sends what becomes of them on its way. Raises Fenced."""
        turn = await self._decided_ahead(items)
        certain = await self.settle()
        if turn is not None and certain:
            task = asyncio.create_task(_took_place(self._commit(turn)))
            task.add_done_callback(lambda _: self._buffer.wake())
            self._sent = turn, task
            await asyncio.sleep(0)  # it is written out before the next one is begun
        else:
            await self._take_carefully(items)

    async def settle(self) -> bool:
        """Waits for the turn on its way. Raises Fenced.

        False when the database refused it: its messages are dealt with, and nothing stands that was decided on it.
        """
        if self._sent is None:
            return True
        (turn, task), self._sent = self._sent, None
        if await task:
            return True
        await self._take_carefully(turn.items)
        return False

    async def settle_what_ended(self) -> None:
        """Waits for nothing. Raises Fenced."""
        if self._sent is not None and self._sent[1].done():
            await self.settle()

    async def keep_the_news(self) -> None:
        """A turn without messages: what the voice has noted, and cursors."""
        await self._commit(begin_turn(self._around.actor, self.memory, [], self._now(self.memory)))

    async def stop(self) -> None:
        """Lets go of what is on its way: whether it took place is in the tables."""
        if self._sent is not None:
            self._sent[1].cancel()
            await asyncio.wait([self._sent[1]])

    async def _decided_ahead(self, items: Sequence[Item]) -> Turn | None:
        """On what the turn on its way will leave. None when these must be taken with more care, after it.

        It takes the chance that no command among them was here before: that saves a round trip.
        """
        if any(isinstance(item, Retry) for item in items):
            return None
        memory = memory_after(self.memory, self._sent[0]) if self._sent is not None else self.memory
        with suppress(MustWait, *DATA_ERRORS):  # what is wrong with it, if not that, shows again with more care
            return await self._decide(items, memory, look_up=False)
        return None

    async def _take_carefully(self, items: Sequence[Item]) -> None:
        """Halves a batch that the database refuses, until the one message is found that it cannot take."""
        try:
            await self._commit(await self._decide(items, self.memory, look_up=True))
        except DATA_ERRORS as error:
            if len(items) > 1:
                middle = len(items) // 2
                await self._take_carefully(items[:middle])
                await self._take_carefully(items[middle:])
            else:
                _log.exception("message.refused_by_database")
                await self._put_aside(items[0], error)

    async def _decide(self, items: Sequence[Item], memory: Memory, *, look_up: bool) -> Turn:
        """The world may be down while we read; then the same batch again."""
        around, pause_seconds = self._around, FIRST_PAUSE_SECONDS
        while True:
            try:
                began = time.perf_counter()
                turn = await decide_turn(around.actor, memory, around.pool, items, self._now(memory), look_up=look_up)
                turn.parts = statements_of(around.actor, turn)
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
        try:
            await self._commit(self._aside(item, error, in_the_inbox=True))
        except DATA_ERRORS:
            await self._commit(self._aside(item, error, in_the_inbox=False))

    def _aside(self, item: Item, error: Exception, *, in_the_inbox: bool) -> Turn:
        actor, memory = self._around.actor, self.memory
        turn = aside(actor, memory, item, error, self._now(memory), in_the_inbox=in_the_inbox)
        turn.parts = statements_of(actor, turn)
        return turn

    def _commit(self, turn: Turn) -> Awaitable[None]:
        """News go along. They are taken at once: the next turn may be decided before anybody awaits this."""
        for stream, seq in self._buffer.take_cursors().items():
            turn.after.cursors[stream] = max(seq, turn.after.cursors.get(stream, 0))
        return self._commit_with(turn, self._voice.take_notes())

    async def _commit_with(self, turn: Turn, notes: dict[int, int]) -> None:
        parts = [*turn.parts, note_published(turn.after.partition, notes)] if notes else turn.parts
        crash_point("mid_batch")
        began = time.perf_counter()
        try:
            await commit(self._around.pool, self.memory.holding, turn.after, parts, LEASE_SECONDS)
        except DATA_ERRORS:
            self._voice.notes = {**notes, **self._voice.notes}
            raise
        COMMIT_SECONDS.observe(time.perf_counter() - began)
        turn.trace.step("commit", began)
        crash_point("after_commit")
        self.memory.states.keep(turn.view, turn.states)
        self.memory = replace(memory_after(self.memory, turn), ahead=None)
        await self._then(turn)

    def _now(self, memory: Memory) -> datetime:
        return self._around.clock.now(not_before=memory.holding.clock)


async def _took_place(commit_: Awaitable[None]) -> bool:
    """False when the database refuses it."""
    try:
        await commit_
    except DATA_ERRORS:
        return False
    return True
