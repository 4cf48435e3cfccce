"""Writes every command and option into docs/command-line.md from the program: `python -m scripts.command_pages`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from pocketpay.main import app

PAGE = Path(__file__).parents[1] / "docs" / "command-line.md"
BEGIN, END = "<!-- commands: begin -->\n", "<!-- commands: end -->\n"
TOLD_ABOVE = {"--data-dir", "--json", "--help"}
"""What nearly all take stands in the words of the page, and so does the key of those that ask a gateway."""


def page(text: str) -> str:
    """The page with the commands as the program has them."""
    return re.sub(f"(?<={BEGIN}).*(?={END})", lambda _: "\n".join(blocks()), text, flags=re.DOTALL)


def blocks() -> Iterator[str]:
    """A heading per command, what it does, and a line per argument and option of its own."""
    for name, command in leaves(typer.main.get_command(app)):
        words = " ".join((command.help or "").split())
        rows = [_row(each) for each in command.params if not _is_told_above(each)]
        yield "\n".join([f"### pocketpay {name}", words, *(["", "| | |", "|---|---|", *rows] if rows else []), ""])


def leaves(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Commands with their whole names, as `--help` orders them."""
    for name, found in group.commands.items():
        if hasattr(found, "commands"):
            yield from leaves(found, (*path, name))
        else:
            yield " ".join((*path, name)), found


def _is_told_above(parameter: Any) -> bool:
    return bool(TOLD_ABOVE & {*parameter.opts}) or parameter.envvar == "POCKETPAY_KEY"


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        named = f"`{parameter.metavar or parameter.name.upper()}`"
    else:
        named = ", ".join(f"`{each}`" for each in parameter.opts)
    variable = f" Also `{parameter.envvar}`." if parameter.envvar else ""
    needed = " Needed." if parameter.required and named.startswith("`-") else ""
    return f"| {named} | {_escaped(parameter.help or '')}{needed}{_default(parameter)}{variable} |"


def _default(parameter: Any) -> str:
    given = parameter.default
    if given is None or given is False or parameter.required or callable(given) or given == []:
        return ""
    return f" `{given}` if not said."


def _escaped(text: str) -> str:
    return text.replace("|", r"\|").replace("*", r"\*").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
