"""A gateway that asks for keys, alone: what it needs to let somebody in, and no bus behind it."""

import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from typing import Final, Literal

import aiohttp
from aiohttp import web

from gateway.bus import new_bus
from gateway.connections import listen
from gateway.door import Door, Settings
from gateway.follow import Feed
from gateway.keys import Table
from gateway.process import LOOPBACK_NAMES, application
from gateway.quotas import Quota
from messages.api_keys import KnownKey
from messages.key_secrets import hash_of, key_id, secret_of
from messages.tenants import KnownTenant

KEYS: Final = 1_000
"""As many as a tenant may have."""

PATH: Final = "/api/v1/version"
SECRETS: Final = [secret_of(bytes.fromhex(hash_of(str(number))), livemode=False) for number in range(KEYS)]


def with_key(secret: str) -> Mapping[str, str]:
    """The header."""
    return {"Authorization": f"Bearer {secret}"}


def door(auth: Literal["open", "keys"], quota: Quota) -> Door:
    """It knows a thousand keys of one tenant."""
    bus = new_bus()
    made = Door(Settings(auth, LOOPBACK_NAMES, quota=quota), bus, Feed(bus))
    table = Table()
    table.put(KnownTenant(id="shop", name="Shop", mode="test"))
    for hash_ in map(hash_of, SECRETS):
        table.put(
            KnownKey(
                id=key_id(hash_),
                tenant="shop",
                livemode=False,
                hash=hash_,
                type="secret",
                scopes=["admin"],
                status="active",
            )
        )
    made.keys.replace(table)
    believe(made)
    return made


def believe(door: Door) -> None:
    """As if the bus had been heard just now."""
    door.keys.heard_at = time.monotonic()


@contextlib.asynccontextmanager
async def served(made: Door) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of it over loopback."""
    runner = web.AppRunner(application(made), access_log=None, shutdown_timeout=1)
    await runner.setup()
    listener = await listen(runner, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        async with aiohttp.ClientSession(url) as http:
            yield http
    finally:
        listener.close()
        await runner.cleanup()
