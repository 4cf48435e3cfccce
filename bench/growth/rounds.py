"""The ledger and full payments, each on empty books and on grown ones, in turn."""

import time
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import typer

from bench.growth import reading
from bench.http.loading import load
from bench.http.measured import rate
from bench.http.rivals import pocketpay
from bench.ledger import alone
from bench.line import Line, ratio_at_least
from bench.servers import Servers, breaches, servers, verifier_url

PART = "growth"
BOOKS = Path(__file__).with_name("books.sql")
ENTRIES_PER_PAIR = 20
SLICE = 20_000
LEAST = 0.8
GROW_SECONDS = 3600.0

Pair = tuple[list[float], list[float]]
"""Rates on grown books and on empty ones."""


async def measure(
    folder: Path, rounds: int, seconds: float, open_requests: int, count: int, entries: int
) -> tuple[list[Line], list[str]]:
    """The lines, and what is wrong with the grown books afterwards."""
    empty, grown = folder / "empty", folder / "grown"
    async with AsyncExitStack() as stack:
        first, other = [await stack.enter_async_context(servers(home)) for home in (empty, grown)]
        await grow(other, entries // ENTRIES_PER_PAIR)
        ledger = await _ledger(other, first, rounds, count)
    http = await _http(grown, empty, rounds, seconds, open_requests)
    async with pocketpay(grown) as large:
        reads = await reading.measure(large.port, entries // ENTRIES_PER_PAIR, rounds, _beside(entries))
    async with servers(grown) as here:
        wrong = await breaches(verifier_url(here))
    return [*lines(ledger, http, entries, open_requests), *reads], wrong


async def grow(here: Servers, pairs: int) -> None:
    """Fills the books, and lets Postgres look at them and write them out."""
    began = time.monotonic()
    connection = await asyncpg.connect(here.owner_url, timeout=10)
    try:
        await connection.execute(BOOKS.read_text())
        await connection.execute(f"call pg_temp.grow({pairs:d}, {SLICE})", timeout=GROW_SECONDS)
        await connection.execute("call pg_temp.hash_log()", timeout=GROW_SECONDS)
        await connection.execute("vacuum analyze", timeout=GROW_SECONDS)
        await connection.execute("checkpoint", timeout=GROW_SECONDS)
    finally:
        await connection.close(timeout=10)
    entries = ENTRIES_PER_PAIR * pairs
    typer.echo(f"growth: {2 * pairs:,} accounts and {entries:,} entries in {time.monotonic() - began:,.0f} s")


def lines(ledger: Pair, http: Pair, entries: int, open_requests: int) -> list[Line]:
    """What is said of the rounds."""
    beside = _beside(entries)
    figures = {
        f"ledger, spread, transactions/s, {beside}": ledger,
        f"payments/s, {open_requests} open, {beside}": http,
    }
    bar = ratio_at_least(LEAST)
    return [
        Line(part=PART, figure=figure, ours=ours, against="empty books", theirs=theirs, bar=bar)
        for figure, (ours, theirs) in figures.items()
    ]


def _beside(entries: int) -> str:
    return f"beside {entries // 10:,} accounts and {entries:,} entries"


async def _ledger(grown: Servers, empty: Servers, rounds: int, count: int) -> Pair:
    rates: Pair = ([], [])
    for number in range(rounds):
        both = list(zip(rates, (grown, empty), strict=True))
        for into, here in both if number % 2 == 0 else both[::-1]:
            into.append(await alone.transactions_per_second(here, "spread", count))
        typer.echo(f"growth, ledger: {rates[0][-1]:,.0f}/s, empty {rates[1][-1]:,.0f}/s")
    return rates


async def _http(grown: Path, empty: Path, rounds: int, seconds: float, open_requests: int) -> Pair:
    rates: Pair = ([], [])
    async with pocketpay(grown) as large, pocketpay(empty) as small:
        for each in (large, small):
            await load(each, open_requests, seconds=seconds)
        for number in range(rounds):
            both = list(zip(rates, (large, small), strict=True))
            for into, each in both if number % 2 == 0 else both[::-1]:
                into.append(rate(await load(each, open_requests, seconds=seconds)))
            typer.echo(f"growth, http: {rates[0][-1]:,.0f}/s, empty {rates[1][-1]:,.0f}/s")
    return rates
