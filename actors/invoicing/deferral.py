"""What each line of an invoice earns on each day, after all that was taken back of it. Whole minor units throughout.

All amounts of a line and its days lie on the same side of 0; a credit for unused time earns below it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from actors.invoicing.earning import earned_by_day
from actors.invoicing.shares import spread
from messages.invoices import InvoiceLine
from messages.money import share
from messages.revenue import Earning, RevenueLine
from messages.spans import Span

Days = dict[str, int]
"""By day."""


def net_of(line: InvoiceLine) -> int:
    """Without its discount and without any tax, inclusive ones too."""
    return line.amount - line.discount - sum(tax.amount for tax in line.taxes if tax.inclusive)


def over_time(lines: Iterable[InvoiceLine], now: datetime) -> list[InvoiceLine]:
    """Those whose period is not over; all others are earned at once."""
    return [line for line in lines if line.period.start and line.period.end and line.period.end > now]


def begun(lines: Iterable[InvoiceLine], today: date) -> tuple[RevenueLine, ...]:
    """What an invoice that is issued today defers."""
    spans = ((line, line.period.start, line.period.end) for line in lines)
    return tuple(
        RevenueLine(line=line.id, amount=net_of(line), from_day=today.isoformat(), span=Span(start=start, end=end))
        for line, start, end in spans
        if start and end and net_of(line)
    )


def days_of(earning: Earning) -> dict[str, Days]:
    """By line, the days on which it earns anything."""
    found: dict[str, Days] = {}
    for entry in earning.lines:
        days = found.setdefault(entry.line, {})
        parts = _parts(entry, days)
        if not days:
            found[entry.line] = parts
            continue
        for day, part in parts.items():
            days[day] = days.get(day, 0) + part
    return {line: _some(days, earning.until) for line, days in found.items()}


def all_days(earning: Earning) -> Days:
    """What the invoice earns on each day."""
    return together(days_of(earning).values())


def difference(before: Mapping[str, int], after: Mapping[str, int]) -> Days:
    """What each day earns more than before."""
    return together([after, {day: -part for day, part in before.items()}])


def together(lines: Iterable[Mapping[str, int]]) -> Days:
    """The days of several lines added up."""
    days: Days = {}
    for line in lines:
        if not days:
            days = dict(line)
            continue
        for day, part in line.items():
            days[day] = days.get(day, 0) + part
    return {day: amount for day, amount in days.items() if amount}


def coming(days: Mapping[str, int], today: date) -> Days:
    """Those that are not over."""
    return {day: part for day, part in days.items() if day >= today.isoformat()}


def part_deferred(credited: int, rest: int, left: int) -> int:
    """How much of what is credited was still to be earned, where `left` of the `rest` of a line is."""
    return share(min(abs(credited), abs(rest)), abs(rest), left)


def _parts(entry: RevenueLine, days: Mapping[str, int]) -> Days:
    if entry.span is not None:
        return earned_by_day(entry.amount, entry.span, date.fromisoformat(entry.from_day))
    left = coming(days, date.fromisoformat(entry.from_day))
    return dict(zip(left, spread(entry.amount, _weights(left)), strict=True))


def _weights(days: Mapping[str, int]) -> Sequence[int]:
    return [abs(part) for part in days.values()]


def _some(days: Days, until: str | None) -> Days:
    return {day: part for day, part in sorted(days.items()) if part and (until is None or day < until)}
