"""The gateway as a process: up at once, connected when the bus is there, down without cutting anybody off."""

import asyncio
import contextlib
import ipaddress
import signal
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog
from aiohttp import web

from gateway.answers import at_the_door, sign
from gateway.bus import connect, disconnect, new_bus
from gateway.connections import listen
from gateway.documents import describe
from gateway.door import DOOR, Door, Settings
from gateway.follow import Feed, keep_following
from gateway.guards import BODY_BYTES_MAX, host_name
from gateway.inside import inside_or_key
from gateway.key_uses import keep_telling
from gateway.keys import keep_knowing
from gateway.lookups import our_version
from gateway.monitor import monitor_routes
from gateway.problem_pages import explain
from gateway.readiness import health
from gateway.route import EVENTS, handler_of
from gateway.routes import ROUTES
from health.ended import ended
from health.endpoint import routes as health_routes
from health.metrics import HTTP_WAITING, RING_BYTES, RING_EVENTS

SHUTDOWN_SECONDS = 5.0
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})

log = structlog.get_logger("gateway")


@dataclass(frozen=True)
class Gateway:
    """One that serves. `port` is the one it got when 0 was asked for."""

    door: Door
    runner: web.AppRunner
    listener: asyncio.Server
    tasks: tuple[asyncio.Task[None], ...]
    port: int


async def serve(
    settings: Settings, *, nats_url: str, host: str, port: int, open_behind_loopback_port: bool = False
) -> None:
    """Runs until SIGTERM or SIGINT. Raises ValueError for an open gateway that others could reach.

    `open_behind_loopback_port` says that the port is published on loopback alone, as compose does it. To the hosts in
    the settings those come by which this machine is always called.
    """
    if settings.auth == "open" and not (is_loopback(host) or open_behind_loopback_port):
        raise ValueError(f"An open gateway on {host} could be used by everybody: take keys, or a loopback address.")
    names = LOOPBACK_NAMES | {host_name(bracketed(host))} | {name.lower() for name in settings.hosts}
    gateway = await start(replace(settings, hosts=names), nats_url=nats_url, host=host, port=port)
    log.info("serving", host=host, port=gateway.port, auth=settings.auth)
    await _told_to_stop()
    log.info("stopping")
    await stop(gateway)


async def start(settings: Settings, *, nats_url: str, host: str, port: int) -> Gateway:
    """Serves at once; until the bus is there, what needs it is answered with 503."""
    bus = new_bus()
    door = Door(settings, bus, Feed(bus))

    def connected() -> None:
        door.feed.connected.set()
        door.keys.connected.set()

    tasks = (
        asyncio.create_task(connect(bus, nats_url, connected)),
        asyncio.create_task(keep_following(door.feed)),
        asyncio.create_task(keep_knowing(door.keys, bus)),
        asyncio.create_task(keep_telling(door.key_uses, bus)),
    )
    runner = web.AppRunner(application(door), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    listener = await listen(runner, host, port)
    return Gateway(door, runner, listener, tasks, int(listener.sockets[0].getsockname()[1]))


async def stop(gateway: Gateway) -> None:
    """Accepts nothing more, lets what waits finish for up to five seconds, says goodbye to streams."""
    gateway.door.draining = True
    gateway.door.feed.ring.wake()
    gateway.listener.close()
    await gateway.runner.cleanup()
    await ended(gateway.tasks)
    await disconnect(gateway.door.bus)


def application(door: Door) -> web.Application:
    """All routes of the table and those of health, behind the one middleware."""
    app = web.Application(middlewares=[at_the_door], client_max_size=BODY_BYTES_MAX)
    app[DOOR] = door
    app.on_response_prepare.append(sign)
    describe(app, ROUTES)
    explain(app, ROUTES)
    for route in (route for route in ROUTES if route.handler):
        path = _apart(route.path)
        app.router.add_route(route.method, path, handler_of(route))
        if route.method == "GET" and route.media != (EVENTS,):  # a stream has no end to be asked about
            app.router.add_head(path, handler_of(route))

    async def details() -> Mapping[str, Any]:
        ring = door.feed.ring
        feed = {"epoch": ring.epoch, "last_sequence": ring.last, "ready": ring.ready}
        return {"events": feed, "waiting": door.bus.waiting, "versions": {"pocketpay": our_version()}}

    HTTP_WAITING.set_function(lambda: door.bus.waiting)
    RING_EVENTS.set_function(lambda: len(door.feed.ring))
    RING_BYTES.set_function(lambda: door.feed.ring.size_bytes)
    guard = inside_or_key(door)
    app.add_routes(health_routes(health(door.bus, details), guard))
    app.add_routes(monitor_routes(door.settings.monitor_url, guard))
    return app


def _apart(path: str) -> str:
    """As the router takes it: what has a PDF of its own beside it must not answer for that."""
    beside = any(route.path == f"{path}.pdf" for route in ROUTES)
    return path.replace("{id}", "{id:(?!.*[.]pdf$)[^/]+}") if beside else path


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine can reach it."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    return host == "localhost"


def bracketed(host: str) -> str:
    """As it stands in a Host header: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


async def _told_to_stop() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await told.wait()
