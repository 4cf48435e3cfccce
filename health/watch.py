"""Looks at every process once a second and remembers what it saw."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp

from health.metrics import SERVICE_READY

State = Literal["ready", "not_ready", "down"]
Verdict = Literal["ok", "degraded", "down"]

EVERY_SECONDS = 1.0
ANSWER_SECONDS = 2.0
ANSWER_BYTES_MAX = 64_000


@dataclass(frozen=True, slots=True)
class Sighting:
    """One look at a process: how it feels, how long it took to say so, and its checks as it tells them."""

    state: State
    latency_ms: int | None = None
    checks: Mapping[str, str] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As `/status` has it."""
        return {"status": self.state, "latency_ms": self.latency_ms, "checks": dict(self.checks)}


@dataclass(frozen=True)
class Watch:
    """`targets`: name -> base URL. What was not looked at yet is down."""

    targets: Mapping[str, str]
    seen: dict[str, Sighting] = field(default_factory=dict)

    def sightings(self) -> dict[str, Sighting]:
        """Of every process, in the order of the targets."""
        return {name: self.seen.get(name, Sighting("down")) for name in self.targets}


def verdict(sightings: Mapping[str, Sighting], doors: Sequence[str] = ("gateway",)) -> Verdict:
    """`down` when no actor is ready: nothing can be done. `degraded` when anything is not as it should be."""
    states = {name: sighting.state for name, sighting in sightings.items()}
    if all(state == "ready" for state in states.values()):
        return "ok"
    actors = [state for name, state in states.items() if name not in doors]
    return "degraded" if "ready" in actors else "down"


def status(sightings: Mapping[str, Sighting]) -> dict[str, Any]:
    """The body of `/status`."""
    return {
        "status": verdict(sightings),
        "services": {name: sighting.shown() for name, sighting in sightings.items()},
    }


async def keep_watching(watch: Watch) -> None:
    """Until cancelled; a process that hangs holds up no look at another."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout, trust_env=False) as http,
        asyncio.TaskGroup() as looking,
    ):
        for name, url in watch.targets.items():
            looking.create_task(_keep_looking(http, watch, name, url))


async def _keep_looking(http: aiohttp.ClientSession, watch: Watch, name: str, url: str) -> None:
    while True:
        began = time.monotonic()
        sighting = await look(http, url)
        watch.seen[name] = sighting
        SERVICE_READY.labels(name).set(sighting.state == "ready")
        await asyncio.sleep(max(0.0, EVERY_SECONDS - (time.monotonic() - began)))


async def look(http: aiohttp.ClientSession, url: str) -> Sighting:
    """What `/readyz` says. Never raises for a process that is away, silent or talks nonsense: it is down."""
    began = time.monotonic_ns()
    try:
        async with http.get(f"{url}/readyz", allow_redirects=False) as answer:
            if (answer.content_length or 0) > ANSWER_BYTES_MAX:
                return Sighting("down")
            told = await answer.json(content_type=None)
        checks = {str(check): str(state) for check, state in told["checks"].items()}
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError, AttributeError):
        return Sighting("down")
    latency_ms = (time.monotonic_ns() - began) // 1_000_000
    return Sighting("ready" if answer.status == 200 else "not_ready", latency_ms, checks)
