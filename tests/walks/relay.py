"""A relay before the gateway whose connections can be cut, as networks cut them: in the middle of anything."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

PIECE_BYTES = 700


@dataclass(eq=False)
class Relay:
    """Where it listens, and whom it connects just now."""

    port: int = 0
    open: set[asyncio.StreamWriter] = field(default_factory=set)
    cuts: int = 0

    def cut(self) -> None:
        """Ends all connections at once."""
        for writer in self.open:
            writer.transport.abort()
        self.cuts += len(self.open)


@contextlib.asynccontextmanager
async def relayed(port: int) -> AsyncIterator[Relay]:
    """To this port of loopback."""
    relay = Relay()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, on = await asyncio.open_connection("127.0.0.1", port)
        relay.open.add(writer)
        try:
            await asyncio.wait(
                {asyncio.create_task(_carry(reader, on)), asyncio.create_task(_carry(there, writer))},
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            relay.open.discard(writer)
            on.transport.abort()
            writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        relay.cut()
        await server.wait_closed()


async def _carry(from_: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    """In pieces that end anywhere."""
    with contextlib.suppress(ConnectionError):
        while piece := await from_.read(PIECE_BYTES):
            to.write(piece)
            await to.drain()
