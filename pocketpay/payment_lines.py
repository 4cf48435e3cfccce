"""A line per payment for whoever looks at `up`, said when it has come to something; very many at once are counted."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pocketpay.program import StartFailed
from pocketpay.tail.hearing import Start, follow
from pocketpay.tail.lines import Line, line_of
from pocketpay.tail.wanted import Wanted

OUTCOMES: Final = ("succeeded", "failed", "authorized", "action_required", "canceled")
SHOWN_PER_SECOND_MAX: Final = 20
AGAIN_SECONDS: Final = 1.0

_WISH: Final = Wanted(tuple(f"pocketpay.event.*.payment.{each}.*" for each in OUTCOMES))


@dataclass(slots=True)
class Pace:
    """Of a terminal: how many were shown in this second, and how many were kept back."""

    second: int = 0
    shown: int = 0
    kept_back: int = 0

    def has_room(self, now: float) -> bool:
        """Whether one more may be shown; else it is counted."""
        if int(now) != self.second:
            self.second, self.shown = int(now), 0
        if self.shown >= SHOWN_PER_SECOND_MAX:
            self.kept_back += 1
            return False
        self.shown += 1
        return True

    def taken_back(self) -> int:
        """How many were kept back since the last time."""
        kept_back, self.kept_back = self.kept_back, 0
        return kept_back


async def tell_payments(nats_url: str, show: Callable[[Line], None], say: Callable[[str], None]) -> None:
    """For ever: while NATS is away nothing is said, and what is said meanwhile is in `pocketpay tail --since`."""
    pace = Pace()

    def told(subject: str, payload: bytes, at: datetime) -> None:
        if pace.has_room(time.monotonic()):
            show(line_of(subject, payload, at))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_count(pace, say))
        while True:
            try:
                await follow(nats_url, _WISH, Start(), told)
            except StartFailed:
                await asyncio.sleep(AGAIN_SECONDS)


async def _count(pace: Pace, say: Callable[[str], None]) -> None:
    while True:
        await asyncio.sleep(1)
        if kept_back := pace.taken_back():
            say(f"and {kept_back} more payments: `pocketpay tail --type 'payment.*'` shows all")
