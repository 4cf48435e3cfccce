"""`/status` and `/health/money`, as the monitor tells them.

Asked over HTTP, not over the bus: it must also be told when the bus is away.
"""

from aiohttp import web

from gateway.door import REQUEST_ID
from gateway.glance import ask_monitor
from gateway.outcomes import Answer, refusal
from gateway.problems import Problem
from health.access import Guard
from health.endpoint import guarded

STATUS_WITHOUT = {
    "status": "degraded",
    "services": {"monitor": {"status": "down", "latency_ms": None, "checks": {}}},
}
"""What is known without the monitor: that this gateway answers, and nothing of the others."""


def monitor_routes(monitor_url: str | None, guard: Guard) -> list[web.RouteDef]:
    """Both, for those whom the guard lets through."""

    async def status(_: web.Request) -> web.Response:
        body = await ask_monitor(monitor_url, "/status")
        if body is None:
            return web.json_response(STATUS_WITHOUT)
        return web.json_response(body, status=503 if body.get("status") == "down" else 200)

    async def money(request: web.Request) -> web.Response:
        body = await ask_monitor(monitor_url, "/health/money")
        if body is not None:
            return web.json_response(body)
        no = Problem("unavailable", "The monitor does not answer; `pocketpay verify` looks at the books directly.")
        return _problem(refusal(no, request[REQUEST_ID]))

    return [web.get("/status", guarded(status, guard)), web.get("/health/money", guarded(money, guard))]


def _problem(answer: Answer) -> web.Response:
    return web.json_response(answer.body, status=answer.status, headers=answer.headers, content_type=answer.media_type)
