"""Revenue by month beside the books, and the lines behind a day."""

import asyncio
from datetime import date

from aiohttp import web
from pydantic import Field

from gateway.answers import resource
from gateway.door import door_of
from gateway.parameters import Cursor, Limit, Read
from gateway.problems import FieldError, Problem, invalid
from gateway.questions import resource_of
from gateway.reads import after_id, page, query_of
from gateway.route import V1, Input, Route, id_of
from gateway.shapes import ListOf
from messages import invoicing, ledger
from messages.ids import Token
from messages.ledger import Month
from messages.money import Currency
from messages.revenue import EarnedInvoice, RevenueFigures, RevenueReport, RevenueSum, RevenueTie
from messages.wire import Json, json_of

DEFERRED, INCOME = "liabilities:deferred_revenue", "income:subscriptions"

MONTHS_MAX = 120
"""In one report, which has a row for each and every currency: more would fit into no reply."""


class RevenueMonths(Read):
    """`from` and `to` are months, both included; without `to` it is the one."""

    since: Month = Field(alias="from")
    until: Month | None = Field(default=None, alias="to")


class RevenueLines(Read):
    """Of those who live in real time, or by this test clock."""

    currency: Currency
    test_clock: Token | None = None
    limit: Limit = 20
    cursor: Cursor | None = None


async def report(request: web.Request, given: Input) -> web.StreamResponse:
    """Invoicing and the ledger are asked at the same time, not of the same moment: a posting may be on its way."""
    parameters: RevenueMonths = given.parameters
    until = parameters.until or parameters.since
    if until < parameters.since:
        raise invalid("invalid_parameter", [FieldError("bad_format", "to lies before from.", parameter="to")])
    if _number(until) - _number(parameters.since) >= MONTHS_MAX:
        detail = f"A report has at most {MONTHS_MAX} months."
        raise invalid("invalid_parameter", [FieldError("too_large", detail, parameter="to")])
    bus = door_of(request).bus
    asked = query_of(request, parameters, {"since": parameters.since, "until": until})
    deferred, income = (query_of(request, parameters, {"path": path}) for path in (DEFERRED, INCOME))
    figures, *accounts = await asyncio.gather(
        resource_of(bus, invoicing.ACTOR, "revenue_report", asked),
        resource_of(bus, ledger.ACTOR, "account", deferred),
        resource_of(bus, ledger.ACTOR, "account", income),
    )
    known = RevenueFigures.model_validate(figures)
    books = [_balances(account) for account in accounts]
    return resource(json_of(RevenueReport(data=known.data, totals=tied(known.totals, *books))))


def tied(sums: list[RevenueSum], deferred: dict[str, int], income: dict[str, int]) -> list[RevenueTie]:
    """Every currency that either side knows."""
    known = {one.currency: one for one in sums}
    return [
        _tie(known.get(currency) or RevenueSum(currency=currency, deferred=0, income=0), deferred, income)
        for currency in sorted(known.keys() | deferred.keys() | income.keys())
    ]


def by_day(request: web.Request) -> Json:
    """`…/{day}`."""
    try:
        return {"day": date.fromisoformat(id_of(request, "day")).isoformat()}
    except ValueError:
        raise Problem("not_found", "A day is one such as 2026-11-22.") from None


def _tie(ours: RevenueSum, deferred: dict[str, int], income: dict[str, int]) -> RevenueTie:
    theirs = deferred.get(ours.currency, 0), income.get(ours.currency, 0)
    return RevenueTie(
        currency=ours.currency,
        deferred=ours.deferred,
        income=ours.income,
        ledger_deferred=theirs[0],
        ledger_income=theirs[1],
        deferred_difference=theirs[0] - ours.deferred,
        income_difference=theirs[1] - ours.income,
    )


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def _balances(account: Json) -> dict[str, int]:
    return {balance["currency"]: balance["posted"] for balance in account["balances"]}


_REVENUE = f"{V1}/reports/revenue"

REVENUE = [
    Route(
        *("GET", _REVENUE, report, "billing:read"),
        *("getRevenue", "What was deferred, earned and taken back, beside the books", RevenueReport, RevenueMonths),
    ),
    Route(
        *("GET", f"{_REVENUE}/{{day}}", page(invoicing.ACTOR, "revenue_lines", by_day, after_id), "billing:read"),
        *("listRevenueLines", "The invoices and lines behind a day", ListOf[EarnedInvoice], RevenueLines),
    ),
]
