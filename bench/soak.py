"""A long run: what each process holds must stay as it was once it was warm."""

import json
import re
from pathlib import Path

import asyncpg
import typer

from bench.http.loading import load
from bench.http.rivals import Contestant, pocketpay
from bench.line import Line, at_most, ratio_at_most
from bench.processes import open_files, pss_mb, rss_mb, threads
from pocketpay.probe import get
from pocketpay.running import Running
from pocketpay.targets import running_here

PART = "soak"
SERVERS = ("postgres", "nats")
WARM_UP_PAYMENTS = 10_000
"""By then the gateway's ring of events is full, and so are the caches of the actors."""

GROWTH_MOST = 1.05
MEMORY_MOST_MB = 120.0

Held = dict[str, float]
"""A figure of a process, by what it is."""

_TASKS = re.compile(r"^pocketpay_\w*tasks (\S+)$", re.MULTILINE)


async def measure(folder: Path, seconds: float, open_requests: int) -> list[Line]:
    """Warms up, looks, runs for `seconds`, looks again. Raises RuntimeError when a payment fails."""
    async with pocketpay(folder) as ours:
        running = running_here(folder)
        warm = await _run(ours, open_requests, count=WARM_UP_PAYMENTS)
        before = await _look(ours, running)
        made = await _run(ours, open_requests, seconds=seconds)
        after = await _look(ours, running)
        typer.echo(f"soak: {warm + made:,} payments", err=True)
    return lines(before, after, seconds, made)


def lines(before: Held, after: Held, seconds: float, payments: int) -> list[Line]:
    """A line per figure; what we hold may grow by 5 %, what the servers hold is told."""
    said = [Line(part=PART, figure=f"payments in {seconds:g} s", ours=[float(payments)])]
    for name in sorted(before.keys() & after.keys()):
        ours = not name.startswith(SERVERS)
        bar = ratio_at_most(GROWTH_MOST) if ours else None
        said.append(Line(part=PART, figure=name, ours=[after[name]], against="before", theirs=[before[name]], bar=bar))
    largest = max(value for name, value in after.items() if name.endswith("RSS MB"))
    return [
        *said,
        Line(part=PART, figure="largest of our processes, RSS MB", ours=[largest], bar=at_most(MEMORY_MOST_MB)),
    ]


async def _run(ours: Contestant, open_requests: int, *, seconds: float | None = None, count: int | None = None) -> int:
    done = await load(ours, open_requests, seconds=seconds, count=count)
    if done.failed:
        raise RuntimeError(f"{done.ok} payments succeeded; failed: {done.failed}")
    return done.ok


async def _look(ours: Contestant, running: Running) -> Held:
    held: Held = {}
    for name, pid in ours.pids.items():
        if name in SERVERS:
            held[f"{name}, PSS MB"] = pss_mb(pid)
            continue
        held[f"{name}, RSS MB"] = rss_mb(pid)
        held[f"{name}, open files"] = open_files(pid)
        held[f"{name}, threads"] = threads(pid)
        if name in running.ports and (tasks := await _tasks(running.ports[name])) is not None:
            held[f"{name}, tasks"] = tasks
    return held | await _connections(ours, running)


async def _tasks(port: int) -> float | None:
    """From /metrics, where a process tells it."""
    found = _TASKS.search((await get(port, "/metrics")).body.decode())
    return float(found[1]) if found else None


async def _connections(ours: Contestant, running: Running) -> Held:
    connection = await asyncpg.connect(ours.database_url, timeout=10)
    try:
        count = await connection.fetchval(
            "select count(*) from pg_stat_activity where usename like 'pocketpay%' and backend_type = 'client backend'"
        )
    finally:
        await connection.close(timeout=10)
    bus = json.loads((await get(running.nats_monitor_port, "/varz")).body)
    return {"connections to postgres": count, "connections to nats": bus["connections"]}
