"""p50 and p99 of each list over HTTP, one request at a time, and how many rows were looked at for a page."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Final, NamedTuple

import aiohttp
import typer
from pydantic_core import from_json

from bench.http.rivals import Contestant, pocketpay
from bench.line import Line, at_most
from bench.lists.asked import Question, questions
from bench.lists.fill import APART, fill
from bench.lists.plans import AVAILABLE, Plan, plans_in, watch
from bench.servers import execute, servers
from messages.wire import Json, rfc3339
from pocketpay.targets import running_here

PART: Final = "lists"
PAGE: Final = 100
READS: Final = 50
WARM_UP: Final = 6
"""The sixth time Postgres may keep a plan for good."""

MOST_MS: Final = 30.0
LOOKED_AT_MOST: Final = 5_000.0
PLANS: Final = Path(__file__).parents[1] / "results" / "lists.txt"


class Asked(NamedTuple):
    """A page of a list: which list, which filter, which place in it; and where that is."""

    path: str
    filters: str
    place: str
    url: str


Taken = Mapping[Asked, list[float]]
"""Milliseconds of each page."""


async def measure(folder: Path, rounds: int, rows: int) -> list[Line]:
    """A line per list, of the slowest of its filters and places; the plans go into a file."""
    async with servers(folder) as here:
        for sql in AVAILABLE.split(";"):
            await execute(here.owner_url, sql)
        await fill(here, rows)
    return await read(folder, rounds, rows)


async def read(folder: Path, rounds: int, rows: int) -> list[Line]:
    """The same of a folder that is filled."""
    async with pocketpay(folder) as ours:
        with _without_monitor(folder):
            async with aiohttp.ClientSession(f"http://127.0.0.1:{ours.port}/api/v1/") as http:
                middle = datetime.now(UTC) - APART * rows / 2
                asked = [page for each in questions() for page in await _pages(http, each, middle)]
                plans = await _plans(http, ours, folder, asked)
                taken = [await _round(http, asked, number) for number in range(rounds)]
    PLANS.write_text("\n".join(_told(plans)) + "\n")
    return lines(taken, plans, rows)


@contextlib.contextmanager
def _without_monitor(folder: Path) -> Iterator[None]:
    """It would look for rows that are not in order, and find a million."""
    pid = running_here(folder).pids["monitor"]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def _pages(http: aiohttp.ClientSession, asked: Question, before: datetime) -> list[Asked]:
    """The first, one from the middle, and the one after it by its cursor."""
    first = f"{asked.path}?limit={PAGE}{asked.filters and '&' + asked.filters}"
    found = [Asked(asked.path, asked.filters, "first", first)]
    middle = first
    if asked.is_timed:
        middle = f"{first}&created_before={rfc3339(before)}"
        found.append(Asked(asked.path, asked.filters, "middle", middle))
    cursor = (await _get(http, middle))["next_cursor"]
    if cursor:
        found.append(Asked(asked.path, asked.filters, "cursor", f"{middle}&cursor={cursor}"))
    return found


async def _get(http: aiohttp.ClientSession, url: str) -> Json:
    async with http.get(url) as response:
        body = await response.read()
        if response.status != 200:
            raise RuntimeError(f"{url}: {response.status} {body[:300]!r}")
    return from_json(body)


async def _plans(http: aiohttp.ClientSession, ours: Contestant, folder: Path, pages: list[Asked]) -> dict[Asked, Plan]:
    """The plan of each page that looked at most rows, once Postgres has settled on one."""
    log, found = folder / "logs" / "postgres.log", dict[Asked, Plan]()
    for page in pages:
        for _ in range(WARM_UP):
            await _get(http, page.url)
    await watch(ours.database_url, on=True)
    try:
        for page in pages:
            begin = log.stat().st_size
            await _get(http, page.url)
            found[page] = max(plans_in(log, begin), key=lambda plan: plan.rows, default=Plan((), 0))
    finally:
        await watch(ours.database_url, on=False)
    return found


async def _round(http: aiohttp.ClientSession, pages: list[Asked], number: int) -> Taken:
    """In turn, so that a busy second of the machine meets many of them a little."""
    taken: dict[Asked, list[float]] = {page: [] for page in pages}
    for _ in range(READS):
        for page in pages:
            began = time.perf_counter()
            await _get(http, page.url)
            taken[page].append((time.perf_counter() - began) * 1000)
    typer.echo(f"lists, round {number + 1}: {sum(map(sum, taken.values())) / 1000:.0f} s of reading")
    return taken


def lines(taken: list[Taken], plans: Mapping[Asked, Plan], rows: int) -> list[Line]:
    """Of each list its slowest page: p50 and p99 in each round, and the most rows that were looked at for one."""
    said: list[Line] = []
    for path in dict.fromkeys(page.path for page in plans):
        name = f"/{path}, {rows:,} rows"
        of = [[each for page, each in one.items() if page.path == path] for one in taken]
        p99 = [max(quantiles(each, n=100)[98] for each in pages) for pages in of]
        p50 = [max(map(median, pages)) for pages in of]
        most = [float(max(plan.rows for page, plan in plans.items() if page.path == path))]
        said += [
            Line(part=PART, figure=f"{name}: slowest page of {PAGE}, p99 ms", ours=p99, bar=at_most(MOST_MS)),
            Line(part=PART, figure=f"{name}: the same, p50 ms", ours=p50),
            Line(part=PART, figure=f"{name}: rows looked at for a page", ours=most, bar=at_most(LOOKED_AT_MOST)),
        ]
    return said


def _told(plans: Mapping[Asked, Plan]) -> Iterator[str]:
    for page, plan in plans.items():
        yield f"{page.path}?{page.filters} ({page.place}): {plan.rows} rows"
        yield from (f"    {line}" for line in plan.lines)
