"""Lines on a terminal: columns under one another, a colour per kind, red for what was refused."""

from datetime import date

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from pocketpay.tail.lines import Line

COLOURS = {
    "event": "green",
    "command": "blue",
    "answer": "magenta",
    "reply": "cyan",
    "latest": "white",
    "parked": "bold yellow",
}
REFUSED = "red"

WIDTHS = {"type": 26, "entity": 31, "amount": 14, "status": 23, "customer": 14, "correlation": 9}


class Screen:
    """Shows lines as they come; the day is said when it changes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._day: date | None = None

    def show(self, line: Line) -> None:
        """A message is one line, however wide; colours only where there is a terminal that wants them."""
        if line.at.date() != self._day:
            self._day = line.at.date()
            self._print(Text(f"{self._day} UTC", style="dim"))
        self._print(painted(line))

    def _print(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)


def painted(line: Line) -> Text:
    """The line with its colours."""
    text = Text(no_wrap=True)
    text.append(line.at.strftime("%H:%M:%S.%f")[:-3], style="dim")
    text.append(f" {line.kind:<8}", style=COLOURS.get(line.kind, "white"))
    for name, width in WIDTHS.items():
        cell = _padded(getattr(line, name), width, right=name == "amount")
        text.append(f"{cell}  ", style=_style(line, name))
    text.append(line.tenant, style="dim")
    text.rstrip()
    return text


def _style(line: Line, name: str) -> str:
    if line.refused and name in ("type", "status"):
        return REFUSED
    if name == "type":
        return COLOURS.get(line.kind, "white")
    return "dim" if name == "correlation" else ""


def _padded(cell: str, width: int, *, right: bool) -> str:
    """By cells of the terminal: an East Asian letter takes two."""
    missing = " " * max(0, width - cell_len(cell))
    return missing + cell if right else cell + missing
