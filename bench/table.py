"""A result as one table in Markdown, for the terminal and for docs/performance.md."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.line import Bar, Line, is_met, ratio
from bench.result import Result

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"
HEAD = ("figure", "PocketPay", "peer", "limit", "ratio", "bar", "met")


def report(result: Result) -> str:
    """Where and how it was measured, the table, and what else is to be known."""
    parts = (_where(result), table(result.lines), *result.breaches)
    return "\n\n".join(parts)


def published(document: str, result: Result) -> str:
    """The document with the report between its marks."""
    before, _, rest = document.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{report(result)}\n{END}{after}"


def table(lines: list[Line]) -> str:
    """A row per line, a heading row per part."""
    return "\n".join(f"| {' | '.join(row)} |" for row in _rows(lines))


def _rows(lines: list[Line]) -> Iterator[tuple[str, ...]]:
    yield HEAD
    yield ("---",) * len(HEAD)
    part = ""
    for line in lines:
        if line.part != part:
            part = line.part
            yield (f"**{part}**", *("",) * (len(HEAD) - 1))
        yield _row(line)


def _row(line: Line) -> tuple[str, ...]:
    theirs = f"{spread(line.theirs)} {line.against}" if line.against else ""
    by, met = ratio(line), is_met(line)
    return (
        line.figure,
        spread(line.ours),
        theirs if line.kind == "peer" else "",
        theirs if line.kind == "limit" else "",
        "" if by is None else f"{by:.2f}",
        _bar(line.bar),
        "" if met is None else "yes" if met else "**no**",
    )


def _bar(bar: Bar | None) -> str:
    if bar is None:
        return ""
    return f"{bar.must_be} {bar.value:g}{' ×' if bar.of == 'ratio' else ''}"


def spread(values: list[float]) -> str:
    """The median, and the least and the most when there is more than one round."""
    if not values:
        return "not measured"
    middle = _number(median(values))
    return middle if len(values) == 1 else f"{middle} ({_number(min(values))}–{_number(max(values))})"


def _number(value: float) -> str:
    decimals = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{decimals}f}"


def _where(result: Result) -> str:
    here = result.machine
    versions = ", ".join(f"{name} {number}" for name, number in here.packages.items())
    durable = ", ".join(f"{name} {value}" for name, value in result.postgres.items()) or "not looked at"
    during = f"{median(result.load_averages):.1f}" if result.load_averages else "unknown"
    return (
        f"{result.at:%Y-%m-%d %H:%M} UTC. {here.cpu}, {here.cores} cores, {here.memory_gb} GB, Linux {here.kernel}, "
        f"Python {here.python}, {versions}. Postgres: {durable}. Load average {here.load_average:.1f} before, "
        f"{during} during the run. Medians of {result.rounds} rounds of {result.seconds:g} s (least to most); "
        f"a ratio is the median of the rounds' ratios."
    )
