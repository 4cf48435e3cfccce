"""Each format of the export on the same books, in turn."""

from pathlib import Path

import asyncpg
import typer

from actors.ledger.export_query import FORMATS
from bench.line import Bar, Line, at_most
from bench.servers import Servers, output_of, verifier_url

PART = "export"
BOOKS = Path(__file__).with_name("books.sql")
TRANSACTIONS = 125_000
FILL_SECONDS = 300.0
ENTRIES_PER_SECOND = 50_000
GROWTH_MB = 50


async def measure(here: Servers, rounds: int) -> list[Line]:
    """Entries/s of the path of `pocketpay ledger export`, and by how much its peak of memory grows."""
    await fill(here, TRANSACTIONS)
    rates: dict[str, list[float]] = {name: [] for name in FORMATS}
    grown_mb: dict[str, list[float]] = {name: [] for name in FORMATS}
    for number in range(rounds):
        for name in list(FORMATS) if number % 2 == 0 else list(FORMATS)[::-1]:
            said = await output_of("bench.export.one_run", verifier_url(here), name)
            seconds, grown_kb = map(float, said.split())
            rates[name].append(2 * TRANSACTIONS / seconds)
            grown_mb[name].append(grown_kb / 1024)
        typer.echo("export: " + ", ".join(f"{name} {rate[-1]:,.0f}/s" for name, rate in rates.items()))
    return lines(rates, grown_mb)


async def fill(here: Servers, transactions: int) -> None:
    """Books of two entries per transaction."""
    connection = await asyncpg.connect(here.owner_url, timeout=10)
    try:
        await connection.execute(BOOKS.read_text())
        await connection.execute(f"call pg_temp.fill({transactions:d})", timeout=FILL_SECONDS)
        await connection.execute("vacuum analyze", timeout=FILL_SECONDS)
    finally:
        await connection.close(timeout=10)


def lines(rates: dict[str, list[float]], grown_mb: dict[str, list[float]]) -> list[Line]:
    """What is said of the rounds."""
    fast = Bar(of="median", must_be="≥", value=ENTRIES_PER_SECOND)
    return [
        *(Line(part=PART, figure=f"{name}, entries/s", ours=ours, bar=fast) for name, ours in rates.items()),
        *(
            Line(part=PART, figure=f"{name}, peak of memory above the start, MB", ours=ours, bar=at_most(GROWTH_MB))
            for name, ours in grown_mb.items()
        ),
    ]
