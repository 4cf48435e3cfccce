"""What was asked for and is earned over time: what is deferred of each invoice, and what each day of UTC earns."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from messages.ledger import Month
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


class RevenueAsked(Wire):
    """`revenue_report`: from this month to that one, both included."""

    since: Month
    until: Month


class RevenueMonth(Wire):
    """One month in one currency. `deferred_closing` = `deferred_opening` + `invoiced` - `credited` - `voided` -
    `recognised`; `income_at_once` was never deferred, less what void invoices and credit notes took from the income.
    """

    month: Month
    currency: Currency
    deferred_opening: Balance = 0
    invoiced: Balance = 0
    credited: Balance = 0
    voided: Balance = 0
    recognised: Balance = 0
    deferred_closing: Balance = 0
    income_at_once: Balance = 0


class RevenueSum(Wire):
    """All months there ever were: what is still deferred, and what was earned."""

    currency: Currency
    deferred: Balance
    income: Balance


class RevenueFigures(Wire):
    """What invoicing knows of it."""

    data: list[RevenueMonth]
    totals: list[RevenueSum]


class RevenueTie(RevenueSum):
    """Beside the books' `liabilities:deferred_revenue` and `income:subscriptions`; both differences must be 0."""

    ledger_deferred: Balance
    ledger_income: Balance
    deferred_difference: Balance
    income_difference: Balance


class RevenueReport(Wire):
    """Months by the time of whom they are about. `totals` are of now, whatever months were asked for."""

    object: Literal["revenue_report"] = "revenue_report"
    data: list[RevenueMonth]
    totals: list[RevenueTie]


class RevenueLinesListing(Wire):
    """`revenue_lines`: what was, or will be, earned on a day, invoice by invoice; `after` is the last one seen."""

    day: Day
    currency: Currency
    test_clock: str | None = None
    limit: int = 20
    after: str | None = None


class EarnedLine(Wire):
    """Of one line of an invoice."""

    invoice_line: str
    amount: Balance


class EarnedInvoice(Wire):
    """What one invoice earns on a day; 0 where its lines even out."""

    object: Literal["revenue_line"] = "revenue_line"
    id: str
    day: Day
    currency: Currency
    test_clock: str | None = None
    amount: Balance
    lines: list[EarnedLine]
