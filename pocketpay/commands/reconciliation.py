"""`pocketpay reconciliation`: where provider, payments and ledger differ, and what an operator does about it."""

import asyncio
from typing import Annotated

import typer

from pocketpay.commands.options import HERE, AsJson, DataDir, Key, say

app = typer.Typer(no_args_is_help=True, help="Provider, payments and ledger side by side: list, run, apply, dismiss.")

Named = Annotated[str, typer.Argument(help="A difference, as `list` names it.", metavar="ID")]
Reason = Annotated[str | None, typer.Option(help="Kept with it.")]


@app.command("list")
def list_(
    status: Annotated[str, typer.Option(help="open, resolved, corrected, dismissed; several with commas.")] = "open",
    key: Key = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """The differences, the newest first. Exit code 1 when any is open."""
    from pocketpay import reconciling, targets
    from pocketpay.told import told

    with told():
        found = asyncio.run(reconciling.differences(targets.door(data_dir, key), status))
        say({"differences": found}, [reconciling.in_line(each) for each in found] or ["no differences"], as_json)
        raise typer.Exit(1 if any(each["status"] == "open" for each in found) else 0)


@app.command()
def run(key: Key = None, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Compare everything, from the beginning. Exit code 1 when a difference is open then."""
    from pocketpay import reconciling, targets
    from pocketpay.told import told

    with told():
        door = targets.door(data_dir, key)
        done = asyncio.run(reconciling.run_all(door))
        left = asyncio.run(reconciling.differences(door, "open"))
        lines = [
            f"{each['provider']}: {each['units_compared']} compared, {each['differences_found']} new differences"
            for each in done
        ]
        say({"runs": done, "open": left}, [*lines, *map(reconciling.in_line, left)], as_json)
        raise typer.Exit(1 if left else 0)


@app.command()
def apply(
    name: Named, reason: Reason = None, key: Key = None, data_dir: DataDir = HERE, as_json: AsJson = False
) -> None:
    """Do what is proposed: have the ledger post it, or ask the provider again."""
    _ends(f"{name}/apply", reason, key, data_dir, as_json)


@app.command()
def dismiss(
    name: Named, reason: Reason = None, key: Key = None, data_dir: DataDir = HERE, as_json: AsJson = False
) -> None:
    """Say that it is in order as it is."""
    _ends(f"{name}/dismiss", reason, key, data_dir, as_json)


def _ends(path: str, reason: str | None, key: str | None, data_dir: DataDir, as_json: bool) -> None:
    from pocketpay import reconciling, targets
    from pocketpay.told import told

    with told():
        after = asyncio.run(reconciling.post(targets.door(data_dir, key), path, reason))
        say(after, [reconciling.in_line(after)], as_json)
