"""A figure beside what it is compared with, and the bar that it must clear."""

from statistics import median
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Kept(BaseModel):
    """What stands in a result file."""

    model_config = ConfigDict(frozen=True)


class Bar(Kept):
    """At least, or at most, so much: of the median, of the ratio to `theirs`, or of the worst round."""

    of: Literal["median", "ratio", "worst"]
    must_be: Literal["≥", "≤"]
    value: float


class Line(Kept):
    """One figure, a value per round. `theirs` belongs to `against`, measured in the same rounds."""

    part: str
    figure: str
    ours: list[float]
    against: str = ""
    kind: Literal["peer", "limit"] = "peer"
    theirs: list[float] = []
    bar: Bar | None = None


def ratio(line: Line) -> float | None:
    """Ours by theirs: of each round, and of these the median; None where there is nothing to compare with."""
    pairs = [(ours, theirs) for ours, theirs in zip(line.ours, line.theirs, strict=False) if theirs]
    return median(ours / theirs for ours, theirs in pairs) if pairs else None


def is_met(line: Line) -> bool | None:
    """Whether the bar is cleared; None without one. A figure that was not measured clears no bar."""
    if line.bar is None:
        return None
    measured = _barred(line, line.bar)
    if measured is None:
        return False
    return measured >= line.bar.value if line.bar.must_be == "≥" else measured <= line.bar.value


def _barred(line: Line, bar: Bar) -> float | None:
    if bar.of == "ratio":
        return ratio(line)
    if not line.ours:
        return None
    return median(line.ours) if bar.of == "median" else max(line.ours) if bar.must_be == "≤" else min(line.ours)


def ratio_at_least(value: float) -> Bar:
    """For rates."""
    return Bar(of="ratio", must_be="≥", value=value)


def ratio_at_most(value: float) -> Bar:
    """For times."""
    return Bar(of="ratio", must_be="≤", value=value)


def at_most(value: float) -> Bar:
    """For figures that stand alone."""
    return Bar(of="median", must_be="≤", value=value)


def never() -> Bar:
    """For what must not happen once."""
    return Bar(of="worst", must_be="≤", value=0)
