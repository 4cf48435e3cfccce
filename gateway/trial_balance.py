"""The trial balance as one JSON, however many accounts there are: written page by page as the ledger answers."""

import asyncio

from aiohttp import web
from pydantic_core import to_json

from gateway.answers import resource
from gateway.bus import Bus
from gateway.door import door_of
from gateway.ledger_parameters import TrialBalanceRead
from gateway.problems import Problem
from gateway.questions import resource_of
from gateway.reads import query_of
from gateway.route import JSON, Input
from messages.envelope import Query
from messages.ledger import ACTOR, TrialBalance
from messages.wire import Json, json_of

WRITE_SECONDS = 30.0


async def trial_balance(request: web.Request, given: Input) -> web.StreamResponse:
    """All pages are of the moment of the first. One that does not come breaks the answer off, so that nobody takes
    a part for the whole."""
    parameters: TrialBalanceRead = given.parameters
    asked = parameters.model_dump(mode="json", include={"at", "by"})
    query, bus = query_of(request, parameters, asked), door_of(request).bus
    page = await resource_of(bus, ACTOR, "trial_balance", query)
    head = json_of(TrialBalance(at=parameters.at, by=parameters.by, data=[]))
    if page["next"] is None:
        return resource({**head, "data": page["data"]})
    answer = web.StreamResponse(headers={"Content-Type": JSON, "Cache-Control": "no-store"})
    await answer.prepare(request)
    if request.method != "HEAD":
        await _write_all(request, answer, head, (bus, query, page))
    return answer


async def _write_all(
    request: web.Request, answer: web.StreamResponse, head: Json, pages: tuple[Bus, Query, Json]
) -> None:
    bus, query, page = pages
    try:
        await _write(answer, to_json(head).removesuffix(b"]}") + _lines(page))
        comma = b"," if page["data"] else b""
        while page["next"] is not None:
            params = {**query.params, "after": page["next"], "as_of": page["as_of"]}
            page = await resource_of(bus, ACTOR, "trial_balance", Query(tenant=query.tenant, params=params))
            if page["data"]:
                await _write(answer, comma + _lines(page))
                comma = b","
        await _write(answer, b"]}")
        await answer.write_eof()
    except (Problem, OSError, TimeoutError):
        if request.transport is not None:
            request.transport.abort()


async def _write(answer: web.StreamResponse, part: bytes) -> None:
    async with asyncio.timeout(WRITE_SECONDS):
        await answer.write(part)


def _lines(page: Json) -> bytes:
    return to_json(page["data"])[1:-1]
