"""Answers on the wire, and the one middleware through which every request passes."""

import time
from functools import cache

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic_core import to_json

from gateway.admission import admit
from gateway.cors import show_to_origin
from gateway.door import CALLER, KEY, REQUEST_ID
from gateway.outcomes import Answer, refusal
from gateway.problems import Problem
from gateway.traces import begin_request, end_request
from health.metrics import HTTP_REQUESTS, HTTP_SECONDS
from messages.ids import new_id
from messages.wire import Json

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = structlog.get_logger("gateway.http")

_requests, _seconds = cache(HTTP_REQUESTS.labels), cache(HTTP_SECONDS.labels)  # few values each, see `_METHODS`


def respond(answer: Answer) -> web.Response:
    """An answer as a response."""
    headers = {**answer.headers, "Content-Type": answer.media_type, "Cache-Control": "no-store"}
    return web.Response(status=answer.status, body=to_json(answer.body), headers=headers)


def resource(body: Json, headers: dict[str, str] | None = None) -> web.Response:
    """200 with a resource; its version is its ETag."""
    tag = {"ETag": f'"{body["version"]}"'} if isinstance(body.get("version"), int) else {}
    return respond(Answer(200, body, {**tag, **(headers or {})}))


@web.middleware
async def at_the_door(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Checks, names and logs the request, and makes a problem of everything that goes wrong."""
    began = time.monotonic()
    request[REQUEST_ID] = new_id("req")
    span = begin_request(request, _route(request))
    try:
        response = await admit(request, handler)
    except Problem as problem:
        response = respond(refusal(problem, request[REQUEST_ID]))
    except web.HTTPException as answer:
        response = _of_router(request, answer)
    except Exception:
        log.exception("request_failed", request_id=request[REQUEST_ID], route=_route(request))
        problem = Problem("internal_error", "The cause is in the gateway's log, under this request_id.")
        response = respond(refusal(problem, request[REQUEST_ID]))
    _record(request, response, time.monotonic() - began)
    if span is not None:
        end_request(span, response)
    return response


async def sign(request: web.Request, response: web.StreamResponse) -> None:
    """Before any headers go out: the request's id, and what browsers are told to forbid."""
    response.headers.setdefault("Request-Id", request.get(REQUEST_ID, ""))
    if key := request.get(KEY):
        response.headers.setdefault("Idempotency-Key", key)
    response.headers["Server"] = "PocketPay"
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    show_to_origin(request, response)


def _of_router(request: web.Request, answer: web.HTTPException) -> web.StreamResponse:
    match answer:
        case web.HTTPMethodNotAllowed():
            allowed = ", ".join(sorted(_named(request) or answer.allowed_methods))
            detail = f"Only {allowed} are taken here."
            problem = Problem("method_not_allowed", detail, headers={"Allow": allowed})
        case web.HTTPNotFound():
            problem = Problem("route_not_found", "There is no such path; /openapi.json lists them all.")
        case web.HTTPForbidden():
            detail = "Ask from this machine, or from a network that the operator allows."
            problem = Problem("scope_missing", detail, {"scope": "operations:read"})
        case web.HTTPRequestEntityTooLarge():
            problem = Problem("body_too_large", "A body has at most 1 MiB.")
        case _:
            raise answer
    return respond(refusal(problem, request[REQUEST_ID]))


def _named(request: web.Request) -> set[str]:
    """The methods of the path itself: `…/transactions/bulk` is a path of its own, and no `…/transactions/{id}`."""
    resources = request.app.router.resources()
    return {route.method for each in resources if each.canonical == request.path for route in each}


def _route(request: web.Request) -> str:
    found = request.match_info.route.resource
    return found.canonical if found else "unknown"


def _record(request: web.Request, response: web.StreamResponse, seconds: float) -> None:
    route = _route(request)
    method = request.method if request.method in _METHODS else "other"
    _requests(method, route, str(response.status)).inc()
    if response.content_type != "text/event-stream":
        _seconds(method, route).observe(seconds)
    caller = request.get(CALLER)
    say = log.debug if response.status < 400 else log.info  # the usual is counted; only what is odd is written down
    say(
        "request",
        request_id=request[REQUEST_ID],
        method=method,
        route=route,
        status=response.status,
        milliseconds=round(seconds * 1000),
        principal=caller.principal if caller else None,
        command=response.headers.get("PocketPay-Command"),
    )
