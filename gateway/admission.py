"""What every request passes before a route sees it: a known host, a page that may ask, who asks, and how much."""

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.authentication import address_of, authenticate
from gateway.commands import Caller
from gateway.cors import foreign_origin, is_preflight, may_call, may_look, not_allowed, preflight
from gateway.door import CALLER, Door, door_of
from gateway.guards import check_host, wants_events
from gateway.problems import Problem
from gateway.route import SESSIONS, is_stream, needs_caller

_COUNTED_BY_ADDRESS = ("/i/", "/simulated/payments/", SESSIONS)


async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The route's answer. Raises Problem for whoever does not come as far as that; it costs no command."""
    door = door_of(request)
    origin = foreign_origin(door, request)
    check_host(request, door.settings.hosts)
    if is_preflight(request) and origin is not None:
        may_look(door, request, origin)
        return preflight()
    if needs_caller(request.method, request.path):
        may_look(door, request, origin)
        request[CALLER] = caller = _known(door, request)
        may_call(door, request, caller, origin)
    elif origin is not None:
        raise not_allowed()
    _count(door, request)
    if door.draining and request.method not in ("GET", "HEAD"):
        raise Problem("draining", "This gateway is stopping; nothing was accepted.", headers={"Connection": "close"})
    if CALLER not in request or door.settings.auth == "open" or _is_stream(request):
        return await handler(request)
    with door.quotas.tenants.place(request[CALLER].counted_with):
        return await handler(request)


def _known(door: Door, request: web.Request) -> Caller:
    """Whoever shows none or a wrong key, or a wrong link, is counted by the address, so that guessing ends soon."""
    try:
        return authenticate(door, request)
    except Problem as problem:
        if problem.status in (401, 404):
            door.quotas.addresses.count(_whence(door, request))
        raise


def _count(door: Door, request: web.Request) -> None:
    if door.settings.auth == "open":
        return
    caller = request.get(CALLER)
    if caller is not None and caller.secret_hash is not None:
        of_everybody = f"/{_whence(door, request)}" if caller.from_page else ""  # one customer is not all of them
        door.quotas.keys.count(caller.secret_hash + of_everybody)
    elif request.path.startswith(_COUNTED_BY_ADDRESS):
        door.quotas.addresses.count(_whence(door, request))


def _whence(door: Door, request: web.Request) -> str:
    return address_of(door, request) or request.remote or ""


def _is_stream(request: web.Request) -> bool:
    """Streams are long, and have places of their own."""
    if request.method != "GET" or not is_stream(request.path):
        return False
    return wants_events(request) or request.path.endswith("/stream")
