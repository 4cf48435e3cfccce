"""What is asked about revenue: months added up, and the lines behind a day."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from asyncpg import Connection

from actors.invoicing.deferral import days_of
from actors.runtime.resources import page, whole
from messages.envelope import Query, Reply
from messages.revenue import (
    EarnedInvoice,
    EarnedLine,
    Earning,
    RevenueAsked,
    RevenueFigures,
    RevenueLinesListing,
    RevenueMonth,
    RevenueSum,
)
from storage import revenue
from storage.resources import PAGE_MAX


async def revenue_report(connection: Connection, query: Query) -> Reply:
    """The months asked for, and the sums of all."""
    asked = RevenueAsked.model_validate(query.params)
    moved = [RevenueMonth.model_validate(row) for row in await revenue.months(connection, query.tenant)]
    by_currency = [list(rows) for _, rows in groupby(sorted(moved, key=_currency), key=_currency)]
    return whole(
        RevenueFigures(
            data=sorted(
                (row for rows in by_currency for row in told(rows, asked)), key=lambda row: (row.month, row.currency)
            ),
            totals=[_sum(rows) for rows in by_currency],
        )
    )


async def revenue_lines(connection: Connection, query: Query) -> Reply:
    """A page of invoices."""
    asked = RevenueLinesListing.model_validate(query.params)
    limit = max(1, min(asked.limit, PAGE_MAX))
    found = await revenue.earnings_of(connection, query.tenant, asked, limit + 1)
    earned = (_earned(Earning.model_validate(row), asked.day) for row in found[:limit])
    return page(earned, has_more=len(found) > limit)


def told(rows: Sequence[RevenueMonth], asked: RevenueAsked) -> Iterator[RevenueMonth]:
    """Of one currency, every month asked for from the first in which anything moved, each opened with what the one
    before closed with.
    """
    moved = {row.month: row for row in rows}
    closing, month = 0, min(moved)
    while month <= asked.until:
        row = moved.get(month) or RevenueMonth(month=month, currency=rows[0].currency)
        opening, closing = closing, closing + row.invoiced - row.credited - row.voided - row.recognised
        if month >= asked.since:
            yield row.model_copy(update={"deferred_opening": opening, "deferred_closing": closing})
        month = _next(month)


def _sum(rows: Iterable[RevenueMonth]) -> RevenueSum:
    rows = list(rows)
    return RevenueSum(
        currency=rows[0].currency,
        deferred=sum(row.invoiced - row.credited - row.voided - row.recognised for row in rows),
        income=sum(row.income_at_once + row.recognised for row in rows),
    )


def _earned(earning: Earning, day: str) -> EarnedInvoice:
    parts = {line: days.get(day, 0) for line, days in days_of(earning).items()}
    return EarnedInvoice(
        id=earning.id,
        day=day,
        currency=earning.currency,
        test_clock=earning.clock,
        amount=sum(parts.values()),
        lines=[EarnedLine(invoice_line=line, amount=amount) for line, amount in parts.items() if amount],
    )


def _currency(row: RevenueMonth) -> str:
    return row.currency


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"
