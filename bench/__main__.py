"""`python -m bench`: measures everything in one run, prints it and keeps it in `bench/results/`."""

import asyncio
import shutil
import tempfile
from contextlib import asynccontextmanager, contextmanager
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bench import limits
from bench.bars import bars
from bench.machine import machine
from bench.report import tables, write_document
from bench.result import Memory, Result, read_last, write
from bench.rivals import pocketpay, settings, the_direct_way
from bench.rounds import Field, breaches_of_direct, measure, warm_up
from bench.soak import soak
from pocketpay.running import database_url
from pocketpay.targets import running_here
from storage.migrate import VERIFIER
from storage.verify import run as verify

HOME = Path(".pocketpay/bench")
"""In the working folder and not in the system's temporary one, which may be memory that never syncs."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. `soak_payments` 0 leaves memory out."""

    rounds: int
    seconds: float
    open_requests: int
    soak_payments: int


def main(
    rounds: Annotated[int, typer.Option(min=1, help="The figures are medians of so many.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.5, help="Of each run in a round.")] = 10,
    open_requests: Annotated[int, typer.Option("--open", min=2, help="Requests at a time.")] = 256,
    soak_payments: Annotated[int, typer.Option("--soak", min=0, help="Payments before memory is read.")] = 50_000,
    must_hold: Annotated[bool, typer.Option("--assert", help="Exit code 1 when a bar fails.")] = False,
    write_doc: Annotated[bool, typer.Option(help="Put the last results into docs/performance.md.")] = False,
) -> None:
    """Measure PocketPay beside the direct way and the limits of the machine."""
    if write_doc:
        write_document(read_last())
        return
    result = asyncio.run(_measure_all(Plan(rounds, seconds, open_requests, soak_payments)))
    path = write(result)
    typer.echo(f"\n{tables(result)}\n\n{path}")
    if must_hold and not all(bar.holds for bar in bars(result)):
        raise typer.Exit(1)


async def _measure_all(plan: Plan) -> Result:
    here, began = machine(), datetime.now(UTC)
    with _folder() as folder:
        memory = await _soak(plan, folder / "soak")
    with _folder() as folder:
        async with pocketpay(folder / "ours") as ours, the_direct_way(folder / "direct") as (theirs, server):
            postgres = await settings(ours)
            if postgres != await settings(theirs):
                raise RuntimeError(f"the two Postgres differ: {postgres}, {await settings(theirs)}")
            await limits.prepare(server)
            field = Field({"pocketpay": ours, "direct": theirs}, server, plan.open_requests, plan.seconds)
            await warm_up(field)
            done = []
            for number in range(plan.rounds):
                done.append(await measure(field, number))
                ...
            breaches = [*await _breaches(folder / "ours"), *await breaches_of_direct(theirs)]
    return Result(...)
