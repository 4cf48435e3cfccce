"""When an amount is earned: evenly over its span, to the second, told by days of UTC."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final

from actors.invoicing.proration import accrued, full_seconds
from messages.money import share
from messages.spans import Span

_DAY: Final = 86_400


def earned_by_day(amount: int, span: Span, from_day: date) -> dict[str, int]:
    """By day, `2026-11-22`, in order and without days of nothing; all days together are the amount.

    What was earned before `from_day` (its books may be closed) falls on it, also where the whole span is over.
    In plain integers: an invoice has a thousand lines, and each of them thousands of days.
    """
    days, earned, day = dict[str, int](), 0, max(span.start.date(), from_day).toordinal()
    whole = full_seconds(span.start, span.end)
    seconds = full_seconds(span.start, datetime.combine(date.fromordinal(day + 1), time.min, UTC))
    while earned != amount:
        so_far = amount if seconds >= whole else share(seconds, whole, amount)
        if so_far != earned:
            days[_name(day)] = so_far - earned
        earned, day, seconds = so_far, day + 1, seconds + _DAY
    return days


@lru_cache(maxsize=1 << 14)
def _name(day: int) -> str:
    return date.fromordinal(day).isoformat()


def deferred_after(amount: int, span: Span, now: datetime) -> int:
    """What is not earned yet at an instant."""
    return amount - accrued(amount, span, now)
