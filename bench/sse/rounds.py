"""A thousand readers beside payments that come one by one: how late each event is, and what a reader weighs."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex

import aiohttp
import typer

from bench.http.loading import load
from bench.http.rivals import Contestant, pocketpay
from bench.line import Bar, Line, at_most, never
from bench.processes import rss_mb
from bench.servers import ROOT
from bench.sse.readers import Heard
from pocketpay.plan import GATEWAY

PART = "live streams"
READERS = 1000
PAYMENTS_PER_SECOND = 2
SETTLE_SECONDS = 2.0
READY_SECONDS = 60.0


async def measure(folder: Path, rounds: int, seconds: float) -> list[Line]:
    """So many rounds of so many seconds on a PocketPay of its own, which learns of fees only later."""
    async with pocketpay(folder, POCKETPAY_SWEEP_SECONDS="3600") as ours:
        await load(ours, 16, seconds=2.0)  # what a first payment needs must not look like a reader's
        before_mb = await _gateway_mb(ours)
        async with _readers(ours.port) as readers:
            idle_mb = await _gateway_mb(ours)
            heard = [await _round(ours, readers, seconds, number) for number in range(rounds)]
            busy_mb = await _gateway_mb(ours)
    weights = [1024 * (each - before_mb) / READERS for each in (idle_mb, busy_mb)]
    return lines(heard, *weights)


def lines(heard: list[Heard], idle_kb: float, busy_kb: float) -> list[Line]:
    """What is said of the rounds; memory of a reader in kB, before the first event and after the last."""

    def line(figure: str, ours: list[float], bar: Bar | None = None) -> Line:
        return Line(part=PART, figure=figure, ours=ours, bar=bar)

    many = f"{READERS:,} readers"
    return [
        line(f"event decided → {many} have it, p99 ms", [each.late_ms_p99 for each in heard], at_most(250)),
        line(f"event decided → {many} have it, p50 ms", [each.late_ms_p50 for each in heard]),
        line("the last reader has it, slowest event, ms", [each.all_ms_max for each in heard]),
        line("events that a reader did not get", [float(each.missing) for each in heard], never()),
        line("events in a round", [float(each.events) for each in heard]),
        line("memory of the gateway per reader, kB, quiet", [idle_kb], at_most(50)),
        line("memory of the gateway per reader, kB, after the events", [busy_kb], at_most(50)),
    ]


async def _round(ours: Contestant, readers: Process, seconds: float, number: int) -> Heard:
    await _pay(ours.port, seconds)
    await asyncio.sleep(SETTLE_SECONDS)
    heard = Heard.model_validate_json(await _ask(readers))
    typer.echo(f"sse, round {number + 1}: {heard.events} events, p99 {heard.late_ms_p99:.0f} ms")
    if not heard.events:
        raise RuntimeError("the readers heard nothing")
    return heard


async def _pay(port: int, seconds: float) -> None:
    body = {"amount": 1000, "currency": "USD", "customer_id": "c1"}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", timeout=aiohttp.ClientTimeout(30)) as http:
        for _ in range(max(1, round(seconds * PAYMENTS_PER_SECOND))):
            headers = {"Idempotency-Key": token_hex(16)}
            async with http.post("/api/v1/payments", json=body, headers=headers) as answer:
                answer.raise_for_status()
            await asyncio.sleep(1 / PAYMENTS_PER_SECOND)


@asynccontextmanager
async def _readers(port: int) -> AsyncIterator[Process]:
    argv = (sys.executable, "-m", "bench.sse.readers", str(port), str(READERS))
    process = await asyncio.create_subprocess_exec(*argv, cwd=ROOT, stdin=PIPE, stdout=PIPE)
    try:
        await _line(process)
        yield process
    finally:
        process.kill()
        await process.wait()


async def _ask(readers: Process) -> bytes:
    assert readers.stdin is not None
    readers.stdin.write(b"\n")
    return await _line(readers)


async def _line(readers: Process) -> bytes:
    assert readers.stdout is not None
    async with asyncio.timeout(READY_SECONDS):
        said = await readers.stdout.readline()
    if not said:
        raise RuntimeError("the readers ended without a word; their error stands above")
    return said


async def _gateway_mb(ours: Contestant) -> float:
    await asyncio.sleep(SETTLE_SECONDS)
    return rss_mb(ours.pids[GATEWAY])
