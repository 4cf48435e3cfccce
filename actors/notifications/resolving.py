"""The addresses of a receiver's name, looked up for every attempt: all of them may be called, or none is."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

from messages.webhook_addresses import Address, Network, address_refusal, allowed

LOOKUP_SECONDS: Final = 5.0
LOOKUPS_AT_ONCE: Final = 128
"""Of different names. One that is never answered keeps its thread while this machine asks on, often for 10 to 30 s."""

Lookup = Callable[[str, int], Awaitable[Sequence[Address]]]
"""From a name and a port to addresses. Raises OSError when there are none."""

_threads = ThreadPoolExecutor(LOOKUPS_AT_ONCE, thread_name_prefix="webhook-lookup")
"""Of their own: a receiver's name server that never answers holds up nobody's other work."""


class AddressRefused(Exception):
    """The name leads to an address that may not be called; the text says which, and why."""


class Lookups:
    """As this machine resolves names. Who asks for a name that is just being looked up waits for the same answer: one
    that is never answered takes one thread, however many deliveries wait for it."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[str, int], asyncio.Future[Sequence[Address]]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        """Raises OSError."""
        under_way = self._under_way.get((host, port))
        if under_way is None:
            under_way = asyncio.get_running_loop().run_in_executor(_threads, _looked_up, host, port)
            self._under_way[host, port] = under_way
            under_way.add_done_callback(lambda ended: self._over((host, port), ended))
        return await asyncio.shield(under_way)

    def _over(self, place: tuple[str, int], ended: asyncio.Future[Sequence[Address]]) -> None:
        del self._under_way[place]
        if not ended.cancelled():
            ended.exception()  # whoever still waits has it; perhaps nobody does


def _looked_up(host: str, port: int) -> Sequence[Address]:
    return [ip_address(str(place[0])) for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Permitted(AbstractResolver):
    """For one attempt. What it answers are numbers, so nothing is looked up again to connect.

    `inward`: the URL is such that only allowed networks will do. aiohttp asks no resolver about a host that is an
    address already: `messages.webhook_addresses.url_refusal` has looked at that one.
    """

    allow: Sequence[Network]
    inward: bool
    lookup: Lookup

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises AddressRefused, and OSError when there is no address within five seconds."""
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                found = await self.lookup(host, port)
        except TimeoutError:
            raise socket.gaierror(socket.EAI_AGAIN, f"no answer within {LOOKUP_SECONDS:g} s") from None
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
        for address in found:
            self._check(host, address)
        return [_numeric(host, address, port) for address in dict.fromkeys(found)]

    @override
    async def close(self) -> None:
        """Holds nothing."""

    def _check(self, host: str, address: Address) -> None:
        if refusal := address_refusal(address, self.allow):
            raise AddressRefused(f"{host}: {refusal}")
        if self.inward and not allowed(address, self.allow):
            raise AddressRefused(f"{host}: {address} is called by https on port 443 or 8443 alone")


def _numeric(host: str, address: Address, port: int) -> ResolveResult:
    return {
        "hostname": host,
        "host": str(address),
        "port": port,
        "family": socket.AF_INET if address.version == 4 else socket.AF_INET6,
        "proto": socket.IPPROTO_TCP,
        "flags": socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    }
