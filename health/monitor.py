"""The monitor: one process that watches all others and the money, and tells both."""

import asyncio
import contextlib
import shutil
import signal
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from health.access import only_from
from health.checks import Check
from health.endpoint import Health, guarded, routes
from health.metrics import DISK_FREE_RATIO
from health.money import Money, keep_counting
from health.stations import Stations
from health.watch import Watch, keep_watching, status

DISK_SECONDS = 10


@dataclass(frozen=True)
class Watched:
    """What a monitor looks at."""

    watch: Watch
    money: Money
    stations: Stations


async def serve(
    watched: Watched, *, host: str, port: int, disk: Path, networks: Sequence[str], checks: dict[str, Check]
) -> None:
    """Runs until SIGTERM or SIGINT."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with running(watched, host=host, port=port, disk=disk, networks=networks, checks=checks):
        await told.wait()


@contextlib.asynccontextmanager
async def running(
    watched: Watched, *, host: str, port: int, disk: Path, networks: Sequence[str], checks: dict[str, Check]
) -> AsyncIterator[int]:
    """The port at which it answers. Port 0 takes a free one."""
    runner = web.AppRunner(application(watched, networks, checks), access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    try:
        async with asyncio.TaskGroup() as work:  # one that breaks ends the process, which is started again
            tasks = [
                work.create_task(keep_watching(watched.watch)),
                work.create_task(keep_counting(watched.money)),
                work.create_task(_keep_measuring(disk)),
            ]
            yield runner.addresses[0][1]
            for task in tasks:
                task.cancel()
    finally:
        await runner.cleanup()


def application(watched: Watched, networks: Sequence[str], checks: dict[str, Check]) -> web.Application:
    """`/status`, `/health/money` and `/stations` beside its own health, which alone is for everybody."""
    admit = only_from(networks)

    async def show_status(_: web.Request) -> web.Response:
        body = status(watched.watch.sightings())
        return web.json_response(body, status=503 if body["status"] == "down" else 200)

    async def show_money(_: web.Request) -> web.Response:
        return web.json_response(watched.money.shown(time.monotonic()))

    async def show_stations(_: web.Request) -> web.Response:
        try:
            return web.json_response({"stations": await watched.stations.shown()})
        except (OSError, TimeoutError, ConnectionError) as error:
            return web.json_response({"stations": {}, "detail": repr(error)}, status=503)

    app = web.Application(client_max_size=1024)
    app.add_routes(routes(Health(checks), admit))
    app.router.add_get("/status", guarded(show_status, admit))
    app.router.add_get("/health/money", guarded(show_money, admit))
    app.router.add_get("/stations", guarded(show_stations, admit))
    return app


async def _keep_measuring(disk: Path) -> None:
    """How much room is left where `disk` lies: on one machine that of all others too."""
    while True:
        usage = shutil.disk_usage(disk)
        DISK_FREE_RATIO.set(usage.free / usage.total)
        await asyncio.sleep(DISK_SECONDS)
