"""`pocketpay reconciliation`: where provider, payments and ledger differ, and what an operator does about it."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from pocketpay.commands.options import HERE, AsJson, DataDir, Key, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from messages.wire import Json

app = typer.Typer(no_args_is_help=True, help="Provider, payments and ledger side by side: list, run, apply, dismiss.")

STATUSES = ("open", "resolved", "corrected", "dismissed")

Named = Annotated[str, typer.Argument(help="A difference, as `list` names it.", metavar="ID")]
Reason = Annotated[str | None, typer.Option(help="Kept with it.")]


@app.command("list")
def list_(
    status: Annotated[str, typer.Option(help="open, resolved, corrected, dismissed; several with commas.")] = "open",
    key: Key = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """The differences, the newest first, and what `apply` would do about them. Exit code 1 when any is open."""
    from pocketpay import reconciling, targets
    from pocketpay.told import told

    if unknown := {each.strip() for each in status.split(",")} - set(STATUSES):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: one of {', '.join(STATUSES)}", param_hint="--status")
    with told():
        found = asyncio.run(reconciling.differences(targets.door(data_dir, key), status))
        say({"differences": found}, _lines(found) or ["no differences"], as_json)
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
        say({"runs": done, "open": left}, [*lines, *_lines(left)], as_json)
        raise typer.Exit(1 if left else 0)


@app.command()
def apply(
    name: Named, reason: Reason = None, key: Key = None, data_dir: DataDir = HERE, as_json: AsJson = False
) -> None:
    """Do what is proposed: have the ledger post it, or ask the provider again."""
    _ends(name, "apply", reason, key, data_dir, as_json)


@app.command()
def dismiss(
    name: Named, reason: Reason = None, key: Key = None, data_dir: DataDir = HERE, as_json: AsJson = False
) -> None:
    """Say that it is in order as it is."""
    _ends(name, "dismiss", reason, key, data_dir, as_json)


def _ends(name: str, how: str, reason: str | None, key: str | None, data_dir: DataDir, as_json: bool) -> None:
    from messages.ids import is_token
    from pocketpay import reconciling, targets
    from pocketpay.told import told

    if not is_token(name):
        raise typer.BadParameter("the id of a difference: diff_…", param_hint="ID")
    with told():
        after = asyncio.run(reconciling.post(targets.door(data_dir, key), f"{name}/{how}", reason))
        say(after, _lines([after]), as_json)


def _lines(found: "Iterable[Json]") -> list[str]:
    from pocketpay.reconciling import in_lines

    return [line for each in found for line in in_lines(each)]
