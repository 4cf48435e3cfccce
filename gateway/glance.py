"""How the processes feel and how far they are, asked of the monitor once for all who look, and only while they look."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

GLANCE_SECONDS = 0.5
ANSWER_SECONDS = 2.0


@dataclass(eq=False)
class Glances:
    """The last answer of the monitor, and when it came; empty when it is away or there is none."""

    monitor_url: str | None
    seen: dict[str, Any] = field(default_factory=dict[str, Any])
    position: int = 0
    at: float = float("-inf")
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def now(self, partition: int, last: int) -> dict[str, Any]:
        """By station: `up`, the cursors of the partition, and how long it takes to decide.

        `position` is the `last` event that there was when the monitor was asked: what came later is not behind yet.
        """
        async with self._asking:
            if time.monotonic() - self.at >= GLANCE_SECONDS:
                self.position = last
                self.seen = (await ask_monitor(self.monitor_url, "/stations") or {}).get("stations") or {}
                self.at = time.monotonic()
        return {
            name: {**station, "cursors": (station.get("cursors") or {}).get(str(partition), {})}
            for name, station in self.seen.items()
        }


async def ask_monitor(monitor_url: str | None, path: str) -> dict[str, Any] | None:
    """None when it is away, silent, or talks nonsense."""
    if monitor_url is None:
        return None
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as http,
            http.get(monitor_url + path, allow_redirects=False) as answer,
        ):
            body = await answer.json(content_type=None)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return None
    return body if isinstance(body, dict) and answer.status in (200, 503) else None
