"""What has reached a partition and waits for its next turn, bounded by what `Mailbox` and `Caller` ask for."""

import asyncio
import contextlib
from collections import deque

from actors.runtime.batch import Item
from actors.runtime.reading import Letter

TURN_BYTES_MAX = 1_000_000
"""Letters together: a thousand postings each, a turn of them must still be decided and saved within seconds."""


class Buffer:
    """In order of arrival, plus cursors that may move although nothing came."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._news = asyncio.Event()
        self._cursors: dict[str, int] = {}
        self._enough = 1

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: Item) -> None:
        """Appends and wakes the loop. A letter says more of its stream than a cursor that was to be moved."""
        if isinstance(item, Letter):
            self._cursors.pop(item.stream, None)
        self._items.append(item)
        if len(self._items) >= self._enough:
            self._news.set()

    def put_cursor(self, stream: str, seq: int) -> None:
        """The stream holds nothing for us up to `seq`."""
        self._cursors[stream] = seq

    def take_cursors(self) -> dict[str, int]:
        """The moved cursors of streams from which no letter has come since."""
        cursors, self._cursors = self._cursors, {}
        return cursors

    @property
    def cursors_moved(self) -> bool:
        """Whether there are any."""
        return bool(self._cursors)

    def wake(self) -> None:
        """Lets `take` return with what there is."""
        self._news.set()

    async def take(self, most: int, patience_seconds: float, least: int = 1) -> list[Item]:
        """What is there, at most so many, as soon as it is `least`; what there is when woken or out of patience."""
        if len(self._items) < least:
            self._enough = least
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience_seconds):
                    await self._news.wait()
        taken: list[Item] = []
        size = 0
        while self._items and len(taken) < most:
            size += _weight(self._items[0])
            if taken and size > TURN_BYTES_MAX:
                break
            taken.append(self._items.popleft())
        return taken


def _weight(item: Item) -> int:
    """Of what came over the bus; the rest is small."""
    return len(item.body) if isinstance(item, Letter) else 0
