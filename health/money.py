"""What the monitor knows of the money: every invariant with its figure and age, and what stands still."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from structlog.stdlib import get_logger

from health.metrics import (
    INVARIANT_AGE_SECONDS,
    INVARIANT_BREACHES,
    STUCK_AGE_SECONDS,
    STUCK_AMOUNT,
    STUCK_COUNT,
)

EVERY_SECONDS = 5.0
LOOK_SECONDS_MAX = 30.0
STALE_SECONDS = 60.0
"""A report that is older says nothing of now."""

_log = get_logger()
_BEGAN = time.monotonic()


@dataclass(frozen=True, slots=True)
class Invariant:
    """`figure` must be zero, and is None before the first look. `looked_at` is a reading of `time.monotonic`."""

    id: str
    title: str
    figure: int | None
    detail: str
    looked_at: float


@dataclass(frozen=True, slots=True)
class Standstill:
    """What waits at one step, in one currency."""

    kind: str
    step: str
    currency: str | None
    amount: int
    count: int
    oldest_age_seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """One look at the money."""

    invariants: Sequence[Invariant]
    stuck: Sequence[Standstill]


Look = Callable[[], Awaitable[Report]]
"""Looks at what is new. Raises when the database cannot be asked."""


@dataclass
class Money:
    """The last report. `kinds` of standstill are known beforehand, so that a figure of zero is told as such."""

    look: Look
    kinds: Sequence[str]
    report: Report | None = None
    looked_at: float | None = None

    def shown(self, now: float) -> dict[str, Any]:
        """The body of `/health/money`; `now` is a reading of `time.monotonic`."""
        report = self.report or Report((), ())
        return {
            "status": self.verdict(now),
            "age_seconds": None if self.looked_at is None else round(now - self.looked_at, 1),
            "invariants": [_shown(each, now) for each in report.invariants],
            "stuck": {
                "count": sum(each.count for each in report.stuck),
                "amounts": _by_currency(report.stuck),
                "oldest_age_seconds": max((round(each.oldest_age_seconds, 1) for each in report.stuck), default=None),
                "items": [asdict(each) for each in report.stuck],
            },
        }

    def verdict(self, now: float) -> str:
        """`breach` beats `stuck` beats `unknown` beats `ok`; `now` is a reading of `time.monotonic`."""
        if self.report is None or self.looked_at is None:
            return "unknown"
        figures = [each.figure for each in self.report.invariants]
        if any(figures):
            return "breach"
        if self.report.stuck:
            return "stuck"
        return "unknown" if None in figures or now - self.looked_at > STALE_SECONDS else "ok"


async def keep_counting(money: Money) -> None:
    """Until cancelled. While the database cannot be asked the last report grows older, which is told with it."""
    while True:
        try:
            async with asyncio.timeout(LOOK_SECONDS_MAX):
                money.report = await money.look()
            money.looked_at = time.monotonic()
        except Exception as error:  # noqa: BLE001 - whatever it was: the watcher must go on watching
            _log.warning("money.not_looked_at", error=repr(error))
        if money.report is not None:
            _measure(money.report, money.kinds, time.monotonic())
        await asyncio.sleep(EVERY_SECONDS)


def _shown(invariant: Invariant, now: float) -> dict[str, Any]:
    known = invariant.figure is not None
    return {
        "id": invariant.id,
        "title": invariant.title,
        "figure": invariant.figure,
        "detail": invariant.detail or None,
        "age_seconds": round(now - invariant.looked_at, 1) if known else None,
    }


def _by_currency(stuck: Sequence[Standstill]) -> list[Mapping[str, Any]]:
    sums: dict[str, int] = {}
    for each in stuck:
        if each.currency is not None:
            sums[each.currency] = sums.get(each.currency, 0) + each.amount
    return [{"currency": currency, "amount": amount} for currency, amount in sorted(sums.items())]


def _measure(report: Report, kinds: Sequence[str], now: float) -> None:
    worst: dict[str, tuple[int, float]] = {}
    for each in report.invariants:
        figure, age = worst.get(each.id, (0, 0.0))
        # What was never looked at is as old as this process: it grows until somebody has.
        looked_at = each.looked_at if each.figure is not None else _BEGAN
        worst[each.id] = (figure + (each.figure or 0), max(age, now - looked_at))
    for name, (figure, age) in worst.items():
        INVARIANT_BREACHES.labels(name).set(figure)
        INVARIANT_AGE_SECONDS.labels(name).set(age)
    STUCK_AMOUNT.clear()
    for kind in kinds:
        of_kind = [each for each in report.stuck if each.kind == kind]
        STUCK_COUNT.labels(kind).set(sum(each.count for each in of_kind))
        STUCK_AGE_SECONDS.labels(kind).set(max((each.oldest_age_seconds for each in of_kind), default=0))
        for each in _by_currency(of_kind):
            STUCK_AMOUNT.labels(kind, each["currency"]).set(each["amount"])
