"""A route as a value: what a request must be, who answers it, and what OpenAPI and `Allow` say of it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel

from gateway.bodies import validate
from gateway.door import CALLER
from gateway.guards import BODY_BYTES_MAX, read_body, wants_events
from gateway.parameters import Nothing, read_parameters
from gateway.permissions import must_be_allowed
from gateway.places import waits, while_answered, while_read
from gateway.problems import Problem
from gateway.strict_json import VALUES_MAX, read_object
from messages.ids import is_token


@dataclass(frozen=True, slots=True)
class Input:
    """A request as read: its parameters, its body if the route has one, and that body as sent."""

    parameters: Any
    body: Any
    raw: bytes


RouteHandler = Callable[[web.Request, Input], Awaitable[web.StreamResponse]]


V1 = "/api/v1"
SESSIONS = f"{V1}/sessions"

_STREAM = re.compile(f"{V1}/(events/stream|flow|payments/[^/]+/events)")
JSON = "application/json"
EVENTS = "text/event-stream"
HTML = "text/html"


@dataclass(frozen=True, slots=True)
class Route:
    """`status` is that of success; a body may be left out when all of its fields may.

    `answer` is the model of the JSON that success holds, also with the statuses in `also`. `codes` are the errors
    that do not follow from what the route takes. A route without a handler is served by `health`. `reason` says
    whether it takes the header PocketPay-Reason. A route that takes more than others in one body says how much.
    `for_pages` answers customers, who are shown less than others.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    handler: RouteHandler | None
    scope: str | None = None
    operation: str = ""
    summary: str = ""
    answer: type[BaseModel] | None = None
    parameters: type[BaseModel] = Nothing
    body: type[BaseModel] | None = None
    status: int = 200
    codes: tuple[str, ...] = ()
    media: tuple[str, ...] = (JSON,)
    also: tuple[int, ...] = ()
    reason: Literal["needed", "taken"] | None = None
    told: bool = False
    bytes_max: int = BODY_BYTES_MAX
    values_max: int = VALUES_MAX
    for_pages: RouteHandler | None = None

    @property
    def writes(self) -> bool:
        """Whether it makes a command of the caller's; what is only `told` to us has no key and nobody who waits."""
        return self.method != "GET" and not self.told

    @property
    def takes_secret(self) -> bool:
        """Whether customers may come with a payment's `client_secret`."""
        return any("client_secret" in model.model_fields for model in (self.parameters, self.body) if model)


def needs_caller(method: str, path: str) -> bool:
    """Whether one must say who one is, where keys are asked for. To log in is to say it."""
    if path.startswith("/simulated/"):
        return method not in ("GET", "HEAD")
    return path.startswith("/api/") and (method, path) != ("POST", SESSIONS)


def is_stream(path: str) -> bool:
    """Whether it may be asked for as server-sent events, for as long as one likes."""
    return _STREAM.fullmatch(path) is not None


def handler_of(route: Route) -> Handler:
    """Reads and checks what the route says, then lets it answer."""

    answer = route.handler
    assert answer is not None, f"{route.path} is served elsewhere"
    needed = any(field.is_required() for field in route.parameters.model_fields.values())
    unasked = None if needed else route.parameters()
    by_secret = route.takes_secret

    async def handle(request: web.Request) -> web.StreamResponse:
        must_be_allowed(request, route.path, route.scope, by_secret=by_secret)
        asked = request.query_string or unasked is None
        parameters = read_parameters(route.parameters, request.query) if asked else unasked
        with while_read(request):
            raw = await read_body(request, route.bytes_max) if route.method != "GET" else b""
            body = await _read(route, route.body, raw) if route.body else None
        with while_answered(request, long=waits(parameters) or _streams(route, request)):
            return await (_for_whom(route, request) or answer)(request, Input(parameters, body, raw))

    return handle


def _streams(route: Route, request: web.Request) -> bool:
    if route.method != "GET" or EVENTS not in route.media:
        return False
    return route.media == (EVENTS,) or wants_events(request)


def _for_whom(route: Route, request: web.Request) -> RouteHandler | None:
    """The handler for customers, when one asks; what has no scope is the same for all."""
    caller = request.get(CALLER)
    if caller is None or not caller.from_page or route.scope is None:
        return None
    assert route.for_pages is not None, f"{route.path} has nothing for customers"
    return route.for_pages


async def _read(route: Route, model: type[BaseModel], raw: bytes) -> BaseModel:
    """A large body is read beside the loop, so that others are answered meanwhile."""
    if len(raw) <= BODY_BYTES_MAX // 8:
        return _body(model, raw, route.values_max)
    return await asyncio.to_thread(_body, model, raw, route.values_max)


def _body(model: type[BaseModel], raw: bytes, values_max: int) -> BaseModel:
    if not raw.strip():
        if any(field.is_required() for field in model.model_fields.values()):
            raise Problem("body_required", "Send a JSON object.")
        return validate(model, {})  # what may be left out one by one may still not all be
    return validate(model, read_object(raw, values_max))


def id_of(request: web.Request, name: str = "id") -> str:
    """An id of the path. What can be no id names nothing: 404, whatever it holds."""
    text = request.match_info[name]
    if not is_token(text):
        raise Problem("not_found", "There is no such resource.")
    return text
