"""What every request must be, and how it is told that it is not."""

import asyncio
import io
from typing import Any

import aiohttp
import pytest

from gateway.door import Settings
from gateway.process import LOOPBACK_NAMES, Gateway, serve
from messages.envelope import Reply
from messages.wire import Json
from tests.gateway.conftest import Stage, done

GOOD = b'{"amount":1000,"currency":"USD","customer_id":"abc123"}'
JSON = {"Content-Type": "application/json"}
PAYMENTS = "/api/v1/payments"


async def problem_of(answer: aiohttp.ClientResponse) -> Json:
    """Its body, after what every problem must be."""
    assert answer.content_type == "application/problem+json"
    body = await answer.json()
    assert body["status"] == answer.status
    assert body["type"] == f"/problems/{body['code']}"
    assert body["request_id"] == answer.headers["Request-Id"]
    assert body["retry"] in ("same_key", "new_key", "later", "never")
    return body


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ({"Content-Type": "text/plain"}, GOOD, 415, "unsupported_media_type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, GOOD, 415, "unsupported_media_type"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"--x", 415, "unsupported_media_type"),
        ({"Content-Type": "application/json; charset=utf-16"}, GOOD, 415, "unsupported_media_type"),
        ({**JSON, "Content-Encoding": "gzip"}, GOOD, 415, "unsupported_media_type"),
        ({**JSON, "Host": "evil.example"}, GOOD, 400, "invalid_host"),
        ({**JSON, "Host": "localhost.evil.example:8011"}, GOOD, 400, "invalid_host"),
        ({**JSON, "Origin": "https://evil.example"}, GOOD, 403, "origin_not_allowed"),
        ({**JSON, "Origin": "http://localhost:3000"}, GOOD, 403, "origin_not_allowed"),
        ({**JSON, "Origin": "null"}, GOOD, 403, "origin_not_allowed"),
        ({**JSON, "Idempotency-Key": "x" * 256}, GOOD, 400, "invalid_header"),
        ({**JSON, "Idempotency-Key": ""}, GOOD, 400, "invalid_header"),
        ({**JSON, "Idempotency-Key": "schlüssel"}, GOOD, 400, "invalid_header"),
        (JSON, b"", 400, "body_required"),
        (JSON, b"   ", 400, "body_required"),
        (JSON, b"{", 400, "malformed_json"),
        (
            JSON,
            b'{"amount":' + b"9" * 4_301 + b',"currency":"USD","customer_id":"a"}',
            422,
            "amount_too_large",
        ),
        (JSON, b'{"amount":1e400,"currency":"USD","customer_id":"a"}', 422, "validation_failed"),
        (JSON, b'{"a":"' + b"x" * 2**20 + b'"}', 413, "body_too_large"),
    ],
)
async def test_what_cannot_be_right_is_refused_and_nobody_is_bothered(
    http: aiohttp.ClientSession, stage: Stage, headers: dict[str, str], body: bytes, status: int, code: str
) -> None:
    async with http.post(
        PAYMENTS, data=io.BytesIO(body), headers=headers, skip_auto_headers=["Content-Type"]
    ) as answer:
        problem = await problem_of(answer)
    assert (problem["status"], problem["code"]) == (status, code)
    assert not stage.commands


async def test_a_body_without_an_announced_length_is_cut_at_the_limit(http: aiohttp.ClientSession) -> None:
    async def endless() -> Any:
        for _ in range(40):
            yield b"x" * 2**16

    async with http.post(PAYMENTS, data=endless(), headers=JSON) as answer:
        assert (await problem_of(answer))["code"] == "body_too_large"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("?colour=blue", "invalid_parameter"),
        ("?limit=0", "invalid_parameter"),
        ("?limit=101", "invalid_parameter"),
        ("?limit=٣", "invalid_parameter"),
        ("?limit=1_0", "invalid_parameter"),
        ("?limit=1&limit=2", "invalid_parameter"),
        ("?status=happy", "invalid_parameter"),
        ("?created_after=yesterday", "invalid_parameter"),
        ("?created_after=1700000000", "invalid_parameter"),
        ("?min_position=x", "invalid_parameter"),
        ("?customer_id=a.b", "invalid_parameter"),
        ("?customer_id=%00", "invalid_parameter"),
        ("?metadata=x", "invalid_parameter"),
        ("?cursor=rubbish", "invalid_cursor"),
        ("/%2A", "not_found"),
        ("/%3E", "not_found"),
        ("/a.b", "not_found"),
        ("/a%20b", "not_found"),
        ("/" + "x" * 5_000, "not_found"),
        ("/x/y/z", "route_not_found"),
    ],
)
async def test_what_cannot_be_asked_is_refused(http: aiohttp.ClientSession, stage: Stage, path: str, code: str) -> None:
    async with http.get(PAYMENTS + path) as answer:
        assert (await problem_of(answer))["code"] == code
    assert not stage.queries


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (PAYMENTS, "GET, HEAD, POST"),
        ("/api/v1/ledger/transactions/bulk", "POST"),
        ("/api/v1/ledger/transactions/txn_1", "GET, HEAD"),
    ],
)
async def test_another_method_is_told_which_are_taken(http: aiohttp.ClientSession, path: str, allowed: str) -> None:
    async with http.delete(path) as answer:
        assert (await problem_of(answer))["code"] == "method_not_allowed"
        assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\tb"])
async def test_a_reason_that_says_nothing_is_refused(http: aiohttp.ClientSession, stage: Stage, reason: str) -> None:
    path = "/api/v1/ledger/periods/2001-02/close"
    async with http.post(path, data=b"{}", headers={**JSON, "PocketPay-Reason": reason}) as answer:
        assert (await problem_of(answer))["code"] == "invalid_header"
    assert not stage.commands


async def test_a_page_of_the_gateway_itself_may_call_it(http: aiohttp.ClientSession, gateway: Gateway) -> None:
    origin = {"Origin": f"http://127.0.0.1:{gateway.port}"}
    async with http.get("/api/v1/version", headers=origin) as answer:
        assert answer.status == 200


async def test_browsers_are_told_what_to_forbid(http: aiohttp.ClientSession) -> None:
    for path in ("/", "/static/invoice.js", "/problems/card_declined", "/simulated/payments/pay_1/authenticate"):
        async with http.get(path) as answer:
            assert answer.status == 200
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'self'; frame-ancestors 'none'; base-uri 'none'")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            text = await answer.text()
            assert "<script>" not in text
            assert "style=" not in text


@pytest.mark.parametrize("path", ["/problems/nonsense", "/static/nothing.js", "/static/..%2Fprocess.py"])
async def test_a_page_that_is_not_there_is_a_problem(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path) as answer:
        assert (await problem_of(answer))["status"] == 404


async def test_an_open_gateway_does_not_start_where_others_could_reach_it() -> None:
    with pytest.raises(ValueError, match="keys"):
        await serve(Settings("open", LOOPBACK_NAMES), nats_url="nats://127.0.0.1:1", host="0.0.0.0", port=0)


async def test_readiness_is_that_of_bus_database_and_provider(http: aiohttp.ClientSession, stage: Stage) -> None:
    # Given actors that are well, but for the provider
    well = {"db": "ok", "bus": "ok", "provider": "degraded"}
    stage.answers["payments.health"] = lambda _: Reply(body=well)
    stage.answers["ledger.health"] = lambda _: Reply(body={"db": "ok", "bus": "ok"})
    stage.answers["invoicing.health"] = lambda _: Reply(body={"db": "ok", "bus": "ok"})
    # When one asks whether the gateway is ready, then it is: a provider alone takes nothing out
    async with http.get("/readyz") as answer:
        assert answer.status == 200
        checks = {"db": "ok", "bus": "ok", "provider": "degraded"}
        assert await answer.json() == {"status": "ready", "checks": checks}


async def test_without_the_actors_the_gateway_is_not_ready(http: aiohttp.ClientSession) -> None:
    async with http.get("/readyz") as answer:
        assert answer.status == 503
        body = await answer.json()
        assert body["checks"] == {"db": "unreachable", "bus": "ok", "provider": "unreachable"}


async def test_too_many_waiting_are_sent_away(
    http: aiohttp.ClientSession, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, stage: Stage
) -> None:
    monkeypatch.setattr("gateway.bus.WAITING_MAX", 1)
    stage.script = lambda _: []
    first = asyncio.create_task(http.post(PAYMENTS, data=GOOD, headers={**JSON, "Prefer": "wait=2"}))
    while not gateway.door.bus.waiting:
        await asyncio.sleep(0.01)
    async with http.post(PAYMENTS, data=GOOD, headers=JSON) as answer:
        assert (await problem_of(answer))["code"] == "overloaded"
        assert answer.headers["Retry-After"] == "1"
    (await first).close()
    # And when the first has gone, there is a place again
    stage.script = lambda command: [done(command)]
    async with http.post(PAYMENTS, data=GOOD, headers=JSON) as answer:
        assert answer.status == 201


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"rubbish\r\n\r\n", 400, "invalid_header"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "invalid_header"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 10_000 + b"\r\n\r\n", 431, "headers_too_large"),
        (b"GET /?" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, "uri_too_long"),
        (b"GET /?" + b"a" * 8_190 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "invalid_parameter"),
        (b"GET /?" + b"a" * 8_191 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, "uri_too_long"),
    ],
)
async def test_what_is_no_http_is_a_problem_too(gateway: Gateway, sent: bytes, status: int, code: str) -> None:
    head, body = await sent_raw(gateway, sent)
    assert f" {status} ".encode() in head.splitlines()[0]
    assert b"application/problem+json" in head
    assert f'"code":"{code}"'.encode() in body


@pytest.mark.parametrize("rest", [(), (b"zz\r\n",)])
async def test_a_body_that_does_not_come_ends_at_a_deadline(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, rest: tuple[bytes, ...]
) -> None:
    monkeypatch.setattr("gateway.guards.BODY_SECONDS", 0.2)
    monkeypatch.setattr("gateway.connections.LINGER_SECONDS", 0.1)
    headers = b"Host: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    _, body = await sent_raw(gateway, b"POST /api/v1/payments HTTP/1.1\r\n" + headers, *rest)
    assert b'"code":"request_timeout"' in body


async def sent_raw(gateway: Gateway, *parts: bytes) -> tuple[bytes, bytes]:
    """Head and body of what comes back for these bytes, sent with a pause between the parts."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.05)
    answer = await asyncio.wait_for(reader.readuntil(b"}"), 5)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body
