"""Entries and transactions as they are read."""

from typing import Final

from asyncpg import Connection

from actors.ledger import chart
from actors.runtime.resources import first_of, not_found, page, whole
from messages.envelope import Query, Reply
from messages.ledger import Entry, EntryLine, Transaction
from messages.ledger_queries import EntryListing, LinesOf, SourceEntryListing, TransactionListing
from messages.queries import ById
from messages.wire import Json
from storage import entry_queries as books
from storage import transaction_queries as journal
from storage.ledger import LINES_SHOWN

POSTED: Final = "posted"
_NEVER_POSTED: Final = ("pending", "voided", "expired")


async def entries(connection: Connection, query: Query) -> Reply:
    """Of one account, or of a wallet's two."""
    asked = EntryListing.model_validate(query.params)
    paths = [asked.path] if asked.path else []
    if asked.customer_id:
        paths = [chart.wallet(asked.customer_id), chart.wallet_holds(asked.customer_id)]
    if not paths or any(chart.class_of(path) is None for path in paths):
        return not_found(f"The chart has no account {asked.path}.")
    return first_of(await books.find_entries(connection, query.tenant, paths, asked), asked.limit, Entry)


async def source_entries(connection: Connection, query: Query) -> Reply:
    """Of what was posted for a resource of any actor: none for one that we have not heard of."""
    asked = SourceEntryListing.model_validate(query.params)
    return first_of(await books.find_source_entries(connection, query.tenant, asked), asked.limit, Entry)


async def lines(connection: Connection, query: Query) -> Reply:
    """Of a transaction that waits they have no balance yet."""
    asked = LinesOf.model_validate(query.params)
    found = await books.find_lines(connection, query.tenant, asked)
    if not found and await journal.find_transaction(connection, query.tenant, asked.id) is None:
        waiting = await journal.find_pending(connection, query.tenant, asked.id)
        if waiting is None:
            return not_found(f"There is no transaction {asked.id}.")
        found = _after(waiting["entries"], asked.after)
    return first_of(found, asked.limit, EntryLine)


async def transaction(connection: Connection, query: Query) -> Reply:
    """Posted, or written down to be."""
    wanted = ById.model_validate(query.params).id
    found = await journal.find_transaction(connection, query.tenant, wanted)
    if found is None:
        waiting = await journal.find_pending(connection, query.tenant, wanted)
        if waiting is None:
            return not_found(f"There is no transaction {wanted}.")
        found = _shown(waiting)
    return whole(Transaction.model_validate(found))


async def transactions(connection: Connection, query: Query) -> Reply:
    """The journal and what waits to be in it, unless a status was asked for."""
    asked = TransactionListing.model_validate(query.params)
    wanted = asked.status or [POSTED, "pending"]
    found = await journal.find_transactions(connection, query.tenant, asked) if POSTED in wanted else []
    others = [status for status in _NEVER_POSTED if status in wanted]
    if others:
        found += [_shown(each) for each in await journal.find_waiting(connection, query.tenant, asked, others)]
    read = sorted(map(Transaction.model_validate, found), key=_place, reverse=True)
    return page(read[: asked.limit], has_more=len(read) > asked.limit)


def _place(one: Transaction) -> tuple[object, str]:
    return one.recorded_at, one.id


def _shown(waiting: Json) -> Json:
    """With its first entries."""
    every = waiting["entries"]
    return {**waiting, "entries": every[:LINES_SHOWN], "entries_has_more": len(every) > LINES_SHOWN}


def _after(every: list[Json], seen: str | None) -> list[Json]:
    number = next((number for number, line in enumerate(every, 1) if line["id"] == seen), 0)
    return every[number:]
