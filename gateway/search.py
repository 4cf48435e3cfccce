"""`GET /search`: every actor is asked, and what they find is shown in one fixed order."""

import asyncio
from collections.abc import Collection, Iterable
from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, StringConstraints

from gateway.answers import resource
from gateway.door import caller_of, door_of
from gateway.parameters import Nothing
from gateway.questions import resource_of
from gateway.route import V1, Input, Route
from messages.catalogue import ACTORS
from messages.envelope import Query
from messages.scopes import covers
from messages.search import HITS_MAX, PLACES, Found, FoundPage, Hit, path_of
from messages.wire import json_of

READ_BY: Final = {
    **{kind: f"{kind}s:read" for kind in ("customer", "payment", "refund", "payout", "dispute")},
    **dict.fromkeys(("invoice", "subscription", "credit_note", "product", "price", "coupon"), "billing:read"),
    **dict.fromkeys(("tax_rate", "test_clock"), "billing:read"),
    "transaction": "ledger:read",
    "hold": "wallets:read",
    "transfer": "wallets:read",
    "mail": "customers:read",
    **dict.fromkeys(("webhook_endpoint", "webhook_delivery"), "webhooks:read"),
    **dict.fromkeys(("difference", "command"), "operations:read"),
}
"""The scope with which a kind is read at its own path."""

_ORDER: Final = {kind: place for place, kind in enumerate(PLACES)}


class SearchAsked(Nothing):
    """`q`: an id or its beginning, a customer's id or address, a key, a provider's reference, a number."""

    q: Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]


class Hits(BaseModel):
    """The best first: what has this very id, then kind by kind."""

    data: list[Hit]
    has_more: bool


async def search(request: web.Request, given: Input) -> web.StreamResponse:
    """Of all actors, what the caller may read. One that is away makes it 503, or what it has would seem not there."""
    wanted, caller = str(given.parameters.q), caller_of(request)
    query, bus = Query(tenant=caller.tenant, params={"q": wanted}), door_of(request).bus
    replies = await asyncio.gather(*(resource_of(bus, actor, "search", query) for actor in ACTORS))
    pages = [FoundPage.model_validate(reply) for reply in replies]
    found = may_read(caller.scopes, (each for page in pages for each in page.data))
    found.sort(key=lambda each: _place(each, wanted))
    more = len(found) > HITS_MAX or any(page.has_more for page in pages)
    hits = [Hit(**each.model_dump(), url=path_of(each)) for each in found[:HITS_MAX]]
    return resource(json_of(Hits(data=hits, has_more=more)))


def may_read(scopes: Collection[str], found: Iterable[Found]) -> list[Found]:
    """Those that could be read one by one, with these scopes."""
    return [each for each in found if covers(scopes, READ_BY[each.object])]


def _place(found: Found, wanted: str) -> tuple[bool, int, str]:
    return found.id != wanted, _ORDER[found.object], found.id


SEARCH = [
    Route(
        *("GET", f"{V1}/search", search, "operations:read"),
        *("search", "Find what somebody has in hand: an id, a customer, a key, a number", Hits, SearchAsked),
        codes=("unavailable",),
    ),
]
