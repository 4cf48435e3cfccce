"""Who sends or reads too slowly is hung up on, so that nobody holds a gateway's connections."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from gateway import connections
from gateway.connections import listen

BIG_BYTES = 32 * 2**20
"""More than the kernel's buffers between two sockets of one machine."""


@pytest.fixture
async def served(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[web.AppRunner, int]]:
    """Connections as the gateway's, with short deadlines, before an application of two answers."""
    monkeypatch.setattr(connections, "KEEP_ALIVE_SECONDS", 0.5)
    monkeypatch.setattr(connections, "TAKEN_SECONDS", 1)

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=b"x" * BIG_BYTES if request.path == "/big" else b"done")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    listener = await listen(runner, "127.0.0.1", 0)
    yield runner, int(listener.sockets[0].getsockname()[1])
    listener.close()
    await runner.cleanup()


@pytest.mark.parametrize("first", [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"], ids=["first", "second"])
async def test_headers_that_come_drop_by_drop_end_at_the_deadline(
    served: tuple[web.AppRunner, int], first: bytes
) -> None:
    # Given a connection, new or with a request behind it
    reader, writer = await asyncio.open_connection("127.0.0.1", served[1])
    if first:
        writer.write(first)
        await reader.readuntil(b"done")
    # When the next request's headers come a byte at a time
    began, closed = time.monotonic(), asyncio.create_task(reader.read())
    with pytest.raises(ConnectionError):
        await _drip(writer, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100)
    # Then it is hung up on, however often one came
    assert time.monotonic() - began < 2
    assert await closed == b""
    writer.close()


async def _drip(writer: asyncio.StreamWriter, text: bytes) -> None:
    for byte in text:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def test_an_answer_that_nobody_takes_is_given_up(served: tuple[web.AppRunner, int]) -> None:
    # Given somebody who asks for much and reads nothing
    runner, port = served
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_024)
    writer.write(b"GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await asyncio.sleep(0.2)
    assert runner.server is not None
    assert len(runner.server.connections) == 1
    # When the deadline is over, then the connection is gone, and with it what waited in memory
    async with asyncio.timeout(10):
        while runner.server.connections:
            await asyncio.sleep(0.1)
    _ = reader
    writer.close()
