"""`GET /search`: every actor is asked, and what they find is shown in one fixed order."""

import asyncio
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
from messages.search import HITS_MAX, PLACES, Found, FoundPage, Hit, path_of
from messages.wire import json_of

_ORDER: Final = {kind: place for place, kind in enumerate(PLACES)}


class SearchAsked(Nothing):
    """`q`: an id or its beginning, a customer's id or address, a key, a provider's reference, a number."""

    q: Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]


class Hits(BaseModel):
    """The best first: what has this very id, then kind by kind."""

    data: list[Hit]
    has_more: bool


async def search(request: web.Request, given: Input) -> web.StreamResponse:
    """Of all actors. One that is away makes it 503: what it has would look as if it were not there."""
    wanted = str(given.parameters.q)
    query, bus = Query(tenant=caller_of(request).tenant, params={"q": wanted}), door_of(request).bus
    replies = await asyncio.gather(*(resource_of(bus, actor, "search", query) for actor in ACTORS))
    pages = [FoundPage.model_validate(reply) for reply in replies]
    found = sorted((each for page in pages for each in page.data), key=lambda each: _place(each, wanted))
    more = len(found) > HITS_MAX or any(page.has_more for page in pages)
    hits = [Hit(**each.model_dump(), url=path_of(each)) for each in found[:HITS_MAX]]
    return resource(json_of(Hits(data=hits, has_more=more)))


def _place(found: Found, wanted: str) -> tuple[bool, int, str]:
    return found.id != wanted, _ORDER[found.object], found.id


SEARCH = [
    Route(
        *("GET", f"{V1}/search", search, "operations:read"),
        *("search", "Find what somebody has in hand: an id, a customer, a key, a number", Hits, SearchAsked),
        codes=("unavailable",),
    ),
]
