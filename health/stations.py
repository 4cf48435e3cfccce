"""What the monitor tells those who draw the walk: which process is up, how far it is, how long it takes to decide."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import aiohttp

from health.medians import Buckets, buckets_in, median
from health.watch import Watch

METRICS_SECONDS = 1.0
METRICS_BYTES_MAX = 1_000_000
BATCH = "pocketpay_batch_messages"
DECIDE = "pocketpay_decide_seconds"

Cursors = Mapping[str, Mapping[int, Mapping[str, int]]]


@dataclass(eq=False)
class Stations:
    """`cursors` asks the database; nothing is asked of anybody while nobody looks."""

    watch: Watch
    cursors: Callable[[], Awaitable[Cursors]]
    before: dict[tuple[str, str], Buckets] = field(default_factory=dict[tuple[str, str], Buckets])
    medians: dict[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])

    async def shown(self) -> dict[str, Any]:
        """By name, the gateway left out: it is the one that asks."""
        actors = {name: url for name, url in self.watch.targets.items() if name != "gateway"}
        cursors = await self.cursors()
        await asyncio.gather(*(self._measure(name, url) for name, url in actors.items()))
        sightings = self.watch.sightings()
        return {
            name: {
                "up": sightings[name].state == "ready",
                "cursors": {str(number): dict(each) for number, each in cursors.get(name, {}).items()},
                "batch_p50": None if (batch := self.medians.get((name, BATCH))) is None else ceil(batch),
                "decide_ms_p50": None if (took := self.medians.get((name, DECIDE))) is None else round(1000 * took, 2),
            }
            for name in actors
        }

    async def _measure(self, name: str, url: str) -> None:
        """What nobody measured since the last look stays as it was."""
        text = await _metrics(url)
        for histogram in (BATCH, DECIDE):
            after, before = buckets_in(text, histogram), self.before.get((name, histogram))
            self.before[name, histogram] = after
            found = None if before is None else median(before, after)
            if found is not None:
                self.medians[name, histogram] = found


async def _metrics(url: str) -> str:
    timeout = aiohttp.ClientTimeout(total=METRICS_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as http,
            http.get(f"{url}/metrics", allow_redirects=False) as answer,
        ):
            text = await answer.content.read(METRICS_BYTES_MAX)
    except (aiohttp.ClientError, OSError, TimeoutError):
        return ""
    return text.decode(errors="replace")
