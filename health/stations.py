"""What the monitor tells those who draw the walk: which process is up, how far it is, how long it takes to decide."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from health.deciding import Buckets, buckets_in, median_ms
from health.watch import Watch

METRICS_SECONDS = 1.0
METRICS_BYTES_MAX = 1_000_000

Cursors = Mapping[str, Mapping[int, Mapping[str, int]]]


@dataclass(eq=False)
class Stations:
    """`cursors` asks the database; nothing is asked of anybody while nobody looks."""

    watch: Watch
    cursors: Callable[[], Awaitable[Cursors]]
    before: dict[str, Buckets] = field(default_factory=dict[str, Buckets])
    medians: dict[str, float | None] = field(default_factory=dict[str, float | None])

    async def shown(self) -> dict[str, Any]:
        """By name, the gateway left out: it is the one that asks."""
        actors = {name: url for name, url in self.watch.targets.items() if name != "gateway"}
        cursors = await self.cursors()
        medians = await asyncio.gather(*(self._median(name, url) for name, url in actors.items()))
        sightings = self.watch.sightings()
        return {
            name: {
                "up": sightings[name].state != "down",
                "cursors": {str(number): dict(each) for number, each in cursors.get(name, {}).items()},
                "decide_ms_p50": median,
            }
            for name, median in zip(actors, medians, strict=True)
        }

    async def _median(self, name: str, url: str) -> float | None:
        after = await _metrics(url)
        before = self.before.get(name)
        self.before[name] = after
        median = None if before is None else median_ms(before, after)
        if median is not None:
            self.medians[name] = median
        return self.medians.get(name)


async def _metrics(url: str) -> Buckets:
    timeout = aiohttp.ClientTimeout(total=METRICS_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as http,
            http.get(f"{url}/metrics", allow_redirects=False) as answer,
        ):
            text = await answer.content.read(METRICS_BYTES_MAX)
    except (aiohttp.ClientError, OSError, TimeoutError):
        return {}
    return buckets_in(text.decode(errors="replace"))
