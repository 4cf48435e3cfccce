"""What being watched costs: payments/s with the monitor and with a scrape each second, against without."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import typer

from bench.http.loading import load
from bench.http.measured import Load, cpu_ms, rate
from bench.http.rivals import Contestant, pocketpay
from bench.line import Line, ratio_at_least
from pocketpay.plan import ACTORS, GATEWAY
from pocketpay.probe import get
from pocketpay.running import Running
from pocketpay.targets import running_here

PART = "cost of being watched"
MONITOR = "monitor"
UNWATCHED = "not watched"
SCRAPE_SECONDS = 1.0
LEAST = 0.97


async def measure(folder: Path, rounds: int, seconds: float, open_requests: int) -> list[Line]:
    """Each way once per round, the order turned about."""
    async with pocketpay(folder) as ours:
        running = running_here(folder)
        await load(ours, open_requests, seconds=seconds)
        ways = [UNWATCHED, "scraped", *((MONITOR,) if MONITOR in running.pids else ())]
        seen: dict[str, list[Load]] = {way: [] for way in ways}
        for number in range(rounds):
            for way in ways if number % 2 == 0 else ways[::-1]:
                seen[way].append(await _run(ours, running, way, open_requests, seconds))
            typer.echo(
                f"cost, round {number + 1} of {rounds}: "
                + ", ".join(f"{w} {rate(s[-1]):,.0f}/s" for w, s in seen.items())
            )
    return lines(seen)


def lines(seen: dict[str, list[Load]]) -> list[Line]:
    """What is said of the rounds."""
    said: list[Line] = []
    for way, loads in seen.items():
        if way == UNWATCHED:
            continue
        named = "with the monitor" if way == MONITOR else f"/metrics of all read every {SCRAPE_SECONDS:g} s"
        for figure, of, bar in (
            (f"payments/s, {named}", rate, ratio_at_least(LEAST)),
            (f"CPU ms per payment, {named}", cpu_ms, None),
        ):
            ours, theirs = [of(load) for load in loads], [of(load) for load in seen[UNWATCHED]]
            said.append(Line(part=PART, figure=figure, ours=ours, against=UNWATCHED, theirs=theirs, bar=bar))
    return said


async def _run(ours: Contestant, running: Running, way: str, open_requests: int, seconds: float) -> Load:
    monitor = running.pids.get(MONITOR) if way != MONITOR else None
    with _frozen(monitor):
        async with _scraped(running) if way == "scraped" else contextlib.nullcontext():
            return await load(ours, open_requests, seconds=seconds)


@contextlib.contextmanager
def _frozen(pid: int | None) -> Iterator[None]:
    """A process that is stopped asks nothing and costs nothing; the launcher would start a killed one again."""
    if pid is None:
        yield
        return
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextlib.asynccontextmanager
async def _scraped(running: Running) -> AsyncIterator[None]:
    async def scrape() -> None:
        while True:
            answers = await asyncio.gather(*(get(running.ports[name], "/metrics") for name in (*ACTORS, GATEWAY)))
            if any(answer.status != 200 for answer in answers):
                raise RuntimeError(f"/metrics answered {[answer.status for answer in answers]}")
            await asyncio.sleep(SCRAPE_SECONDS)

    scraping = asyncio.create_task(scrape())
    try:
        yield
    finally:
        scraping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await scraping
