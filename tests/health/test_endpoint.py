"""The health endpoints over HTTP, in the shapes of the contract."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout, web
from aiohttp.test_utils import make_mocked_request
from prometheus_client import CollectorRegistry, Counter

from health.access import only_from
from health.checks import Check, Degraded
from health.endpoint import Health, serve_health, uptime
from health.metrics import REGISTRY


async def well() -> None:
    return None


async def away() -> None:
    raise ConnectionRefusedError


async def ill() -> None:
    raise Degraded("429")


@asynccontextmanager
async def served(checks: Mapping[str, Check], **rest: Any) -> AsyncIterator[ClientSession]:
    guard = rest.pop("guard", None)
    runner = await serve_health("127.0.0.1", 0, Health(checks, **rest), guard)
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with ClientSession(base, timeout=ClientTimeout(total=5)) as session:
            yield session
    finally:
        await runner.cleanup()


async def read(session: ClientSession, path: str) -> tuple[int, Any]:
    async with session.get(path) as answer:
        return answer.status, await answer.json(content_type=None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0s"), (23.9, "23s"), (60, "1m0s"), (83, "1m23s"), (7205, "2h0m5s"), (259_200, "3d0h0m0s")],
)
def test_uptime_is_told_in_words(seconds: float, words: str) -> None:
    assert uptime(seconds) == words


async def test_a_living_process_says_so_whatever_is_away() -> None:
    async with served({"db": away}) as session:
        assert await read(session, "/healthz") == (200, {"status": "ok", "uptime": "0s"})


async def test_a_process_is_ready_without_its_provider() -> None:
    async with served({"db": well, "bus": well, "provider": ill}) as session:
        checks = {"db": "ok", "bus": "ok", "provider": "degraded"}
        assert await read(session, "/readyz") == (200, {"status": "ready", "checks": checks})


async def test_a_process_is_not_ready_without_its_bus() -> None:
    async with served({"db": well, "bus": away, "provider": ill}) as session:
        checks = {"db": "ok", "bus": "unreachable", "provider": "degraded"}
        assert await read(session, "/readyz") == (503, {"status": "not_ready", "checks": checks})


async def test_dependencies_are_told_with_latency_and_details() -> None:
    async def details() -> dict[str, Any]:
        return {"partitions": [{"partition": 0, "lag": 3}]}

    async with served({"db": well, "bus": away}, details=details) as session:
        status, body = await read(session, "/health/deps")
    assert status == 200
    assert body["partitions"] == [{"partition": 0, "lag": 3}]
    assert body["checks"]["db"]["status"] == "ok"
    assert isinstance(body["checks"]["db"]["latency_ms"], int)
    assert body["checks"]["bus"]["detail"] == "ConnectionRefusedError: "


async def test_metrics_are_those_of_the_registry() -> None:
    registry = CollectorRegistry()
    Counter("test_things", "Things.", registry=registry).inc(3)
    async with served({}, registry=registry) as session, session.get("/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        assert "test_things_total 3.0" in await answer.text()


def test_a_process_counts_its_messages_and_its_memory() -> None:
    names = {metric.name for metric in REGISTRY.collect()}
    assert {"pocketpay_messages", "pocketpay_batch_messages", "pocketpay_cursor_lag_messages"} <= names
    assert "python_info" in names


async def test_the_inside_is_shown_to_those_let_in_only() -> None:
    async def nobody(_: web.Request) -> None:
        raise web.HTTPForbidden

    async with served({"db": well}, guard=nobody) as session:
        statuses = {path: (await session.get(path)).status for path in ("/healthz", "/readyz", "/metrics")}
        assert statuses == {"/healthz": 200, "/readyz": 200, "/metrics": 403}
        assert (await session.get("/health/deps")).status == 403


async def must_be_let_in(request: web.Request, *, admitted: bool) -> None:
    guard = only_from(["10.0.0.0/8"])
    if admitted:
        await guard(request)
    else:
        with pytest.raises(web.HTTPForbidden):
            await guard(request)


@pytest.mark.parametrize(
    ("remote", "admitted"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("11.1.2.3", False),
        ("2001:db8::1", False),
        ("", False),
    ],
)
async def test_loopback_and_the_given_networks_are_let_in(remote: str, admitted: bool) -> None:
    request = make_mocked_request("GET", "/metrics").clone(remote=remote)
    await must_be_let_in(request, admitted=admitted)


@pytest.mark.parametrize(
    ("headers", "admitted"),
    [
        ({"X-Forwarded-For": "8.8.8.8"}, False),
        ({"X-Forwarded-For": "127.0.0.1, 8.8.8.8"}, False),
        ({"X-Forwarded-For": "8.8.8.8, 127.0.0.1"}, False),
        ({"X-Forwarded-For": "unknown"}, False),
        ({"X-Forwarded-For": ""}, False),
        ({"X-Real-IP": "8.8.8.8"}, False),
        ({"Forwarded": "for=8.8.8.8"}, False),
        ({"X-Forwarded-For": "10.1.2.3, 127.0.0.1"}, True),
    ],
)
async def test_whom_a_proxy_on_this_machine_names_must_be_from_inside_too(
    headers: dict[str, str], admitted: bool
) -> None:
    request = make_mocked_request("GET", "/metrics", headers=headers).clone(remote="127.0.0.1")
    await must_be_let_in(request, admitted=admitted)


def test_what_is_no_network_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        only_from(["everywhere"])
