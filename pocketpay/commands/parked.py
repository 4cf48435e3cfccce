"""`pocketpay parked`: what could not be read or decided, and its way back."""

import asyncio
from typing import Annotated

import typer

from pocketpay.commands.options import HERE, AsJson, DataDir, say

app = typer.Typer(no_args_is_help=True, help="Messages that could not be read or decided: list, show, retry.")

Named = Annotated[str, typer.Argument(help="As `list` names it, such as ledger-12.", metavar="ID")]


@app.command("list")
def list_(data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """What is parked. Exit code 1 when anything is."""
    from pocketpay import parked, targets
    from pocketpay.told import told
    from storage.migrate import VERIFIER

    with told():
        rows = asyncio.run(parked.listed(targets.database(data_dir, VERIFIER)))
        say({"parked": rows}, parked.in_lines(rows) if rows else ["nothing is parked"], as_json)
        raise typer.Exit(1 if rows else 0)


@app.command()
def show(name: Named, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """One message, with the reason."""
    from pocketpay import parked, targets
    from pocketpay.told import told
    from storage.migrate import VERIFIER

    with told():
        row, message = asyncio.run(parked.one(targets.database(data_dir, VERIFIER), parked.name_in(name)))
        shown: dict[str, object] = {**row, "message": message.decode(errors="backslashreplace")}
        say(shown, parked.in_detail(row, message), as_json)


@app.command()
def retry(
    name: Annotated[str | None, typer.Argument(help="As `list` names it.", metavar="[ID]")] = None,
    entity: Annotated[str | None, typer.Option(help="All messages of this entity.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is parked.")] = False,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Have it decided again, with all of its entity and in their order. POCKETPAY_DATABASE_URL names the owner."""
    from pocketpay import parked, targets
    from pocketpay.embedded.postgres import SUPERUSER
    from pocketpay.told import told

    if sum((name is not None, entity is not None, everything)) != 1:
        raise typer.BadParameter("an id, --entity or --all", param_hint="ID")
    with told():
        wanted = parked.name_in(name) if name else None
        asked = asyncio.run(parked.retry(targets.database(data_dir, SUPERUSER), wanted, entity))
        lines = [f"{one} is tried again; `pocketpay parked list` tells whether it worked" for one in asked]
        say({"asked": asked}, lines or ["nothing to try again"], as_json)
        raise typer.Exit(0 if asked else 1)
