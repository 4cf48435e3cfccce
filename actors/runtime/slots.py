"""Places for work that runs at the same time, given to those who wait in turn."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Hashable


class Slots:
    """So many at a time. While all are taken the next goes to each key in turn, and within a key to who came first:
    whoever has much to do waits for itself alone."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}

    @contextlib.asynccontextmanager
    async def taken(self, key: Hashable) -> AsyncIterator[None]:
        """Inside, one is ours."""
        await self._take(key)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, key: Hashable) -> None:
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it was given to us just now
                self._give_back()
            raise

    def _give_back(self) -> None:
        while self._waiting:
            key = next(iter(self._waiting))
            turns = self._waiting.pop(key)
            turn = turns.popleft()
            if turns:
                self._waiting[key] = turns  # at the end
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
