"""The report of revenue and the lines behind a day, out of real tables and as the actor's own role."""

from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.invoicing.io import QUERIES, save
from actors.invoicing.revenue_queries import told
from messages.envelope import Query
from messages.revenue import RevenueAsked, RevenueMonth
from messages.wire import Json
from tests.invoicing.booked import books_of
from tests.invoicing.deferred import waiting_days
from tests.invoicing.shop import TENANT, Shop, days
from tests.invoicing.till import opened, shop_with


@pytest.fixture
async def tables(database_as: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    """With the invoicing actor's own rights."""
    connection = await asyncpg.connect(database_as("pocketpay_invoicing"), timeout=10)
    yield connection
    await connection.close(timeout=10)


async def keep(tables: asyncpg.Connection, shop: Shop) -> None:
    """All that a shop keeps, saved as batches save it."""
    for statement in save(list(shop.view.values())):
        await tables.execute(statement.sql, *statement.args)


async def asked(tables: asyncpg.Connection, name: str, **params: Any) -> Json:
    return (await QUERIES[name](tables, Query(tenant=TENANT, params=params))).body


def sixty_days(amount: int) -> dict[str, Any]:
    """From the shop's 31 January 2026 to 1 April."""
    start = Shop().now
    return {"amount": amount, "description": "Pro", "period": {"start": start, "end": start + days(60)}}


def busy() -> Shop:
    """One invoice is earned and credited in part, one void after a month, one credited and asked for again."""
    shop = shop_with()
    for number in (1, 2, 3):
        opened(shop, id_=f"inv_{number}", lines=[sixty_days(6_000), {"amount": 1_000, "description": "Set-up"}])
    line = shop.state("inv_1").lines[0].id
    shop.until(shop.now + days(30.5))
    shop.done("credit_note.create", "cn_1", invoice="inv_1", lines=[{"invoice_line": line, "amount": 3_000}])
    shop.done("credit_note.create", "cn_3", invoice="inv_3")
    shop.done("invoice.void", "inv_2")
    shop.until(shop.now + days(2))
    return shop


async def test_each_month_opens_with_what_the_one_before_closed_with(tables: asyncpg.Connection) -> None:
    # Given three invoices over sixty days, of the last day of January
    await keep(tables, busy())

    # When the months are asked for
    report = await asked(tables, "revenue_report", since="2026-01", until="2026-04")

    # Then they add up
    names = ("month", "deferred_opening", "invoiced", "credited", "voided", "recognised", "deferred_closing")
    rows = [tuple(row[name] for name in names) for row in report["data"]]
    assert rows == [
        ("2026-01", 0, 18_000, 0, 0, 300, 17_700),
        ("2026-02", 17_700, 0, 0, 0, 28 * 300, 9_300),
        ("2026-03", 9_300, 0, 1_500 + 3_000, 3_000, 300 + 2 * 50, 1_400),
        ("2026-04", 1_400, 0, 0, 0, 0, 1_400),
    ]
    assert [row["income_at_once"] for row in report["data"]] == [3_000, 0, -(1_500 + 4_000) - 4_000, 0]


async def test_the_sums_are_those_of_the_books_and_of_the_days_to_come(tables: asyncpg.Connection) -> None:
    shop = busy()
    await keep(tables, shop)
    book = books_of(shop)
    report = await asked(tables, "revenue_report", since="2026-02", until="2026-02")
    [total] = report["totals"]
    assert total["deferred"] == book.balance("liabilities:deferred_revenue") == sum(waiting_days(shop).values())
    assert total["income"] == book.balance("income:subscriptions")
    assert [row["month"] for row in report["data"]] == ["2026-02"]


async def test_a_note_that_is_void_and_a_tenant_without_revenue(tables: asyncpg.Connection) -> None:
    shop = busy()
    opened(shop, id_="inv_9", lines=[sixty_days(6_000)])
    shop.done(
        "credit_note.create",
        "cn_9",
        invoice="inv_9",
        lines=[{"invoice_line": shop.state("inv_9").lines[0].id, "amount": 100}],
    )
    shop.done("credit_note.void", "cn_9")
    await keep(tables, shop)
    book = books_of(shop)
    [total] = (await asked(tables, "revenue_report", since="2026-02", until="2026-02"))["totals"]
    assert total["deferred"] == book.balance("liabilities:deferred_revenue")
    assert total["income"] == book.balance("income:subscriptions")
    empty = await QUERIES["revenue_report"](
        tables, Query(tenant="other", params={"since": "2026-02", "until": "2026-02"})
    )
    assert empty.body == {"data": [], "totals": []}


async def test_a_day_is_read_line_by_line(tables: asyncpg.Connection) -> None:
    await keep(tables, busy())
    day = {"day": "2026-02-10", "currency": "USD"}
    first = await asked(tables, "revenue_lines", limit=2, **day)
    rest = await asked(tables, "revenue_lines", limit=2, after=first["data"][-1]["id"], **day)
    assert [(one["id"], one["amount"]) for one in first["data"] + rest["data"]] == [
        ("inv_1", 100),
        ("inv_2", 100),
        ("inv_3", 100),
    ]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    later = (await asked(tables, "revenue_lines", **{**day, "day": "2026-03-20"}))["data"]
    assert [(one["id"], one["amount"], len(one["lines"])) for one in later] == [
        ("inv_1", 50, 1),
        ("inv_2", 0, 0),
        ("inv_3", 0, 0),
    ]
    assert (await asked(tables, "revenue_lines", **{**day, "test_clock": "clock_1"}))["data"] == []


MOVED = st.dictionaries(
    st.sampled_from(["2025-11", "2025-12", "2026-01", "2026-03"]),
    st.tuples(*[st.integers(-1_000, 1_000)] * 4),
    min_size=1,
)


@given(moved=MOVED, since=st.sampled_from(["2025-10", "2025-12", "2026-02"]))
def test_months_in_which_nothing_moved_are_told_too(moved: dict[str, tuple[int, ...]], since: str) -> None:
    names = ("invoiced", "credited", "voided", "recognised")
    rows = [
        RevenueMonth.model_validate({"month": month, "currency": "USD", **dict(zip(names, each, strict=True))})
        for month, each in moved.items()
    ]
    found = list(told(rows, RevenueAsked(since=since, until="2026-04")))
    assert found[-1].deferred_closing == sum(one[0] - one[1] - one[2] - one[3] for one in moved.values())
    assert [row.month for row in found] == [
        month
        for month in ("2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04")
        if month >= max(since, min(moved))
    ]
    assert all(one.deferred_closing == other.deferred_opening for one, other in pairwise(found))
