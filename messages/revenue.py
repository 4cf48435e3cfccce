"""What was asked for and is earned over time: what is deferred of each invoice, and what each day of UTC earns."""

from typing import Annotated

from pydantic import StringConstraints

from messages.money import Balance, Currency
from messages.resource import Versioned
from messages.spans import Span
from messages.wire import Instant, Wire

Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
"""Of UTC, `2026-11-22`; days compare as texts."""


class RevenueLine(Wire):
    """So much of a line of an invoice is earned evenly over `span`; what lies before `from_day` falls on it.

    Without a span the amount changes what the line still had to earn from that day on, each day in proportion. A
    `credit_note` has taken back, or given again, this much.
    """

    line: str
    amount: Balance
    from_day: Day
    span: Span | None = None
    credit_note: str | None = None


class Earning(Versioned):
    """Of one invoice, whose id it has. From the day `until` on nothing of it is earned any more: it is void.

    `first_day` and `last_day` are those on which anything of it may be earned.
    """

    currency: Currency
    clock: str | None = None
    first_day: Day
    last_day: Day
    until: Day | None = None
    lines: tuple[RevenueLine, ...] = ()
    created_at: Instant


class Revenue(Versioned):
    """`days`: by currency, what each day earns that is not posted yet. Below nothing, more was taken back.

    One for the customers who live in real time, and one for those of each test clock.
    """

    clock: str | None = None
    days: dict[Currency, dict[Day, int]] = {}
    created_at: Instant


class RevenueDay(Versioned):
    """A day that is over, in one currency: `transaction` is income by it."""

    day: Day
    currency: Currency
    clock: str | None = None
    amount: Balance
    transaction: str | None = None
    created_at: Instant
