"""Stuck money: one list of what stands still with any actor, and the wish that what was put aside be tried again."""

import asyncio
from typing import Final

from aiohttp import web

from gateway.answers import resource
from gateway.commands import Wish
from gateway.cursors import list_cursor, read_list_cursor
from gateway.door import REQUEST_ID, caller_of, door_of
from gateway.dry_run import rehearsed_anew
from gateway.parameters import Cursor, DryRunAsked, Limit, Nothing
from gateway.problems import Problem, problem_body
from gateway.questions import ask, resource_of
from gateway.rehearsal_shapes import DryRun, PlannedOutcome
from gateway.route import V1, Input, Route, id_of
from gateway.shapes import ListOf
from gateway.writes import write
from messages.catalogue import ACTORS
from messages.envelope import Query, Reply
from messages.stuck import RETRY, PutAside, RetryStuck, Stuck
from messages.wire import Json, json_of


class StuckList(Nothing):
    """A page, the oldest first."""

    limit: Limit = 20
    cursor: Cursor | None = None


async def all_stuck(request: web.Request, given: Input) -> web.StreamResponse:
    """Of all actors. One that is away makes it 503: a list without its part would look like good news."""
    parameters: StuckList = given.parameters
    bound: Json = {"": "stuck"}
    after = read_list_cursor(parameters.cursor, bound) if parameters.cursor else None
    query = Query(tenant=caller_of(request).tenant, params={"limit": parameters.limit, "after": after})
    bus = door_of(request).bus
    pages = await asyncio.gather(*(resource_of(bus, actor, "all_stuck", query) for actor in ACTORS))
    found = sorted((each for page in pages for each in page["data"]), key=lambda each: (each["since"], each["id"]))
    data = found[: parameters.limit]
    has_more = len(found) > len(data) or any(page["has_more"] for page in pages)
    cursor = list_cursor((data[-1]["since"], data[-1]["id"]), bound) if has_more else None
    return resource({"data": data, "has_more": has_more, "next_cursor": cursor})


async def one_stuck(request: web.Request, _: Input) -> web.StreamResponse:
    """An item, whichever actor has it."""
    return resource(await _found(request))


async def retry(request: web.Request, given: Input) -> web.StreamResponse:
    """To the actor that has it; its answer is the item, which is tried in a moment."""
    found = await _found(request)
    actor = str(found["actor"])
    if given.parameters.dry_run:
        return resource(json_of(await _rehearsed(request, actor, found)))
    return await write(lambda asked, body: Wish(actor, RETRY, id_of(asked), body))(request, given)


async def _rehearsed(request: web.Request, actor: str, found: Json) -> DryRun:
    """What would follow; 503 with the reason when it could not be decided this time either."""
    bus, caller = door_of(request).bus, caller_of(request)
    query = Query(tenant=caller.tenant, params={"id": found["id"]})
    aside = PutAside.model_validate(await resource_of(bus, actor, "put_aside", query))
    outcome = PlannedOutcome(status=200, body={**found, "status": "retrying"})
    if not aside.items:
        body = problem_body("wrong_state", "There is nothing to be tried again.", request[REQUEST_ID], {})
        outcome = PlannedOutcome(status=409, body=body)
    return await rehearsed_anew(bus, caller, actor, aside.items, outcome)


async def _found(request: web.Request) -> Json:
    query = Query(tenant=caller_of(request).tenant, params={"id": id_of(request)})
    bus = door_of(request).bus
    replies = await asyncio.gather(*(ask(bus, actor, "stuck", query) for actor in ACTORS), return_exceptions=True)
    for reply in replies:
        if isinstance(reply, Reply) and reply.status == 200:
            return reply.body
    for reply in replies:
        if isinstance(reply, BaseException):
            raise reply
    if away := next((reply for reply in replies if isinstance(reply, Reply) and reply.status != 404), None):
        raise Problem("unavailable", str(away.body.get("detail", "An actor cannot tell just now.")))
    raise Problem("not_found", "There is no such stuck item.")


_ONE: Final = f"{V1}/stuck/{{id}}"

STUCK = [
    Route(
        *("GET", f"{V1}/stuck", all_stuck, "operations:read"),
        *("listStuck", "List what stands still with its money, the oldest first", ListOf[Stuck], StuckList),
        codes=("unavailable",),
    ),
    Route(
        *("GET", _ONE, one_stuck, "operations:read", "getStuck", "Read what stands still, and why"),
        *(Stuck,),
        codes=("unavailable",),
    ),
    Route(
        *("POST", f"{_ONE}/retry", retry, "operations:write"),
        *("retryStuck", "Have what was put aside decided again, with all of its entity", Stuck),
        body=RetryStuck,
        parameters=DryRunAsked,
        codes=("wrong_state", "unavailable"),
    ),
]
