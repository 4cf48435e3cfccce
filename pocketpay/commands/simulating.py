"""`pocketpay simulate`."""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pocketpay.commands.completing import faults as known_faults
from pocketpay.commands.options import AsJson, say

if TYPE_CHECKING:
    from pocketpay.simulate.report import Report

SEEDS = 1_000_000


def simulate(
    seed: Annotated[int | None, typer.Option(help="The same seed, the same plan; without it any.", min=0)] = None,
    days: Annotated[int, typer.Option(help="So far the clocks of subscribers go on.", min=1, max=730)] = 30,
    faults: Annotated[
        str,
        typer.Option(help="all, none, or with commas: kill, provider.", autocompletion=known_faults),
    ] = "all",
    data_dir: Annotated[
        Path | None,
        typer.Option("--data-dir", help="An empty folder that is kept; else one that is gone after.", file_okay=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a system of its own through days that a seed makes up, break it meanwhile, and look that all holds.

    Exit code 1 when anything that was acknowledged is lost, changed or doubled, or an invariant is broken.
    """
    from pocketpay.simulate.faults import read_kinds
    from pocketpay.told import told

    try:
        kinds = read_kinds(faults)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--faults") from None
    if data_dir is not None and data_dir.exists() and any(data_dir.iterdir()):
        raise typer.BadParameter(
            f"{data_dir} is not empty: a simulation needs a folder of its own", param_hint="--data-dir"
        )
    with told():
        report = _simulated(secrets.randbelow(SEEDS) if seed is None else seed, days, kinds, data_dir)
        from pocketpay.simulate.report import to_lines

        say({**asdict(report), "holds": report.holds}, to_lines(report), as_json)
        raise typer.Exit(0 if report.holds else 1)


def _simulated(seed: int, days: int, kinds: tuple[str, ...], data_dir: Path | None) -> "Report":
    """What does not hold is left to be looked at, in a folder that would be gone else too."""
    from pocketpay.progress import bar
    from pocketpay.simulate.plan import plan
    from pocketpay.simulate.running import simulate as run

    with _folder(data_dir) as (folder, keep), bar(f"seed {seed}") as progress:
        report = asyncio.run(run(plan(seed, days, kinds), kinds, folder, progress))
        if not report.holds or data_dir is not None:
            keep.append(folder)
            return replace(report, kept=str(folder))
        return report


@contextmanager
def _folder(data_dir: Path | None) -> Generator[tuple[Path, list[Path]]]:
    """What is put into the list is kept."""
    keep: list[Path] = []
    folder = Path(tempfile.mkdtemp(prefix="pocketpay-simulate-")) if data_dir is None else data_dir.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)  # whom root becomes for PostgreSQL must be able to enter
    try:
        yield folder, keep
    except BaseException:
        keep.append(folder)  # its log says why
        raise
    finally:
        if data_dir is None and folder not in keep:
            shutil.rmtree(folder, ignore_errors=True)
