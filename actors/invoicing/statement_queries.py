"""The statement of a customer."""

from asyncpg import Connection

from actors.runtime.resources import not_found, whole
from messages.envelope import Query, Reply
from messages.invoices import Invoice
from messages.statements import CustomerStatement, Owed, StatementListing, line_of
from storage import resources, statements
from storage.invoicing import CUSTOMERS


async def statement(connection: Connection, query: Query) -> Reply:
    """Open and past invoices, a page at a time, and what is owed altogether."""
    asked, tenant = StatementListing.model_validate(query.params), query.tenant
    if await resources.by_id(connection, CUSTOMERS, tenant, asked.id) is None:
        return not_found(f"There is no customer {asked.id}.")
    limit = max(1, min(asked.limit, resources.PAGE_MAX))
    found = await statements.issued(connection, tenant, asked.id, asked.after, limit + 1)
    owed = await statements.owed(connection, tenant, asked.id)
    told = CustomerStatement(
        customer_id=asked.id,
        owed=[Owed(currency=currency, amount=amount) for currency, amount in owed],
        data=[line_of(Invoice.model_validate_json(body)) for body in found[:limit]],
        has_more=len(found) > limit,
    )
    return whole(told)
