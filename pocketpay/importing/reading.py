"""Files of rows, read strictly and line by line: CSV, JSON Lines, and one JSON array."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from gateway.problems import Problem
from gateway.strict_json import read_object
from messages.wire import Json

ROWS_MAX: Final = 100_000
"""Of all files together."""

ROW_BYTES_MAX: Final = 16_384
FAULTS_MAX: Final = 100_000
"""Then a file is not read on: it is another kind of file."""

ARRAY_BYTES_MAX: Final = 64 * 2**20
"""A JSON array is held in memory as text; JSON Lines and CSV are not."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong where; `column` is None where it is the row, `line` 0 where it is the file."""

    file: str
    line: int
    column: str | None
    code: str
    detail: str


class Raw(NamedTuple):
    """A row as it stands there. `line` is where it begins; `header` only of the first row of a CSV: its columns."""

    line: int
    cells: Json
    header: bool = False


def raw_rows(path: Path, faults: list[Fault]) -> Iterator[Raw]:
    """Row after row; what cannot be read is a fault, and reading goes on where that is possible."""
    with path.open("rb") as file:
        if path.suffix == ".csv":
            yield from _of_csv(_lines(file, path.name, faults), path.name, faults)
        elif _begins_an_array(file):
            yield from _of_array(file, path.name, faults)
        else:
            for number, line in enumerate(_lines(file, path.name, faults), 1):
                if line.strip():
                    yield from _of_json(number, line, path.name, faults)


def _lines(file: BinaryIO, name: str, faults: list[Fault]) -> Iterator[str]:
    """One text for each line, so that numbers stay right: what is no text becomes an empty one."""
    for number in count(1):
        raw = file.readline(ROW_BYTES_MAX + 1)
        if not raw or len(faults) > FAULTS_MAX:
            return
        if len(raw) > ROW_BYTES_MAX:
            while raw and not raw.endswith(b"\n"):
                raw = file.readline(ROW_BYTES_MAX)
            faults.append(_too_long(name, number))
            raw = b"\n"
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")  # spreadsheets begin with a byte order mark
        except UnicodeDecodeError:
            faults.append(Fault(name, number, None, "invalid_encoding", "The line is not UTF-8."))
            yield "\n"


def _too_long(name: str, line: int) -> Fault:
    return Fault(name, line, None, "row_too_long", f"A row has at most {ROW_BYTES_MAX} bytes.")


def _of_csv(lines: Iterator[str], name: str, faults: list[Fault]) -> Iterator[Raw]:
    """Cells by column; an empty cell is not there."""
    reader, header = csv.reader(lines, strict=True), None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as why:
            detail = f"This is no CSV: {why}. The rest of the file was not read."
            faults.append(Fault(name, line, None, "malformed_csv", detail))
            return
        if cells is None:
            return
        if header is None:
            header = cells
            faults += [Fault(name, line, each, *_TWICE) for each in sorted(set(header)) if header.count(each) > 1]
            yield Raw(line, dict.fromkeys(header, ""), header=True)
        elif cells and (fault := _unfit(cells, header, name, line)):
            faults.append(fault)
        elif cells:
            yield Raw(line, {column: cell for column, cell in zip(header, cells, strict=True) if cell})


_TWICE: Final = ("duplicate_column", "The column stands twice in the header.")


def _unfit(cells: list[str], header: list[str], name: str, line: int) -> Fault | None:
    if len(cells) != len(header):
        return Fault(name, line, None, "wrong_columns", f"It has {len(cells)} cells, the header {len(header)}.")
    if sum(map(len, cells)) > ROW_BYTES_MAX:
        return _too_long(name, line)
    if any("\0" in cell for cell in cells):
        return Fault(name, line, None, "bad_format", "The row holds a NUL character.")
    return None


def _begins_an_array(file: BinaryIO) -> bool:
    begins = file.read(ROW_BYTES_MAX).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")
    file.seek(0)
    return begins


def _of_array(file: BinaryIO, name: str, faults: list[Fault]) -> Iterator[Raw]:
    """Element by element, each read as strictly as a line."""
    raw = file.read(ARRAY_BYTES_MAX + 1)
    if len(raw) > ARRAY_BYTES_MAX:
        detail = f"A JSON array has at most {ARRAY_BYTES_MAX} bytes; JSON Lines may have more."
        faults.append(Fault(name, 0, None, "too_long", detail))
        return
    try:
        yield from _elements(raw.decode("utf-8-sig"), name, faults)
    except UnicodeDecodeError as why:
        faults.append(Fault(name, raw.count(b"\n", 0, why.start) + 1, None, "invalid_encoding", "This is not UTF-8."))
    except json.JSONDecodeError as why:
        detail = f"This is no JSON: {why.msg}. The rest of the file was not read."
        faults.append(Fault(name, why.lineno, None, "malformed_json", detail))


def _elements(text: str, name: str, faults: list[Fault]) -> Iterator[Raw]:
    decoder, place, line, counted = json.JSONDecoder(), _after_blanks(text, text.index("[") + 1), 1, 0
    if text[place : place + 1] == "]":
        return
    while True:
        line, counted = line + text.count("\n", counted, place), place
        _, end = decoder.raw_decode(text, place)
        yield from _of_json(line, text[place:end], name, faults)
        place = _after_blanks(text, end)
        if text[place : place + 1] == "]":
            return
        if text[place : place + 1] != ",":
            raise json.JSONDecodeError("a comma or ] is missing", text, place)
        place = _after_blanks(text, place + 1)


def _after_blanks(text: str, place: int) -> int:
    while text[place : place + 1].isspace():
        place += 1
    return place


def _of_json(line: int, text: str, name: str, faults: list[Fault]) -> Iterator[Raw]:
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) > ROW_BYTES_MAX:
        faults.append(_too_long(name, line))
        return
    try:
        yield Raw(line, read_object(raw))
    except Problem as problem:
        faults.append(Fault(name, line, None, problem.code, problem.detail.replace("The body", "The row")))
