"""`pocketpay bench`."""

import subprocess
import sys
from pathlib import Path

import typer

from pocketpay.commands.options import AsJson

SOURCE = Path(__file__).parents[2]
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


def bench(context: typer.Context, as_json: AsJson = False) -> None:
    """Measure this program beside its peers and the limits of the machine; `bench -- --help` says with what.

    Exit code 1 when it cannot be measured here, or with --assert when a bar is not met.
    """
    if not (SOURCE / "bench" / "__main__.py").exists():
        typer.echo("what measures is part of the source, not of the package: clone it, then `make bench`", err=True)
        raise typer.Exit(1)
    arguments = [*context.args, *(["--json"] if as_json else [])]
    ended = subprocess.run([sys.executable, "-m", "bench", *arguments], cwd=SOURCE, check=False)
    raise typer.Exit(ended.returncode)
