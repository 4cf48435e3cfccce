"""Transactions: of the journal, and those that wait, or waited in vain, to be posted."""

from collections.abc import Sequence
from typing import Final

from asyncpg import Connection
from pydantic_core import to_json

from messages.ledger_queries import TransactionListing
from messages.wire import Json
from storage.json_rows import many, one
from storage.ledger import SHOWN_TRANSACTION
from storage.narrowing import Filter, narrowed, newer
from storage.paging import Listed, page_of

_BY_ID: Final = f"select {SHOWN_TRANSACTION}::text from transaction t where t.tenant = $1 and t.id = $2"
_PENDING_BY_ID: Final = "select p.body::text from pending_transaction p where p.tenant = $1 and p.id = $2"


async def find_transaction(connection: Connection, tenant: str, transaction: str) -> Json | None:
    """One that is posted, with its first entries."""
    return await one(connection, _BY_ID, tenant, transaction)


async def find_pending(connection: Connection, tenant: str, transaction: str) -> Json | None:
    """One that was written down to be posted later, with all of its entries and as it stands."""
    return await one(connection, _PENDING_BY_ID, tenant, transaction)


async def find_transactions(connection: Connection, tenant: str, asked: TransactionListing) -> list[Json]:
    """Of the journal, newest first, one more than asked for if there are more."""
    rare = any((asked.source_id, asked.event, asked.reference))
    along_account = asked.account is not None and not rare
    place = ("e.recorded_at", "e.transaction") if along_account else ("t.recorded_at", "t.id")
    conditions, args = narrowed([*_of_journal(tenant, asked, rare=rare), *newer(asked, *place)])
    found = f"select t.* from transaction t where {conditions} order by t.recorded_at desc, t.id desc"
    if along_account:
        found = f"""
            select distinct on (e.recorded_at, e.transaction) t.*
            from entry e join transaction t on t.id = e.transaction
            where {conditions} order by e.recorded_at desc, e.transaction desc"""
    sql = f"""
        select {SHOWN_TRANSACTION}::text from ({found} limit {asked.limit + 1}) t
        order by t.recorded_at desc, t.id desc"""
    return await many(connection, sql, *args)


async def find_waiting(
    connection: Connection, tenant: str, asked: TransactionListing, statuses: Sequence[str]
) -> list[Json]:
    """Of those that are not in the journal, newest first, one more than asked for if there are more."""
    if asked.event or asked.reference:
        return []
    filters: list[Filter] = [
        ("body -> 'source' ->> 'type' = {}", asked.source_type),
        ("tenant = {} and id = {}", asked.source_id and (tenant, asked.source_id)),
        ("body -> 'entries' @> jsonb_build_array(jsonb_build_object('account', {}::text))", asked.account),
        ("body -> 'metadata' <> '{{}}' and body -> 'metadata' @> {}::text::jsonb", _metadata(asked)),
        *newer(asked, "created_at", "id"),
    ]
    page, args = page_of(Listed("pending_transaction"), tenant, {"status": statuses}, filters, asked.limit + 1)
    return await many(connection, f"select body::text from ({page}) p order by created_at desc, id desc", *args)


def _of_journal(tenant: str, asked: TransactionListing, *, rare: bool) -> list[Filter]:
    """What is rare is found by its own index; all else on the way through an account or the journal, newest first."""
    path = asked.account and f"{tenant}/{asked.account}"
    source = asked.source_type and f"{tenant}/{asked.source_type}"
    return [
        ("t.tenant = {}", tenant if rare else None),
        ("t.tenant || '/' = {} || '/'", None if rare or asked.account or source else tenant),
        ("t.source_type = {}", asked.source_type if rare else None),
        ("t.tenant || '/' || t.source_type = {}", None if rare else source),
        ("t.source_id = {}", asked.source_id),
        ("t.event = {}", asked.event),
        ("t.tenant || '/' || t.provider_reference = {}", asked.reference and f"{tenant}/{asked.reference}"),
        ("t.metadata <> '{{}}' and t.metadata @> {}::text::jsonb", _metadata(asked)),
        ("e.tenant || '/' || e.path = {}", None if rare else path),
        ("exists (select from entry e where e.transaction = t.id and e.path = {})", asked.account if rare else None),
    ]


def _metadata(asked: TransactionListing) -> str | None:
    return to_json(asked.metadata).decode() if asked.metadata else None
