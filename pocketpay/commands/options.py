"""What several commands take, and how they answer: words for people, JSON for programs."""

import json
from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path,
    typer.Option("--data-dir", envvar="POCKETPAY_DATA_DIR", help="Where everything is kept.", file_okay=False),
]


def _a_key(given: str | None) -> str | None:
    """What can be none is sent nowhere: it may be another secret."""
    if given is None:
        return None
    from pocketpay.targets import is_key

    if not is_key(given):
        raise typer.BadParameter("an API key begins with ppk_test_ or ppk_live_")
    return given.strip()


Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        envvar="POCKETPAY_KEY",
        help="An API key, where the gateway asks for one.",
        metavar="ppk_…",
        callback=_a_key,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
HERE = Path(".pocketpay")


def say(answer: dict[str, object], lines: list[str], as_json: bool) -> None:
    """The answer as JSON, or its lines."""
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
        return
    for line in lines:
        typer.echo(line)


def say_line(text: str, as_json: bool) -> None:
    """One of many, at once."""
    typer.echo(json.dumps({"said": text}) if as_json else text)
