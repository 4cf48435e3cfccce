"""`python -m bench`: measures everything in one run, prints it and keeps it in `bench/results/`."""

import asyncio
from typing import Annotated

import typer

from bench.bars import bars
from bench.report import tables, write_document
from bench.result import read_last, write
from bench.whole_run import Plan, measure_all

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    *,
    rounds: Annotated[int, typer.Option(min=1, help="The figures are medians of so many.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.5, help="Of each run in a round.")] = 10,
    open_requests: Annotated[int, typer.Option("--open", min=2, help="Requests at a time.")] = 256,
    soak_payments: Annotated[int, typer.Option("--soak", min=0, help="Payments before memory is read.")] = 50_000,
    direct_pool: Annotated[
        int, typer.Option(min=1, help="Connections of the direct way.")
    ] = 8,  # of 32 and 8 the better for it
    must_hold: Annotated[bool, typer.Option("--assert", help="Exit code 1 when a bar fails.")] = False,
    write_doc: Annotated[bool, typer.Option(help="Put the last results into docs/performance.md.")] = False,
) -> None:
    """Measure PocketPay beside the direct way and the limits of the machine."""
    if write_doc:
        write_document(read_last())
        return
    result = asyncio.run(measure_all(Plan(rounds, seconds, open_requests, soak_payments, direct_pool)))
    path = write(result)
    typer.echo(f"\n{tables(result)}\n\n{path}")
    if must_hold and not all(bar.holds for bar in bars(result)):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
