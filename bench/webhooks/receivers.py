"""`python -m bench.webhooks.receivers SECONDS`: endpoints of every manner on one port, as a process of its own.

Prints its port, then, after so many seconds, how long each event took to a healthy one, in milliseconds, as JSON.
"""

import asyncio
import contextlib
import json
import time
from datetime import datetime
from typing import Final

import typer
from aiohttp import web

from messages.wire import Json

SLOW_SECONDS: Final = 30
GIGABYTE: Final = 2**30
CHUNK: Final = bytes(2**16)


class Seen:
    """What the healthy ones took."""

    def __init__(self) -> None:
        self.milliseconds: list[float] = []

    async def healthy(self, request: web.Request) -> web.Response:
        """200 at once."""
        body: Json = json.loads(await request.read())
        said_at = datetime.fromisoformat(body["time"]).timestamp()
        self.milliseconds.append((time.time() - said_at) * 1000)
        return web.Response()


async def slow(request: web.Request) -> web.Response:
    """200, when nobody waits any more."""
    await request.read()
    await asyncio.sleep(SLOW_SECONDS)
    return web.Response()


async def broken(request: web.Request) -> web.Response:
    """500."""
    await request.read()
    return web.Response(status=500)


async def endless(request: web.Request) -> web.StreamResponse:
    """200, and a gigabyte."""
    response = web.StreamResponse()
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):  # nobody should read on
        for _ in range(GIGABYTE // len(CHUNK)):
            await response.write(CHUNK)
    return response


async def elsewhere(request: web.Request) -> web.Response:
    """To where clouds keep their secrets."""
    await request.read()
    return web.Response(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"})


async def serve(seconds: float) -> None:
    """Until the time is up."""
    seen, app = Seen(), web.Application()
    for path, handler in (("/slow", slow), ("/broken", broken), ("/endless", endless), ("/elsewhere", elsewhere)):
        app.router.add_post(path, handler)
    app.router.add_post("/{name:ok.*}", seen.healthy)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    typer.echo(runner.addresses[0][1])
    await asyncio.sleep(seconds)
    typer.echo(json.dumps(seen.milliseconds))
    await runner.cleanup()


def main(seconds: float) -> None:
    """One process."""
    asyncio.run(serve(seconds))


if __name__ == "__main__":
    typer.run(main)
