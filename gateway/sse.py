"""Server-sent events: the frames, and a writer that a slow or vanished reader cannot hold up."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence

from aiohttp import web
from pydantic_core import to_json

from gateway.commands import Caller
from gateway.cursors import stream_cursor
from gateway.problems import Problem
from gateway.quotas import Shares
from gateway.ring import Stored
from health.metrics import SSE_CUT, SSE_FRAMES, SSE_READERS
from messages.wire import Json

READERS_MAX = 1_000
WRITE_SECONDS = 10.0
KEEP_ALIVE_SECONDS = 15.0
RETRY_MILLISECONDS = 1_000
RETRY_LATER_MILLISECONDS = 3_000

HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",
}


class ReaderGone(Exception):
    """The other side has left, or reads so slowly that it was cut; it resumes with its cursor."""


def opening(position: str, filter_in_words: str) -> bytes:
    """Says at once that the stream is open, from where, and for what."""
    return f"retry: {RETRY_MILLISECONDS}\n: position {position}, filter {filter_in_words}\n\n".encode()


def event_frame(epoch: int, event: Stored, plain: bool = False) -> bytes:
    """The body as stored; only an event of somebody else could hold a line break, between two tokens."""
    kind = b"" if plain else f"event: {event.type}\n".encode()
    data = event.raw.replace(b"\r", b"").replace(b"\n", b"\ndata: ")
    return b"id: %s\n%sdata: %s\n\n" % (stream_cursor(epoch, event.seq).encode(), kind, data)


def cursor_frame(epoch: int, seq: int) -> bytes:
    """No event, but a browser remembers the id: quiet streams keep their place."""
    return f"id: {stream_cursor(epoch, seq)}\n\n".encode()


def notice_frame(kind: str, data: Json) -> bytes:
    """`reset`, `closed` or `outcome`."""
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), to_json(data))


def frames(epoch: int, events: Sequence[Stored], plain: bool) -> bytes:
    """Several events in one write."""
    SSE_FRAMES.inc(len(events))
    return b"".join(event_frame(epoch, event, plain) for event in events)


async def open_stream(request: web.Request, headers: dict[str, str] | None = None) -> web.StreamResponse:
    """The response, with its headers sent."""
    response = web.StreamResponse(headers={**HEADERS, **(headers or {})})
    await response.prepare(request)
    return response


async def write(request: web.Request, response: web.StreamResponse, data: bytes) -> None:
    """Raises ReaderGone when the reader has left or took nothing for the write deadline."""
    transport = request.transport
    if transport is None or transport.is_closing():
        raise ReaderGone
    try:
        async with asyncio.timeout(WRITE_SECONDS):
            await response.write(data)
    except ConnectionError as why:
        raise ReaderGone from why
    except TimeoutError as why:
        transport.abort()
        SSE_CUT.inc()
        raise ReaderGone from why


class Readers:
    """How many streams are open, and long polls: of all, of each tenant and of its keys."""

    def __init__(self, of_tenant_max: int = 0) -> None:
        self.count = 0
        self._shares = Shares(of_tenant_max, "streams and long polls", "too_many_streams")

    @contextlib.contextmanager
    def place(self, caller: Caller) -> Iterator[None]:
        """A place, until the stream ends. Raises Problem `too_many_streams`."""
        if self.count >= READERS_MAX:
            raise Problem("too_many_streams", "All places for streams are taken; nothing was accepted.")
        with self._shares.place(caller):
            self.count += 1
            SSE_READERS.inc()
            try:
                yield
            finally:
                self.count -= 1
                SSE_READERS.dec()
