"""Wallets, holds, transfers and periods as they are read."""

from dataclasses import replace
from typing import Final

from asyncpg import Connection
from pydantic_core import from_json, to_json

from messages.ledger_queries import HoldListing, TransferListing
from messages.queries import Listing
from messages.wire import Json
from storage import resources
from storage.json_rows import many, one
from storage.ledger import HOLD, WALLET
from storage.ledger_rows import TRANSFERS
from storage.narrowing import Filter, newer
from storage.paging import Listed, page_of
from storage.resources import Table

_WALLET_OF: Final = f"select {WALLET}::text from wallet w where w.tenant = $1 and w.customer_id = $2"
_HOLD_BY_ID: Final = f"select {HOLD}::text from hold h where h.tenant = $1 and h.id = $2"
_PERIOD: Final = """
select json_build_object('id', p.month, 'status', p.status, 'reason', p.reason, 'closed_at', p.closed_at,
    'version', p.version, 'updated_at', p.updated_at)::text
from period p where p.tenant = $1 and p.month = $2"""

_SENT: Final = replace(TRANSFERS, references=("from_customer",))
_RECEIVED: Final = replace(TRANSFERS, references=("to_customer",))


class _Sent(Listing):
    from_customer: str


class _Received(Listing):
    to_customer: str


async def find_wallet(connection: Connection, tenant: str, customer_id: str) -> Json | None:
    """A wallet with its balances, or None without movements."""
    return await one(connection, _WALLET_OF, tenant, customer_id)


async def find_hold(connection: Connection, tenant: str, hold_id: str) -> Json | None:
    """One hold."""
    return await one(connection, _HOLD_BY_ID, tenant, hold_id)


async def find_holds(connection: Connection, tenant: str, asked: HoldListing) -> list[Json]:
    """Newest first, one more than asked for if there are more."""
    asked_for = {"status": asked.status, "customer_id": [asked.customer_id] if asked.customer_id else []}
    keys = {column: values for column, values in asked_for.items() if values}
    # The first half of the condition on metadata is what the partial index asks for.
    metadata = to_json(asked.metadata).decode() if asked.metadata else None
    filters: list[Filter] = [("metadata <> '{{}}' and metadata @> {}::text::jsonb", metadata)]
    page, args = page_of(Listed("hold"), tenant, keys, [*filters, *newer(asked, "created_at", "id")], asked.limit + 1)
    return await many(connection, f"select {HOLD}::text from ({page}) h order by h.created_at desc, h.id desc", *args)


async def find_transfers(connection: Connection, tenant: str, asked: TransferListing) -> tuple[list[Json], bool]:
    """A page, newest first, and whether there are more. Nobody sends to themselves, so none is there twice."""
    wish = asked.model_dump(exclude={"customer_id"})
    listings: list[tuple[Table, Listing]] = [(TRANSFERS, Listing(**wish))]
    if asked.customer_id is not None:
        listings = [
            (_SENT, _Sent(**wish, from_customer=asked.customer_id)),
            (_RECEIVED, _Received(**wish, to_customer=asked.customer_id)),
        ]
    found: list[Json] = []
    more = False
    for table, listing in listings:
        bodies, has_more = await resources.newest(connection, table, tenant, listing)
        found += [from_json(body) for body in bodies]
        more = more or has_more
    found.sort(key=lambda one: (one["created_at"], one["id"]), reverse=True)
    return found[: asked.limit], more or len(found) > asked.limit


async def find_period(connection: Connection, tenant: str, month: str) -> Json | None:
    """A month that was closed once."""
    return await one(connection, _PERIOD, tenant, month)
