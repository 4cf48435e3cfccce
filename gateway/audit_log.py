"""`GET /audit-log`: what was asked of all actors, by whom, and what became of it, as one list."""

import asyncio

from aiohttp import web

from gateway.access_parameters import AuditList
from gateway.answers import resource
from gateway.cursors import list_cursor, read_list_cursor
from gateway.door import caller_of, door_of
from gateway.lookups import ACTORS
from gateway.questions import resource_of
from gateway.reads import after_created
from gateway.route import V1, Input, Route
from gateway.shapes import ListOf
from messages.audit import AuditEntry
from messages.envelope import Query
from messages.scopes import ADMIN


async def log(request: web.Request, given: Input) -> web.StreamResponse:
    """The newest of all pages; what is left of them is on the next. Raises Problem when an actor is away."""
    parameters: AuditList = given.parameters
    filters = parameters.model_dump(mode="json", exclude={"limit", "cursor"}, exclude_none=True, exclude_defaults=True)
    bound = {**filters, "": "audit"}
    after = read_list_cursor(parameters.cursor, bound) if parameters.cursor else None
    params = {**filters, "limit": parameters.limit, "after": after}
    query, bus = Query(tenant=caller_of(request).tenant, params=params), door_of(request).bus
    pages = await asyncio.gather(*(resource_of(bus, actor, "audit", query) for actor in ACTORS))
    found = sorted((entry for page in pages for entry in page["data"]), key=after_created, reverse=True)
    shown = found[: parameters.limit]
    more = len(found) > len(shown) or any(page["has_more"] for page in pages)
    cursor = list_cursor(after_created(shown[-1]), bound) if more else None
    return resource({"data": shown, "has_more": more, "next_cursor": cursor})


AUDIT_LOG = [
    Route(
        *("GET", f"{V1}/audit-log", log, ADMIN),
        *("listAuditLog", "Who asked for what, from where, and what became of it", ListOf[AuditEntry], AuditList),
    ),
]
