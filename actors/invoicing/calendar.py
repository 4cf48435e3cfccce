"""Periods of a subscription, each counted from the anchor: 31 January, 28 February, 31 March.

The time zone decides the day, and the local time of day is kept: 09:00 stays 09:00 when summer time begins.
A local time that the clocks jump over comes as much later as they jump; of one that they repeat the first counts.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from messages.products import Recurring
from messages.spans import Span

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


def is_zone(name: str) -> bool:
    """Whether it is an IANA time zone that the other functions take."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; no name at all; a folder of zones
        return False
    return True


def boundary(anchor: datetime, recurring: Recurring, zone: str | None, number: int) -> datetime:
    """Where period `number` begins, in UTC; 0 begins at the anchor itself, earlier ones have negative numbers.

    Where a place crossed the date line a daily period may be empty. No zone is UTC.
    """
    if number == 0:
        return anchor.astimezone(UTC)
    local = anchor.astimezone(ZoneInfo(zone or "UTC"))
    day = _moved(local.date(), recurring, number)
    # With fold 0 a skipped time is read with the offset before the jump, and a repeated one is the first.
    return local.replace(year=day.year, month=day.month, day=day.day, fold=0).astimezone(UTC)


def number_at(anchor: datetime, recurring: Recurring, zone: str | None, moment: datetime) -> int:
    """Of the one period that contains the moment."""
    number = _near(anchor, recurring, zone, moment)
    while boundary(anchor, recurring, zone, number) > moment:
        number -= 1
    while boundary(anchor, recurring, zone, number + 1) <= moment:
        number += 1
    return number


def period_of(anchor: datetime, recurring: Recurring, zone: str | None, number: int) -> Span:
    """Period `number`."""
    return Span(start=boundary(anchor, recurring, zone, number), end=boundary(anchor, recurring, zone, number + 1))


def period_at(anchor: datetime, recurring: Recurring, zone: str | None, moment: datetime) -> Span:
    """The period that contains the moment; as quick for a moment years away."""
    return period_of(anchor, recurring, zone, number_at(anchor, recurring, zone, moment))


def periods_between(
    anchor: datetime, recurring: Recurring, zone: str | None, start: datetime, end: datetime
) -> Iterator[Span]:
    """All periods, each of them whole, that share time with [`start`, `end`), in order."""
    while start < end:
        period = period_at(anchor, recurring, zone, start)
        yield period
        start = period.end


def _moved(day: date, recurring: Recurring, number: int) -> date:
    """`number` intervals later; a day that the month does not have is its last."""
    steps = number * recurring.interval_count
    if recurring.interval in _DAYS:
        return day + timedelta(days=steps * _DAYS[recurring.interval])
    year, month = divmod(_month(day) + steps * _MONTHS[recurring.interval], 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _near(anchor: datetime, recurring: Recurring, zone: str | None, moment: datetime) -> int:
    """The number by dates alone; the time of day, a short month or a jump of the clocks may put it beside."""
    local = ZoneInfo(zone or "UTC")
    first, day = anchor.astimezone(local).date(), moment.astimezone(local).date()
    if recurring.interval in _DAYS:
        return (day - first).days // (recurring.interval_count * _DAYS[recurring.interval])
    return (_month(day) - _month(first)) // (recurring.interval_count * _MONTHS[recurring.interval])


def _month(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1
