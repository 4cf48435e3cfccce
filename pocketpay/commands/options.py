"""What several commands take, and how they answer: words for people, JSON for programs."""

import json
from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path,
    typer.Option("--data-dir", envvar="POCKETPAY_DATA_DIR", help="Where everything is kept.", file_okay=False),
]
Key = Annotated[
    str | None,
    typer.Option("--key", envvar="POCKETPAY_KEY", help="An API key, where the gateway asks for one.", metavar="ppk_…"),
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
