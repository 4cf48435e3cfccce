"""When an amount is earned: evenly over its span, to the second, told by days of UTC."""

from datetime import UTC, date, datetime, time, timedelta

from actors.invoicing.proration import accrued
from messages.spans import Span


def earned_by_day(amount: int, span: Span, from_day: date) -> dict[str, int]:
    """By day, `2026-11-22`, in order and without days of nothing; all days together are the amount.

    What was earned before `from_day` (its books may be closed) falls on it, also where the whole span is over.
    """
    days, earned, day = dict[str, int](), 0, max(span.start.date(), from_day)
    while earned != amount:
        next_day = day + timedelta(days=1)
        so_far = accrued(amount, span, datetime.combine(next_day, time.min, UTC))
        if so_far != earned:
            days[day.isoformat()] = so_far - earned
        earned, day = so_far, next_day
    return days


def deferred_after(amount: int, span: Span, now: datetime) -> int:
    """What is not earned yet at an instant."""
    return amount - accrued(amount, span, now)
