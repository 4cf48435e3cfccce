"""From where a request comes: the peer of its socket, or whom proxies that we trust name."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

IPV6_PREFIX = 64
"""What one household gets: all addresses below are one client's."""


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Raises ValueError for what is no network, such as `10.0.0.1/8`."""
    return tuple(ipaddress.ip_network(text) for text in texts)


@lru_cache(maxsize=4096)
def client_address(peer: str | None, forwarded: tuple[str, ...], trusted: tuple[Network, ...]) -> str | None:
    """An IPv4 address, or an IPv6 /64; None for what is no public address, such as a proxy that nobody told us of.

    `forwarded` are the lines of X-Forwarded-For. Every hop wrote down at its end whom it saw, so it is read from
    there, and only as far as those who wrote are trusted: what stands before that anybody may have invented.
    """
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    address = _read(peer or "")
    while address is not None and hops and _is_among(address, trusted):
        address = _read(hops.pop())
    if address is None or not address.is_global:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)


def is_trusted(peer: str | None, trusted: tuple[Network, ...]) -> bool:
    """Whether the peer is a proxy of ours."""
    address = _read(peer or "")
    return address is not None and _is_among(address, trusted)


def _is_among(address: _Address, trusted: tuple[Network, ...]) -> bool:
    return any(address in network for network in trusted)


def _read(text: str) -> _Address | None:
    """Some proxies write `8.8.8.8:51234` or `[2001:db8::1]:443`."""
    host = text.partition("]")[0].removeprefix("[") if text.startswith("[") else text
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
