"""What a simulation came to, in a few lines. Pure."""

from dataclasses import dataclass
from typing import Final

FOUND_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Report:
    """`done` counts what was acknowledged, `broken` says what was broken and when, `found` what does not hold.

    `kept` is where all data is left to be looked at.
    """

    seed: int
    days: int
    faults: tuple[str, ...]
    seconds: float
    requests: int
    answered: int
    done: dict[str, int]
    broken: list[str]
    invariants: int
    found: list[str]
    kept: str | None = None

    @property
    def holds(self) -> bool:
        """Whether everything does."""
        return not self.found


def to_lines(report: Report) -> list[str]:
    """For people."""
    done = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(report.done.items()) if count)
    found = report.found[:FOUND_MAX]
    more = [f"  and {len(report.found) - FOUND_MAX} more"] if len(report.found) > FOUND_MAX else []
    return [
        f"seed {report.seed}: {report.days} days in {report.seconds:.0f} s",
        f"asked    {report.requests} requests, {report.answered} answered: {done}",
        f"broken   {'nothing' if not report.broken else f'{len(report.broken)} times'}",
        *(f"  {each}" for each in report.broken),
        f"checked  {report.invariants} money invariants, every answer again, every thing, wallet and charge",
        *([f"found    {len(report.found)}"] if found else ["found    nothing lost, changed or doubled; all holds"]),
        *(f"  {each}" for each in found),
        *more,
        *([f"kept     {report.kept}"] if report.kept else []),
        f"again    {command(report)}",
    ]


def command(report: Report) -> str:
    """That asks for the same."""
    return f"pocketpay simulate --seed {report.seed} --days {report.days} --faults {','.join(report.faults) or 'none'}"
