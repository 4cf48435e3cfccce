"""TLS in front of PostgreSQL, as PostgreSQL itself does it: the server of the tests is built without."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

TLS_FRONT = "tls front"
"""Of its tasks: processes that outlive a test connect whenever they like."""

_SSL_REQUEST = bytes.fromhex("0000000804d2162f")


@contextlib.asynccontextmanager
async def tls_front(port: int, behind: int, certificate: Path, key: Path) -> AsyncIterator[None]:
    """Who comes without TLS is hung up on, like by `hostssl` alone in pg_hba.conf."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            try:
                await _serve(reader, writer, context, behind)
            finally:
                writer.close()

    tasks: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(handle(reader, writer), name=TLS_FRONT)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(begin, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()
        await asyncio.sleep(0)  # who was accepted just before comes in yet
        while tasks:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext, behind: int
) -> None:
    if await reader.readexactly(len(_SSL_REQUEST)) != _SSL_REQUEST:
        return
    writer.write(b"S")
    await writer.start_tls(context)
    server_reader, server_writer = await asyncio.open_connection("127.0.0.1", behind)
    try:
        async with asyncio.TaskGroup() as both:
            both.create_task(_pass_on(reader, server_writer), name=TLS_FRONT)
            both.create_task(_pass_on(server_reader, writer), name=TLS_FRONT)
    finally:
        server_writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
