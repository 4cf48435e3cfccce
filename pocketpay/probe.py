"""A GET on loopback with a deadline, in a few lines: the launcher needs no HTTP client for its own health.

`python -m pocketpay.probe 8101 /readyz` is the health check of a container: exit code 0 when the answer is 200.
"""

import asyncio
import sys
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


if __name__ == "__main__":
    answer = asyncio.run(get(int(sys.argv[1]), sys.argv[2], timeout_seconds=3))
    print(answer.status, answer.body.decode(errors="replace"))
    sys.exit(answer.status != 200)
