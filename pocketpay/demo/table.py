"""The summary for people: three short tables."""

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from pocketpay.demo.summary import MONEY, Summary, in_words


def shown(summary: Summary) -> Group:
    """What was made, money by currency, and where to look."""
    return Group(Text(_first_line(summary)), _counts(summary), _money(summary), _places(summary), Text(_books(summary)))


def to_lines(summary: Summary, width: int = 200) -> list[str]:
    """Wide enough that no address is broken: a terminal breaks them so that they can still be clicked on."""
    console = Console(width=width, highlight=False, color_system=None)
    with console.capture() as captured:
        console.print(shown(summary))
    return [line.rstrip() for line in captured.get().splitlines()]


def _first_line(summary: Summary) -> str:
    if not summary.new:
        return f"All is there already: the company's history began on {summary.begins}. Nothing was changed."
    how_much = f"{summary.new} of {summary.steps} steps are new"
    return f"A company with six months of history, from {summary.begins} on: {how_much}."


def _counts(summary: Summary) -> Table:
    table = Table("there now", "", "", "", box=None, pad_edge=False, show_header=False)
    cells = [f"{count:>5} {name.replace('-', ' ')}" for name, count in summary.counts.items()]
    for first in range(0, len(cells), 4):
        table.add_row(*cells[first : first + 4])
    return table


def _money(summary: Summary) -> Table:
    table = Table("", *MONEY, box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for currency, amounts in summary.money.items():
        table.add_row(currency, *(in_words(amount, currency) for amount in amounts.values()))
    return table


def _places(summary: Summary) -> Table:
    table = Table("", "", box=None, pad_edge=False, show_header=False)
    for name, url in summary.urls.items():
        table.add_row(name, Text(url, overflow="fold"))
    return table


def _books(summary: Summary) -> str:
    if summary.checked is None:
        return "The books: `pocketpay verify` checks them (this gateway shows /health/money to its operators alone)."
    state = "none is broken" if not summary.breached else f"{summary.breached} BROKEN"
    again = "`pocketpay verify` and `pocketpay ledger verify` check them again, now"
    return f"The books: {summary.checked} invariants, {state}. {again}."
