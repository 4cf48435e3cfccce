"""What the Merkle log costs: the ledger with it and without, in turn, each on books of its own."""

from contextlib import AsyncExitStack
from pathlib import Path

import typer

from bench.ledger import alone
from bench.line import Line, ratio_at_least
from bench.servers import servers

PART = "log"
LEAST = 0.9


async def measure(folder: Path, rounds: int, count: int) -> list[Line]:
    """Rates of spread transactions."""
    logged, unlogged = list[float](), list[float]()
    async with AsyncExitStack() as stack:
        first, other = [await stack.enter_async_context(servers(folder / name)) for name in ("logged", "unlogged")]
        for number in range(rounds):
            turns = [(logged, first, True), (unlogged, other, False)]
            for into, here, with_log in turns if number % 2 == 0 else turns[::-1]:
                into.append(await alone.transactions_per_second(here, "spread", count, logged=with_log))
            typer.echo(f"log: {logged[-1]:,.0f}/s, without it {unlogged[-1]:,.0f}/s")
    figure = "ledger, spread, transactions/s, with the Merkle log"
    bar = ratio_at_least(LEAST)
    return [Line(part=PART, figure=figure, ours=logged, against="without the log", theirs=unlogged, bar=bar)]
