"""GET: a question to the owning actor, and its reply."""

import asyncio
import re
from collections.abc import Callable
from time import monotonic
from typing import Any

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError

from gateway.answers import resource
from gateway.cursors import After, Place, list_cursor, read_list_cursor, stream_cursor
from gateway.door import caller_of, door_of
from gateway.hosted_links import linked
from gateway.problems import FieldError, Problem, invalid
from gateway.questions import resource_of
from gateway.route import Input, RouteHandler, id_of
from messages.envelope import Query
from messages.ledger import Month
from messages.wire import Json

Params = Callable[[web.Request], Json]
"""What the path says of the question."""

PATIENCE_SECONDS = 3.0
AGAIN_SECONDS = 0.2

_ACCOUNT = re.compile(r"[a-z_]+(:[A-Za-z0-9_-]{1,64}){0,6}", re.ASCII)
_MONTH = TypeAdapter[str](Month)
_NO_FILTERS = {"limit", "cursor", "min_position", "client_secret"}


def nothing(_: web.Request) -> Json:
    """The path says nothing."""
    return {}


def by_id(request: web.Request) -> Json:
    """`…/{id}`."""
    return {"id": id_of(request)}


def by_customer(request: web.Request) -> Json:
    """`…/{customer_id}`."""
    return {"customer_id": id_of(request, "customer_id")}


def by_path(request: web.Request) -> Json:
    """`…/{path}` of an account."""
    path = request.match_info["path"]
    if len(path) > 255 or not _ACCOUNT.fullmatch(path):
        raise Problem("not_found", "There is no such account.")
    return {"path": path}


def by_month(request: web.Request) -> Json:
    """`…/{month}` of the books."""
    try:
        return {"month": _MONTH.validate_python(request.match_info["month"])}
    except ValidationError:
        raise Problem("not_found", "A period is a month such as 2026-10.") from None


def one(actor: str, name: str, params: Params) -> RouteHandler:
    """The resource that the actor answers with."""

    async def answer(request: web.Request, given: Input) -> web.StreamResponse:
        asked = {**params(request), **_filters(given.parameters)}
        query = query_of(request, given.parameters, asked)
        door = door_of(request)
        found = await resource_of(door.bus, actor, name, query)
        if found.get("position"):  # actors count, the gateway knows which numbering that is
            found["position"] = stream_cursor(door.feed.ring.epoch, int(found["position"]))
        return resource(linked(request, found))

    return answer


def page(actor: str, name: str, params: Params, after_of: Callable[[Json], After]) -> RouteHandler:
    """A list; its cursor belongs to these filters and this path."""

    async def answer(request: web.Request, given: Input) -> web.StreamResponse:
        parameters = given.parameters
        filters = {**params(request), **_filters(parameters)}
        bound = {**filters, "": f"{actor}.{name}"}
        after = read_list_cursor(parameters.cursor, bound) if parameters.cursor else None
        asked = {**filters, "limit": parameters.limit, "after": after}
        query = query_of(request, parameters, asked)
        found = await resource_of(door_of(request).bus, actor, name, query)
        more = bool(found["has_more"])
        cursor = list_cursor(after_of(found["data"][-1]), bound) if more else None
        return resource(linked(request, {**found, "has_more": more, "next_cursor": cursor}))

    return answer


def patient(read: RouteHandler) -> RouteHandler:
    """Asks again for a while when the answer is only a moment away."""

    async def answer(request: web.Request, given: Input) -> web.StreamResponse:
        deadline = monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return await read(request, given)
            except Problem as problem:
                if problem.code != "behind" or monotonic() > deadline:
                    raise
            await asyncio.sleep(AGAIN_SECONDS)

    return answer


def after_created(last: Json) -> After:
    """Resources are listed by when they were made."""
    return last["created_at"], last["id"]


def after_recorded(last: Json) -> After:
    """Entries are listed by when they were recorded."""
    return last["recorded_at"], last["id"]


def after_id(last: Json) -> After:
    """Lines are listed as they stand in their transaction."""
    return last["id"]


def after_size(last: Json) -> After:
    """Heads are listed by how much they cover."""
    return str(last["size"])


def after_path(last: Json) -> After:
    """Accounts are listed by their path."""
    return last["path"]


def _filters(parameters: BaseModel) -> Json:
    return parameters.model_dump(mode="json", exclude=_NO_FILTERS, exclude_none=True, exclude_defaults=True)


def query_of(request: web.Request, parameters: Any, params: Json) -> Query:
    """The question of this caller, answered once the actor has heard as much as was asked for."""
    position = _sequence(request, parameters.min_position)
    return Query(tenant=caller_of(request).tenant, min_position=position, params=params)


def _sequence(request: web.Request, position: Place | None) -> int | None:
    """What a position of an older numbering stands for was said again before the present one began."""
    if position is None or position.epoch is None:
        return position.seq if position else None
    ring = door_of(request).feed.ring
    epoch = ring.epoch
    if position.epoch > epoch:
        error = FieldError("bad_format", "min_position is no position of ours.", parameter="min_position")
        raise invalid("invalid_parameter", [error])
    return position.seq if position.epoch == epoch else ring.began
