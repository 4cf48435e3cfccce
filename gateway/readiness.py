"""The three checks of a gateway: the bus itself, database and provider as the actors report them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gateway.bus import Bus
from gateway.questions import ask
from health.checks import Check, Degraded, checkup
from health.endpoint import Health
from messages.envelope import Query

ACTORS = ("payments", "ledger", "invoicing")
"""Without notifications one can still pay: what it tells comes late, and /status says why. Without access too:
a gateway knows by itself whom it lets in."""

REPORT_SECONDS = 0.8
FRESH_SECONDS = 2.0
_OPERATOR = "operator"


async def report_of(bus: Bus, actor: str) -> Mapping[str, str]:
    """`{"db":"ok","bus":"ok",…}`. Raises Problem when the actor does not answer."""
    reply = await ask(bus, actor, "health", Query(tenant=_OPERATOR), REPORT_SECONDS)
    return reply.body if isinstance(reply.body, dict) else {}


def checks(bus: Bus) -> dict[str, Check]:
    """In the order of the contract. A provider alone never makes the gateway unready."""

    async def database() -> None:
        reports = await asyncio.gather(*(report_of(bus, actor) for actor in ACTORS))
        for actor, report in zip(ACTORS, reports, strict=True):
            _must_be_ok(report.get("db", "unreachable"), actor)

    async def stream() -> None:
        await bus.client.jetstream(timeout=REPORT_SECONDS).account_info()

    async def provider() -> None:
        _must_be_ok((await report_of(bus, "payments")).get("provider", "ok"), "provider")

    return {"db": database, "bus": _connected(bus, stream), "provider": provider}


def health(bus: Bus, details: Callable[[], Awaitable[Mapping[str, Any]]]) -> Health:
    """What `/readyz` and `/health/deps` tell; findings are at most two seconds old."""
    findings = checkup(checks(bus), FRESH_SECONDS)

    def reported(name: str) -> Check:
        async def check() -> None:
            finding = (await findings())[name]
            if finding.status == "degraded":
                raise Degraded(finding.detail or "degraded")
            if finding.status == "unreachable":
                raise ConnectionError(finding.detail or "unreachable")

        return check

    return Health({name: reported(name) for name in ("db", "bus", "provider")}, details)


def _connected(bus: Bus, check: Check) -> Check:
    async def connected() -> None:
        if not bus.connected:
            raise ConnectionError("not connected")
        await check()

    return connected


def _must_be_ok(status: str, what: str) -> None:
    if status == "degraded":
        raise Degraded(f"{what} reports degraded")
    if status != "ok":
        raise ConnectionError(f"{what} reports {status}")
