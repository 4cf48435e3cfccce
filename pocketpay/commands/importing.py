"""`pocketpay import`."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pocketpay.commands.options import HERE, AsJson, DataDir, Key, say

if TYPE_CHECKING:
    from pocketpay.importing.report import Report
    from pocketpay.importing.rows import Kind
    from pocketpay.targets import Door

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="customers, prices, subscriptions, as .csv, .json or .jsonl.", exists=True),
]


def import_files(
    files: Files,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")] = False,
    kind: Annotated[
        str | None, typer.Option("--as", help="What all the files hold, if their names do not say it.")
    ] = None,
    key: Key = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Bring customers, prices and subscriptions in from another system. Exit code 0 only if all is in."""
    from pocketpay import targets
    from pocketpay.told import told

    wanted: list[tuple[Path, Kind]] = [(path, _kind(path, kind)) for path in files]
    with told():
        (answer, lines), done = asyncio.run(_import(targets.door(data_dir, key), wanted, dry_run))
        say(answer, lines, as_json)
        raise typer.Exit(0 if done else 1)


def _kind(path: Path, named: str | None) -> "Kind":
    from pocketpay.importing.rows import MODELS
    from pocketpay.importing.sheets import ENDINGS, kind_of

    kind: Kind | None = kind_of(path) if named is None else next((each for each in MODELS if each == named), None)
    if path.suffix not in ENDINGS:
        raise typer.BadParameter(f"{path.name}: one of {', '.join(ENDINGS)}", param_hint="FILE")
    if kind is None:
        raise typer.BadParameter(f"{path.name}: one of {', '.join(MODELS)}, by its name or by --as", param_hint="--as")
    return kind


async def _import(door: "Door", files: list[tuple[Path, "Kind"]], dry_run: bool) -> tuple["Report", bool]:
    from pocketpay.importing import report
    from pocketpay.importing.calling import Gateway, session
    from pocketpay.importing.carrying import carry_out
    from pocketpay.importing.looking import look
    from pocketpay.importing.planning import planned
    from pocketpay.importing.previewing import first_invoices
    from pocketpay.importing.sheets import read
    from pocketpay.progress import bar

    sheets = read(files)
    async with session(door) as http:
        gateway = Gateway(http)
        await gateway.greet(door.url)
        there = await look(gateway, sheets)
        plan = planned(sheets, there)
        if plan.faults:
            return report.of_faults(plan.faults), False
        if dry_run:
            return report.of_plan(plan, await first_invoices(gateway, plan, there)), True
        with bar("rows") as progress:
            outcomes = await carry_out(gateway, plan, progress)
        return report.of_outcomes(outcomes), all(each.id is not None for each in outcomes)
