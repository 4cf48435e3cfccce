"""A gateway that asks for keys, on a real NATS server, with the permissions that it has in production."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from gateway.door import Settings
from gateway.process import LOOPBACK_NAMES, Gateway, start, stop


@contextlib.asynccontextmanager
async def keyed_gateway(nats_url: str, **more: Any) -> AsyncIterator[Gateway]:
    """Serving once its keys and its ring are read."""
    settings = Settings("keys", LOOPBACK_NAMES, **more)
    gateway = await start(settings, nats_url=nats_url, host="127.0.0.1", port=0)
    try:
        while not gateway.door.feed.ring.ready:
            await gateway.door.feed.ring.changed(0.1)
        while not gateway.door.keys.believed:
            await gateway.door.keys.until(lambda _: False, 0.05)
        yield gateway
    finally:
        await stop(gateway)


def client_of(gateway: Gateway, headers: dict[str, str] | None = None) -> aiohttp.ClientSession:
    """Of this gateway, without cookies of its own."""
    timeout = aiohttp.ClientTimeout(total=20)
    url = f"http://127.0.0.1:{gateway.port}"
    return aiohttp.ClientSession(url, timeout=timeout, headers=headers, cookie_jar=aiohttp.DummyCookieJar())
