"""What one may ask the ledger. Unknown ids and paths outside the chart are 404 `not_found`."""

from collections.abc import Mapping
from typing import Final

from asyncpg import Connection
from pydantic import BaseModel

from actors.ledger import chart
from actors.ledger.export_query import export
from actors.runtime.actor import Answer
from actors.runtime.resources import not_found, page
from messages import ledger, ledger_queries, wallets
from messages.envelope import Query, Reply
from messages.queries import ById
from messages.subjects import EVENTS, partition_of
from messages.wire import Json, json_of
from storage import ledger_queries as books
from storage.partition import cursor_of


async def _wallet(connection: Connection, query: Query) -> Reply:
    customer_id = ledger_queries.ByCustomer.model_validate(query.params).customer_id
    found = await books.find_wallet(connection, query.tenant, customer_id)
    wallet = wallets.Wallet.model_validate(found or {"id": customer_id, "customer_id": customer_id})
    return _reply(wallet.model_copy(update={"position": await _position(connection, query)}))


async def _account(connection: Connection, query: Query) -> Reply:
    asked = ledger_queries.ByPath.model_validate(query.params)
    row = chart.class_of(asked.path)
    if row is None:
        return not_found(f"The chart has no account {asked.path}.")
    found = await books.find_account(connection, query.tenant, asked.path, asked.currency)
    nothing = [{"currency": asked.currency, "posted": 0, "version": 0}] if asked.currency else []
    empty = {"path": asked.path, "normal_side": row.normal_side, "floor": row.floor, "balances": nothing}
    account = ledger.Account.model_validate(found or empty)
    return _reply(account.model_copy(update={"position": await _position(connection, query)}))


async def _position(connection: Connection, query: Query) -> str:
    """How far this snapshot of the books has heard EVENTS; the gateway says of which numbering."""
    return str(await cursor_of(connection, partition_of(query.tenant), EVENTS))


async def _accounts(connection: Connection, query: Query) -> Reply:
    asked = ledger_queries.Accounts.model_validate(query.params)
    return _page(await books.find_accounts(connection, query.tenant, asked), asked.limit, ledger.Account)


async def _entries(connection: Connection, query: Query) -> Reply:
    asked = ledger_queries.EntryListing.model_validate(query.params)
    paths = [asked.path] if asked.path else []
    if asked.customer_id:
        paths = [chart.wallet(asked.customer_id), chart.wallet_holds(asked.customer_id)]
    if not paths or any(chart.class_of(path) is None for path in paths):
        return not_found(f"The chart has no account {asked.path}.")
    found = await books.find_entries(connection, query.tenant, paths, asked)
    return _page(found, asked.limit, ledger.Entry)


async def _transaction(connection: Connection, query: Query) -> Reply:
    wanted = ById.model_validate(query.params).id
    found = await books.find_transaction(connection, query.tenant, wanted)
    if found is None:
        return not_found(f"There is no transaction {wanted}.")
    return _reply(ledger.Transaction.model_validate(found))


async def _transactions(connection: Connection, query: Query) -> Reply:
    asked = ledger_queries.TransactionListing.model_validate(query.params)
    found = await books.find_transactions(connection, query.tenant, asked)
    return _page(found, asked.limit, ledger.Transaction)


async def _hold(connection: Connection, query: Query) -> Reply:
    wanted = ById.model_validate(query.params).id
    found = await books.find_hold(connection, query.tenant, wanted)
    return not_found(f"There is no hold {wanted}.") if found is None else _reply(wallets.Hold.model_validate(found))


async def _trial_balance(connection: Connection, query: Query) -> Reply:
    at = ledger_queries.At.model_validate(query.params).at
    found = await books.find_trial_balance(connection, query.tenant, at)
    return _reply(ledger.TrialBalance(at=at, data=[ledger.TrialBalanceLine.model_validate(line) for line in found]))


ANSWERS: Final[Mapping[str, Answer]] = {
    "wallet": _wallet,
    "account": _account,
    "accounts": _accounts,
    "entries": _entries,
    "transaction": _transaction,
    "transactions": _transactions,
    "hold": _hold,
    "trial_balance": _trial_balance,
    "export": export,
}


def _reply(resource: BaseModel) -> Reply:
    return Reply(body=json_of(resource))


def _page(found: list[Json], limit: int, model: type[BaseModel]) -> Reply:
    return page(map(model.model_validate, found[:limit]), has_more=len(found) > limit)
