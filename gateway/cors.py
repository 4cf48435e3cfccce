"""Pages of other origins: a tenant's `allowed_origins` may ask with its keys, and never with a session's cookie."""

from typing import Final

from aiohttp import web

from gateway.commands import Caller
from gateway.door import Door
from gateway.problems import Problem
from gateway.schemes import scheme_of

ORIGIN = web.RequestKey("allowed_origin", str)
"""The foreign origin that may read the answer."""

_PREFLIGHT_SECONDS: Final = 600
_METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE"
_SENT: Final = "Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, PocketPay-Reason, Prefer"
_SHOWN: Final = ", ".join(
    (
        *("ETag", "Idempotency-Key", "Idempotent-Replayed", "Location", "Request-Id", "Retry-After"),
        *("PocketPay-Command", "PocketPay-Position"),
    )
)


def foreign_origin(door: Door, request: web.Request) -> str | None:
    """The origin of a page that was not served by this very address and scheme; None without a page."""
    origin, host = request.headers.get("Origin"), request.headers.get("Host", "").lower()
    if origin is None:
        return None
    ours = f"{scheme_of(door.settings, request)}://{host}"
    return None if host and origin.lower() == ours else origin


def not_allowed() -> Problem:
    """For pages that may not call."""
    return Problem("origin_not_allowed", "Pages of that origin may not call this gateway.")


def may_look(door: Door, request: web.Request, origin: str | None) -> None:
    """Before the caller is known: an origin that no tenant allows is refused. Raises Problem `origin_not_allowed`."""
    if origin is None:
        return
    if not any(origin in tenant.allowed_origins for tenant in door.keys.table.tenants.values()):
        raise not_allowed()
    request[ORIGIN] = origin


def may_call(door: Door, request: web.Request, caller: Caller, origin: str | None) -> None:
    """Once the caller is known: it must be one of their tenant's. Raises Problem `origin_not_allowed`.

    A session is a browser's, which sends its cookie by itself: whatever changes something must come from our own page.
    """
    tenant = door.keys.table.tenants.get(caller.tenant)
    if origin is not None and (caller.role or not tenant or origin not in tenant.allowed_origins):
        request.pop(ORIGIN, None)
        raise not_allowed()
    if caller.role and request.method not in ("GET", "HEAD") and "Origin" not in request.headers:
        raise Problem("origin_not_allowed", "With a session's cookie, send Origin: it must be this gateway's own.")


def is_preflight(request: web.Request) -> bool:
    """A browser's question whether a page may ask at all."""
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def preflight() -> web.Response:
    """Yes: which methods and headers may be used."""
    headers = {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": _SENT,
        "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
    }
    return web.Response(status=204, headers=headers)


def show_to_origin(request: web.Request, response: web.StreamResponse) -> None:
    """The page may read the answer, of whatever status."""
    if (origin := request.get(ORIGIN)) is not None:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = _SHOWN
        response.headers.add("Vary", "Origin")
