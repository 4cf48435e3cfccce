"""Who may see the inside of a process."""

import ipaddress
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

Guard = Callable[[web.Request], Awaitable[None]]
"""Returns to let a request through, raises an answer (such as `web.HTTPForbidden`) to turn it away."""


def only_from(networks: Sequence[str] = ()) -> Guard:
    """Lets through loopback and these networks (`10.0.0.0/8`). Raises ValueError for what is no network."""
    admitted = [ipaddress.ip_network(network) for network in networks]

    async def guard(request: web.Request) -> None:
        if not _is_inside(request.remote, admitted):
            text = '{"status":403,"code":"scope_missing","scope":"operations:read"}'
            raise web.HTTPForbidden(text=text, content_type="application/problem+json")

    return guard


def _is_inside(remote: str | None, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    if not remote:
        return False
    address = ipaddress.ip_address(remote)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback or any(address in network for network in networks)
