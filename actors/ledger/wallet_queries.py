"""Wallets, holds, transfers and periods as they are read."""

from asyncpg import Connection

from actors.ledger.account_queries import position
from actors.runtime.resources import first_of, not_found, one, page, whole
from messages import ledger_queries, wallets
from messages.envelope import Query, Reply
from messages.ledger import Period
from messages.queries import ById
from storage import wallet_queries as books
from storage.ledger_rows import TRANSFERS

transfer = one(TRANSFERS, wallets.Transfer)


async def wallet(connection: Connection, query: Query) -> Reply:
    """Of a customer without movements it is empty."""
    customer_id = ledger_queries.ByCustomer.model_validate(query.params).customer_id
    found = await books.find_wallet(connection, query.tenant, customer_id)
    known = wallets.Wallet.model_validate(found or {"id": customer_id, "customer_id": customer_id})
    return whole(known.model_copy(update={"position": await position(connection, query)}))


async def hold(connection: Connection, query: Query) -> Reply:
    """By its id."""
    wanted = ById.model_validate(query.params).id
    found = await books.find_hold(connection, query.tenant, wanted)
    return not_found(f"There is no hold {wanted}.") if found is None else whole(wallets.Hold.model_validate(found))


async def holds(connection: Connection, query: Query) -> Reply:
    """Newest first."""
    asked = ledger_queries.HoldListing.model_validate(query.params)
    return first_of(await books.find_holds(connection, query.tenant, asked), asked.limit, wallets.Hold)


async def transfers(connection: Connection, query: Query) -> Reply:
    """Newest first."""
    asked = ledger_queries.TransferListing.model_validate(query.params)
    found, has_more = await books.find_transfers(connection, query.tenant, asked)
    return page(map(wallets.Transfer.model_validate, found), has_more=has_more)


async def period(connection: Connection, query: Query) -> Reply:
    """A month that was never closed is open, in version 0."""
    month = ledger_queries.ByMonth.model_validate(query.params).month
    found = await books.find_period(connection, query.tenant, month)
    return whole(Period.model_validate(found or {"id": month, "version": 0}))
