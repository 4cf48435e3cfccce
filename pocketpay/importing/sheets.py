"""All rows of all files, each with its place, and every fault that one file alone shows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Generic, TypeVar

from messages.wire import Json
from pocketpay.importing.reading import ROWS_MAX, Fault, Raw, raw_rows
from pocketpay.importing.rows import (
    MODELS,
    CustomerRow,
    Kind,
    PriceRow,
    Row,
    SubscriptionRow,
    of_cells,
    row_of,
    unknown_columns,
)

AnyRow = TypeVar("AnyRow", bound=Row)
ENDINGS: Final = (".csv", ".json", ".jsonl")


@dataclass(frozen=True, slots=True)
class Placed(Generic[AnyRow]):
    """A row, and where it stands."""

    file: str
    line: int
    row: AnyRow

    def fault(self, column: str | None, code: str, detail: str) -> Fault:
        """Of this row."""
        return Fault(self.file, self.line, column, code, detail)


@dataclass(frozen=True, slots=True)
class Sheets:
    """In the order of the files; rows with faults are not among them."""

    customers: list[Placed[CustomerRow]] = field(default_factory=list)
    prices: list[Placed[PriceRow]] = field(default_factory=list)
    subscriptions: list[Placed[SubscriptionRow]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unread: set[tuple[Kind, str]] = field(default_factory=set)
    """By what rows with faults would be known: who names one of them is not at fault too."""


def kind_of(path: Path) -> Kind | None:
    """By the name: `customers.csv`, `prices.json` …"""
    return next((kind for kind in MODELS if path.stem == kind), None) if path.suffix in ENDINGS else None


def read(files: Iterable[tuple[Path, Kind]], rows_max: int = ROWS_MAX) -> Sheets:
    """Raises OSError when a file cannot be opened."""
    sheets, rows = Sheets(), 0
    for path, kind in files:
        for line, cells, row in _rows(path, kind, sheets.faults):
            rows += 1
            if rows > rows_max:
                detail = f"An import has at most {rows_max} rows: import the files one after the other."
                sheets.faults.append(Fault(path.name, line, None, "too_many_rows", detail))
                return sheets
            if row is not None:
                getattr(sheets, kind).append(Placed(path.name, line, row))
            else:
                names = (cells.get(name) for name in ("id", "old_id", "lookup_key"))
                sheets.unread.update((kind, name) for name in names if isinstance(name, str))
    return sheets


def _rows(path: Path, kind: Kind, faults: list[Fault]) -> Iterator[tuple[int, Json, Row | None]]:
    """Line, cells and row, or None for the row where it has faults."""
    unknown: list[str] = []
    for raw in raw_rows(path, faults):
        if raw.header:
            found = unknown_columns(kind, raw.cells, path.name, raw.line)
            faults += found
            unknown = [fault.column for fault in found if fault.column]
            continue
        row, found = row_of(kind, _known(raw, unknown, path), path.name, raw.line)
        faults += found
        yield raw.line, raw.cells, row


def _known(raw: Raw, unknown: list[str], path: Path) -> Json:
    """What is wrong with the header is told once, not for each row."""
    if path.suffix != ".csv":
        return raw.cells
    wrong = [name for name in raw.cells if any(name == each or name.startswith(f"{each}.") for each in unknown)]
    return of_cells({name: cell for name, cell in raw.cells.items() if name not in wrong})
