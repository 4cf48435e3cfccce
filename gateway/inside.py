"""Who may see the inside of this gateway, which tells of all tenants: whoever asks from the right network, or who is of
the operator's tenant and has `operations:read`."""

from aiohttp import web

from gateway.authentication import authenticate
from gateway.door import CALLER, Door
from gateway.permissions import must_be_allowed
from gateway.tenants import must_be_operator
from health.access import Guard, only_from

SCOPE = "operations:read"


def inside_or_key(door: Door) -> Guard:
    """Raises ValueError for what is no network."""
    from_inside = only_from(door.settings.operations_networks)

    async def guard(request: web.Request) -> None:
        try:
            await from_inside(request)
        except web.HTTPForbidden:
            if door.settings.auth == "open" or not ("Authorization" in request.headers or request.cookies):
                raise
            request[CALLER] = authenticate(door, request)
            must_be_allowed(request, request.path, SCOPE)
            must_be_operator(door.settings, request[CALLER], "The health of all tenants is seen")

    return guard
