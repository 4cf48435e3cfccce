"""Lines of an invoice, and the audit of a series of numbers."""

import json

from asyncpg import Connection

from actors.runtime.resources import first_of, not_found, whole
from messages.envelope import Query, Reply
from messages.invoices import AuditSeries, InvoiceLine, InvoiceLineListing, SeriesAudit
from storage import invoices

PAGE_MAX = 100


async def invoice_lines(connection: Connection, query: Query) -> Reply:
    """A page of lines, in the order in which they stand."""
    asked = InvoiceLineListing.model_validate(query.params)
    if not await invoices.is_there(connection, query.tenant, asked.id):
        return not_found(f"There is no invoice {asked.id}.")
    limit = max(1, min(asked.limit, PAGE_MAX))
    found = await invoices.lines_of(connection, query.tenant, asked.id, asked.after, limit)
    return first_of([json.loads(each) for each in found], limit, InvoiceLine)


async def series_audit(connection: Connection, query: Query) -> Reply:
    """Whether the numbers are 1..n, as the rows stand and as the counter says."""
    asked = AuditSeries.model_validate(query.params)
    row = await invoices.audit(connection, query.tenant, asked.series)
    if row["head"] is None and not row["count"]:
        return not_found(f"No number of a series {asked.series} was ever given.")
    counted = row["first"] == 1 and row["last"] == row["count"] == row["head"]
    missing, doubled, out_of_order = row["missing"], row["doubled"], row["out_of_order"]
    audit = SeriesAudit(
        series=asked.series,
        count=row["count"],
        first=row["first"],
        last=row["head"],
        by_status=json.loads(row["by_status"] or "{}"),
        missing=missing,
        doubled=doubled,
        out_of_order=out_of_order,
        gapless=counted and not (missing or doubled or out_of_order),
    )
    return whole(audit)
