"""Each list that is narrowed by one column is read along an index in its own order, however rare the value is."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from messages.queries import Listing
from storage import access, invoicing, ledger_rows, notifications, payments, usage
from storage.inbox import LISTED as AUDITED
from storage.migrate import SCHEMAS
from storage.narrowing import newer
from storage.paging import Listed, page_of
from storage.resources import Table

LISTED: dict[str, tuple[Table, ...]] = {
    "payments": (
        *(payments.PAYMENTS, payments.REFUNDS, payments.PAYOUTS, payments.DISPUTES),
        *(payments.BALANCE_TRANSACTIONS, payments.DIFFERENCES),
    ),
    "ledger": (ledger_rows.TRANSFERS, ledger_rows.PENDING),
    "invoicing": (
        *(invoicing.CUSTOMERS, invoicing.PRODUCTS, invoicing.PRICES, invoicing.TAX_RATES, invoicing.SUBSCRIPTIONS),
        *(invoicing.INVOICES, invoicing.CREDIT_NOTES, invoicing.TEST_CLOCKS, usage.SHOWN),
    ),
    "notifications": (
        *(notifications.ENDPOINTS, notifications.DELIVERIES, notifications.MAILS, notifications.SUPPRESSIONS),
    ),
    "access": (access.KEYS, access.USERS),
}
TIME = datetime(2026, 11, 1, tzinfo=UTC)
TIMES = Listing(created_before=TIME, after=(TIME, "x"))
COMMANDS_BY = ("type", "status", "subject", "principal")


def narrowed_by() -> Iterator[tuple[str, Listed, str]]:
    """Schema, list and column."""
    for schema, tables in LISTED.items():
        for table in tables:
            listed = Listed(table.name, told=table.told)
            yield from ((schema, listed, column) for column in table.references)
            if table.derived:
                yield schema, listed, "kept_status"
            if "status text" in table.columns:
                yield schema, listed, "status"
            if "active boolean" in table.columns:
                yield schema, listed, "active::text"
    yield from (("ledger", Listed("hold"), column) for column in ("status", "customer_id"))
    yield from (
        (schema, AUDITED, column) for schema in SCHEMAS for column in ("type", "status", "subject", "principal")
    )


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_a_list_narrowed_by_one_column_has_an_index_in_its_order(
    database_as: Callable[[str], str], schema: str
) -> None:
    connection = await asyncpg.connect(database_as(f"pocketpay_{schema}"), timeout=10)
    try:
        # a table that is empty is cheaper to read and sort; what could be used when it is large is what counts
        await connection.execute("set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off")
        wrong = [
            f"{listed.table} by {column}: {plan}"
            for of, listed, column in narrowed_by()
            for values in (["one"], ["one", "other"])
            if of == schema and (plan := await _without_order(connection, listed, column, values))
        ]
    finally:
        await connection.close(timeout=10)
    assert wrong == []


async def _without_order(
    connection: asyncpg.Connection, listed: Listed, column: str, values: list[str]
) -> dict[str, Any] | None:
    """The plan, if it does not read along an index of the column; pages of several values may be put in order."""
    sql, args = page_of(listed, "demo", {column: values}, newer(TIMES, listed.at, "id"), 21)
    plan = json.loads(str(await connection.fetchval(f"explain (format json) {sql}", *args)))[0]["Plan"]
    nodes = list(_nodes(plan))
    named = column.removesuffix("::text").removeprefix("kept_")
    along = [node for node in nodes if named in node.get("Index Cond", "") and "_at" in node["Index Cond"]]
    sorts = sum(node["Node Type"] == "Sort" for node in nodes)
    return None if along and sorts == (len(values) > 1) else plan


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)
