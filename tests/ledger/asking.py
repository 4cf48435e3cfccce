"""Questions to the ledger, asked as the runtime asks them."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from actors.ledger.queries import ANSWERS
from messages.envelope import Query
from messages.wire import json_of
from tests.ledger.book import TENANT

Ask = Callable[..., Awaitable[tuple[int, Any]]]


def questions(connection: asyncpg.Connection) -> Ask:
    """Status and body of an answer."""

    async def ask(name: str, tenant: str = TENANT, **params: Any) -> tuple[int, Any]:
        query = Query.model_validate_json(Query(tenant=tenant, params=params).model_dump_json())
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            reply = await ANSWERS[name](connection, query)
        return reply.status, json_of(reply)["body"]

    return ask


async def paged(ask: Ask, name: str, *place: str, limit: int = 2, **params: Any) -> list[dict[str, Any]]:
    """All pages, few rows each; `place` names the fields of the last row that say where the next page begins."""
    rows: list[dict[str, Any]] = []
    after: Any = None
    while True:
        status, page = await ask(name, limit=limit, after=after, **params)
        assert status == 200, page
        assert page["data"] or not page["has_more"]
        rows += page["data"]
        if not page["has_more"]:
            return rows
        after = [rows[-1][field] for field in place]
        after = after[0] if len(place) == 1 else after
