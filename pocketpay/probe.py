"""A GET on loopback with a deadline, in a few lines: the launcher needs no HTTP client for its own health."""

import asyncio
from typing import NamedTuple


class Answer(NamedTuple):
    """Status and body; status 0 means that nobody answered."""

    status: int
    body: bytes


async def get(port: int, path: str, timeout_seconds: float = 1.0) -> Answer:
    """Never raises for a server that is away, slow or talks nonsense: that is `Answer(0, b"")`."""
    try:
        return await asyncio.wait_for(_get(port, path), timeout_seconds)
    except (OSError, TimeoutError, ValueError, IndexError):
        return Answer(0, b"")


async def _get(port: int, path: str) -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\nHost: localhost:{port}\r\n\r\n".encode())
        head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
        return Answer(int(head.split(maxsplit=2)[1]), body)
    finally:
        writer.close()
