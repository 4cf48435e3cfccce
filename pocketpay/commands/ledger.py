"""`pocketpay ledger`: the books out of the database, for people and for their tools."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pocketpay.commands import books, explaining
from pocketpay.commands.completing import formats
from pocketpay.commands.debugging import until_nobody_looks
from pocketpay.commands.options import HERE, AsJson, DataDir

if TYPE_CHECKING:
    from messages.ledger_queries import ExportFormat

app = typer.Typer(no_args_is_help=True, help="The books: explain, export, verify, rebuild.")
app.command()(books.verify)
app.command()(books.rebuild)
app.command()(books.key)
app.command()(explaining.explain)

TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]


@app.command()
def export(
    *,
    format_: Annotated[
        str, typer.Option("--format", help="hledger, beancount or csv.", autocompletion=formats)
    ] = "hledger",
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=TIMES, help="The first effective time, in UTC."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=TIMES, help="The first one no longer in it."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; else the standard output.")] = None,
    tenant: Annotated[str, typer.Option(help="Whose books.")] = "demo",
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """The journal for accounting tools, with the balances that they must find.

    --json says beside it what was written: on the standard error where the journal goes to the standard output.
    """
    from messages.ledger_queries import ExportPage
    from pocketpay import targets
    from pocketpay.ledger import export as exporting
    from pocketpay.progress import bar
    from pocketpay.told import told
    from storage.migrate import VERIFIER

    if since and until and since >= until:
        raise typer.BadParameter("--from must lie before --to")
    page = ExportPage(format=_known(format_), since=_in_utc(since), until=_in_utc(until))
    with told(), until_nobody_looks():
        dsn = targets.database(data_dir, VERIFIER)
        with bar("the journal", in_bytes=True, hidden=output is None and sys.stdout.isatty()) as progress:
            if output is None:
                written = asyncio.run(exporting.write(dsn, tenant, page, sys.stdout.buffer, progress))
            else:
                written = asyncio.run(exporting.write_file(dsn, tenant, page, output, progress))
        if as_json:
            told_of = {"tenant": tenant, "format": format_, "bytes": written, "output": str(output) if output else None}
            typer.echo(json.dumps(told_of), err=output is None)


def _known(name: str) -> "ExportFormat":
    for known in ("hledger", "beancount", "csv"):
        if name == known:
            return known
    raise typer.BadParameter("hledger, beancount or csv", param_hint="--format")


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
