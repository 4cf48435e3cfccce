"""Server-sent events as a browser reads them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import aiohttp

from messages.wire import Json

FOR_EVER = aiohttp.ClientTimeout(total=None, sock_connect=10)


@dataclass(frozen=True, slots=True)
class Frame:
    """`id` is None where the frame had none; frames without data are not told."""

    id: str | None
    event: str
    data: Json


@contextlib.asynccontextmanager
async def stream(
    http: aiohttp.ClientSession, path: str, last_event_id: str | None = None
) -> AsyncIterator[AsyncIterator[Frame]]:
    """An open stream; the connection ends with the block."""
    headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last_event_id} if last_event_id else {})
    async with http.get(path, headers=headers, timeout=FOR_EVER) as response:
        assert response.status == 200
        assert response.content_type == "text/event-stream"
        yield frames(response)


async def frames(response: aiohttp.ClientResponse) -> AsyncIterator[Frame]:
    """Until the server closes."""
    fields: dict[str, str] = {}
    async for line in response.content:
        text = line.decode().rstrip("\r\n")
        if not text:
            if "data" in fields:
                yield Frame(fields.get("id"), fields.get("event", "message"), json.loads(fields["data"]))
            fields = {}
        elif not text.startswith(":"):
            name, _, value = text.partition(":")
            fields[name] = value.removeprefix(" ")


async def until(told: AsyncIterator[Frame], last: Callable[[Frame], bool], timeout_seconds: float = 15) -> list[Frame]:
    """All frames up to the one that is wanted, that one included."""
    found: list[Frame] = []
    async with asyncio.timeout(timeout_seconds):
        async for frame in told:
            found.append(frame)
            if last(frame):
                return found
    raise AssertionError(f"the stream ended after {[frame.event for frame in found]}")
