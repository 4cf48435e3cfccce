"""The gateway's events from now on, each once: a stream that breaks off is taken up where it was left."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final

import aiohttp

from health.unreached import why
from pocketpay.listen.frames import Frame, frames
from pocketpay.program import StartFailed
from pocketpay.refusals import STRANGER, away, refusal
from pocketpay.targets import Door

ANSWER_SECONDS: Final = 10
SILENCE_SECONDS: Final = 45
"""The gateway says something every fifteen."""

PAUSES_SECONDS: Final = (0.5, 1, 2, 5, 10)
EVENT_BYTES_MAX: Final = 2**23

_AWAY: Final = (aiohttp.ClientError, OSError, TimeoutError, ValueError)
"""ValueError is a line beyond the greatest message: not of our gateway."""


async def events(
    door: Door, pattern: str | None, warn: Callable[[str], None], opened: Callable[[], None] = lambda: None
) -> AsyncGenerator[str]:
    """JSON texts, for ever. Whoever takes the next one has done with the last: it is not told again.

    `pattern` is one of `GET /events/stream`, `opened` is called when the gateway tells events.
    Raises StartFailed when the gateway refuses, or is away at first.
    """
    place, failures = None, 0
    async with aiohttp.ClientSession(read_bufsize=EVENT_BYTES_MAX) as http:
        while True:
            try:
                async with aclosing(_told(http, door, pattern, place, opened)) as told:
                    async for frame in told:
                        failures = 0
                        if frame.kind == "reset":
                            warn("the log was numbered anew or no longer reaches back: events may be missing here")
                        elif frame.data is not None and frame.id is not None:
                            yield frame.data
                        place = frame.id or place
            except _AWAY as error:
                if place is None:
                    raise StartFailed(away(door.url, why(error))) from error
            if failures == 0:
                warn("the stream broke off; it is taken up where it was left")
            await asyncio.sleep(PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS) - 1)])
            failures += 1


async def _told(
    http: aiohttp.ClientSession, door: Door, pattern: str | None, place: str | None, opened: Callable[[], None]
) -> AsyncGenerator[Frame]:
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=ANSWER_SECONDS, sock_read=SILENCE_SECONDS)
    headers = door.headers | {"Accept": "text/event-stream"} | ({"Last-Event-ID": place} if place else {})
    parameters = {"type": pattern} if pattern else {}
    url = f"{door.url}/api/v1/events/stream"
    async with http.get(url, headers=headers, params=parameters, timeout=timeout) as response:
        if response.status in (429, 503) and place is not None:
            return
        if response.status != 200:
            raise StartFailed(_refused(door, response.status, await response.text()))
        if place is None:
            opened()
        async for frame in frames(response.content):
            yield frame


def _refused(door: Door, status: int, text: str) -> str:
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return away(door.url, STRANGER)
    return refusal(status, body) or f"the gateway refuses: {status} {text[:500]}"
