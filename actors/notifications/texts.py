"""The bodies of deliveries, read from the actor's own table: over the bus, asking cost more than all the rest."""

import asyncio
from typing import Final, final

import asyncpg

from storage.notifications import text_of
from storage.pool import borrowed, connect_pool

CONNECTIONS_MAX: Final = 4


@final
class Texts:
    """A few connections of its own, made when one is first needed."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._pool: asyncpg.Pool | None = None
        self._connecting = asyncio.Lock()

    async def __call__(self, tenant: str, delivery: str) -> str:
        """Byte for byte as it was queued. Raises LookupError where there is none, and what a broken connection does."""
        async with borrowed(await self._connected()) as connection:
            text = await text_of(connection, tenant, delivery)
        if text is None:
            raise LookupError(f"the text of {delivery}")
        return text

    async def until_stopped(self) -> None:
        """Runs beside the actor, and closes the connections with it."""
        try:
            await asyncio.Event().wait()
        finally:
            pool, self._pool = self._pool, None
            if pool is not None:
                pool.terminate()  # they only read: nothing has to be finished

    async def _connected(self) -> asyncpg.Pool:
        async with self._connecting:
            if self._pool is None:
                name = "notifications texts"
                self._pool = await connect_pool(self._database_url, name=name, size_max=CONNECTIONS_MAX, size_min=0)
            return self._pool
