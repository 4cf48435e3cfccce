"""The actors' cursors, asked on a connection of its own: the one that looks at the books may be busy for seconds."""

import asyncio
import contextlib

import asyncpg

from messages.catalogue import ACTORS
from storage import cursors

ANSWER_SECONDS = 1.0


class Cursors:
    """A connection that is made when somebody first asks, and made again when it has broken."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: asyncpg.Connection | None = None
        self._one = asyncio.Lock()

    async def now(self) -> cursors.Cursors:
        """Raises OSError or TimeoutError when the database does not answer in time."""
        async with self._one:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await cursors.cursors_of(await self._connected(), ACTORS)
            except asyncpg.PostgresError as error:
                raise ConnectionError(str(error)) from error
            except BaseException:
                self._forget()
                raise

    async def close(self) -> None:
        """Ends the connection."""
        if self._connection is not None:
            with contextlib.suppress(OSError, TimeoutError, asyncpg.InterfaceError):
                await self._connection.close(timeout=2)

    async def _connected(self) -> asyncpg.Connection:
        connection = self._connection
        if connection is None or connection.is_closed():
            settings = {"application_name": "pocketpay monitor cursors"}
            connection = self._connection = await asyncpg.connect(self._dsn, timeout=5, server_settings=settings)
        return connection

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None
