"""The health endpoints of a process, for the app it has or on a port of their own."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from health.access import Guard, only_from
from health.checks import Check, Finding, checkup, is_ready
from health.metrics import REGISTRY

Details = Callable[[], Awaitable[Mapping[str, Any]]]
"""What `/health/deps` tells besides the checks, such as `{"partitions": […], "versions": {…}}`."""


async def _nothing() -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Health:
    """What a process can tell about itself. `checks` are in the order in which they are shown."""

    checks: Mapping[str, Check]
    details: Details = _nothing
    registry: CollectorRegistry = REGISTRY
    started: float = field(default_factory=time.monotonic)


def uptime(seconds: float) -> str:
    """`23s`, `1m23s`, `2h0m5s`, `3d0h0m0s`: days at most, units below the first always there."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")]
    while len(parts) > 1 and parts[0][0] == 0:
        parts.pop(0)
    return "".join(f"{number}{unit}" for number, unit in parts)


def _shown(finding: Finding) -> dict[str, Any]:
    return {name: value for name, value in asdict(finding).items() if value is not None}


def routes(health: Health, guard: Guard | None = None) -> list[web.RouteDef]:
    """`/healthz` and `/readyz` for all, `/health/deps` and `/metrics` behind the guard, or for loopback."""
    admit = guard or only_from()
    examine = checkup(health.checks)

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "uptime": uptime(time.monotonic() - health.started)})

    async def readyz(_: web.Request) -> web.Response:
        findings = await examine()
        ready = is_ready(findings)
        statuses = {name: finding.status for name, finding in findings.items()}
        body = {"status": "ready" if ready else "not_ready", "checks": statuses}
        return web.json_response(body, status=200 if ready else 503)

    async def deps(_: web.Request) -> web.Response:
        findings = await examine()
        shown = {name: _shown(finding) for name, finding in findings.items()}
        return web.json_response({"checks": shown, **await health.details()})

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(health.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [
        web.get("/healthz", healthz),
        web.get("/readyz", readyz),
        web.get("/health/deps", guarded(deps, admit)),
        web.get("/metrics", guarded(metrics, admit)),
    ]


def guarded(handler: Handler, admit: Guard) -> Handler:
    """The handler, for those whom the guard lets through."""

    async def admitted(request: web.Request) -> web.StreamResponse:
        await admit(request)
        return await handler(request)

    return admitted


async def serve_health(host: str, port: int, health: Health, guard: Guard | None = None) -> web.AppRunner:
    """Serves until `await runner.cleanup()`. Port 0 takes a free one: `runner.addresses[0][1]`."""
    app = web.Application(client_max_size=1024)
    app.add_routes(routes(health, guard))
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=15, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
