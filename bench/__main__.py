"""`python -m bench`: measures everything in one run, prints it and keeps it in `bench/results/`."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from bench.line import is_met
from bench.result import Result, read, write
from bench.table import DOCUMENT, published, report
from bench.whole_run import PARTS, Plan, measure_all

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

LONG = ("growth", "lists", "dashboard")
"""Take minutes and gigabytes, so one must ask for them."""


@app.command()
def main(
    *,
    rounds: Annotated[int, typer.Option(min=1, help="The figures are medians of so many.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.5, help="Of each run in a round.")] = 3,
    only: Annotated[str, typer.Option(help=f"Parts, by commas: {', '.join(PARTS)}.")] = "",
    with_growth: Annotated[bool, typer.Option("--growth", help="Also what is large; much time, 60 GB.")] = False,
    open_requests: Annotated[int, typer.Option("--open", min=2, help="Requests at a time.")] = 256,
    direct_pool: Annotated[int, typer.Option(min=1, help="Connections of the direct way; 8 suit it best.")] = 8,
    facts: Annotated[int, typer.Option(min=1000, help="Messages that wait for the ledger in each run.")] = 4000,
    soak_seconds: Annotated[float, typer.Option("--soak", min=1, help="1800 for the half hour.")] = 60,
    entries: Annotated[int, typer.Option(min=1000, help="Entries of the large books.")] = 10_000_000,
    rows: Annotated[
        int, typer.Option(min=1000, help="Rows of each list and payments beside the dashboard.")
    ] = 1_000_000,
    must_hold: Annotated[bool, typer.Option("--assert", help="Exit code 1 when a bar is not met.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The result for programs, as it is kept.")] = False,
    publish: Annotated[Path | None, typer.Option(help="Measure nothing: this result into the docs.")] = None,
) -> None:
    """Measure PocketPay beside its peers and the limits of the machine."""
    if publish is not None:
        DOCUMENT.write_text(published(DOCUMENT.read_text(), read(publish)))
        return
    parts = _parts(only, with_growth)
    plan = Plan(parts, rounds, seconds, open_requests, direct_pool, facts, soak_seconds, entries, rows)
    result = asyncio.run(_until_terminated(plan))
    path = write(result)
    typer.echo(result.model_dump_json(indent=1) if as_json else f"\n{report(result)}\n\n{path}")
    if must_hold and any(is_met(line) is False for line in result.lines):
        raise typer.Exit(1)


async def _until_terminated(plan: Plan) -> Result:
    """SIGTERM, as Ctrl-C, stops the servers and takes their folders away."""
    measuring = asyncio.create_task(measure_all(plan))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, measuring.cancel)
    return await measuring


def _parts(only: str, with_growth: bool) -> tuple[str, ...]:
    if not only:
        return tuple(name for name in PARTS if name not in LONG or with_growth)
    asked = {*only.split(","), *(LONG if with_growth else ())}
    if unknown := asked - PARTS.keys():
        raise typer.BadParameter(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return tuple(name for name in PARTS if name in asked)


if __name__ == "__main__":
    app()
