"""Who may see the inside of a process."""

import ipaddress
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

_NAMED_IN = ("X-Forwarded-For", "X-Real-IP", "Forwarded")

Guard = Callable[[web.Request], Awaitable[None]]
"""Returns to let a request through, raises an answer (such as `web.HTTPForbidden`) to turn it away."""


def only_from(networks: Sequence[str] = ()) -> Guard:
    """Lets through loopback and these networks (`10.0.0.0/8`). Raises ValueError for what is no network.

    Whoever came by a proxy on this machine is not of this machine: all whom it names must be from inside as well.
    """
    admitted = [ipaddress.ip_network(network) for network in networks]

    async def guard(request: web.Request) -> None:
        if not all(_is_inside(hop, admitted) for hop in _hops(request)):
            text = '{"status":403,"code":"scope_missing","scope":"operations:read"}'
            raise web.HTTPForbidden(text=text, content_type="application/problem+json")

    return guard


def _hops(request: web.Request) -> list[str]:
    named = [hop.strip() for name in _NAMED_IN for line in request.headers.getall(name, ()) for hop in line.split(",")]
    return [request.remote or "", *named]


def _is_inside(hop: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    """What is no address alone, as `for=10.0.0.1`, is nobody we know."""
    try:
        address = ipaddress.ip_address(hop)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback or any(address in network for network in networks)
