"""Whatever is sent: a 4xx with a stable code, no row, one line in the log, and the gateway lives on."""

import asyncio
import gzip
import json
from io import BytesIO
from pathlib import Path

import pytest

from tests.walks.system import System, rows

V1 = "/api/v1"
JSON = {"Content-Type": "application/json"}
SALE = {"amount": 1000, "currency": "USD", "customer_id": "bad-input"}


def sale(**fields: object) -> bytes:
    return json.dumps({**SALE, **fields}).encode()


def amount(text: str) -> bytes:
    """An amount exactly as written."""
    return sale().replace(b"1000", text.encode())


AMOUNTS = {
    "zero": (amount("0"), 422, "amount_too_small"),
    "negative": (amount("-1"), 422, "amount_too_small"),
    "fraction": (amount("1.5"), 422, "validation_failed"),
    "whole float": (amount("10.0"), 422, "validation_failed"),
    "text": (amount('"10"'), 422, "validation_failed"),
    "true": (amount("true"), 422, "validation_failed"),
    "null": (amount("null"), 422, "validation_failed"),
    "NaN": (amount("NaN"), 400, "malformed_json"),
    "Infinity": (amount("Infinity"), 400, "malformed_json"),
    "-Infinity": (amount("-Infinity"), 400, "malformed_json"),
    "1e400": (amount("1e400"), 422, "validation_failed"),
    "1e2": (amount("1e2"), 422, "validation_failed"),
    "2^53": (amount(str(2**53)), 422, "amount_too_large"),
    "2^63": (amount(str(2**63)), 422, "amount_too_large"),
    "4,301 digits": (amount("9" * 4301), 422, "amount_too_large"),
    "Arabic digits": (amount("١٠"), 400, "malformed_json"),
    "Arabic digits as text": (sale(amount="١٠"), 422, "validation_failed"),
    "leading zero": (amount("0100"), 400, "malformed_json"),
    "list": (amount("[1000]"), 422, "validation_failed"),
    "twice": (sale()[:-1] + b', "amount": 1}', 400, "duplicate_key"),
    "missing": (b'{"currency": "USD", "customer_id": "a"}', 422, "validation_failed"),
}

CURRENCIES = {
    "lower case": (sale(currency="usd"), 422, "currency_unknown"),
    "unknown": (sale(currency="XYZ"), 422, "currency_unknown"),
    "empty": (sale(currency=""), 422, "currency_unknown"),
    "without minor units": (sale(currency="XAU"), 422, "currency_unknown"),
    "NUL": (sale(currency="US\0"), 422, "validation_failed"),
    "Cyrillic lookalike": (sale(currency="U\u0405D"), 422, "currency_unknown"),
    "number": (sale(currency=840), 422, "validation_failed"),
}

TEXTS = {
    "NUL": (sale(description="a\0b"), 422, "validation_failed"),
    "lone surrogate": (sale(description="\ud800"), 422, "validation_failed"),
    "surrogate as key": (sale(metadata={"\udfff": "x"}), 422, "validation_failed"),
    "1 MB": (sale(description="x" * 1_000_000), 422, "validation_failed"),
    "CRLF in an id": (sale(customer_id="a\r\nSet-Cookie: x"), 422, "validation_failed"),
    "ANSI in an id": (sale(customer_id="\x1b[31mred"), 422, "validation_failed"),
    "wildcard in an id": (sale(customer_id="*"), 422, "validation_failed"),
    "rest of a subject in an id": (sale(customer_id=">"), 422, "validation_failed"),
    "dot in an id": (sale(customer_id="a.b"), 422, "validation_failed"),
    "line break after an id": (sale(customer_id="abc\n"), 422, "validation_failed"),
    "other digits in an id": (sale(customer_id="a\u0661"), 422, "validation_failed"),
    "10 kB id": (sale(customer_id="a" * 10_000), 422, "validation_failed"),
    "script as return address": (sale(return_url="javascript:alert(1)"), 422, "validation_failed"),
    "unknown field": (sale(customerId="x"), 422, "validation_failed"),
    "number as metadata": (sale(metadata={"a": 1}), 422, "validation_failed"),
    "51 metadata keys": (sale(metadata={str(n): "" for n in range(51)}), 422, "validation_failed"),
}

BODIES = {
    "nothing": (b"", 400, "body_required"),
    "depth 100,000": (b"[" * 100_000 + b"]" * 100_000, 400, "malformed_json"),
    "depth inside metadata": (
        sale(metadata={"a": 0}).replace(b"0}", b'{"a":' * 5000 + b"0" + b"}" * 5001),
        400,
        "malformed_json",
    ),
    "100,000 keys": (
        b"{%s}" % b",".join(b'"%d":0' % number for number in range(90_000)),
        400,
        "malformed_json",
    ),
    "a million keys": (
        b"{%s}" % b",".join(b'"%d":0' % number for number in range(1_000_000)),
        413,
        "body_too_large",
    ),
    "trailing text": (sale() + b"x", 400, "malformed_json"),
    "two objects": (sale() * 2, 400, "malformed_json"),
    "half an object": (sale()[:-5], 400, "malformed_json"),
    "UTF-16": (sale().decode().encode("utf-16"), 400, "invalid_encoding"),
    "Latin-1": (sale(description="x").replace(b'"x"', b'"\xe9"'), 400, "invalid_encoding"),
    "byte order mark": (b"\xef\xbb\xbf" + sale(), 400, "invalid_encoding"),
    "list": (b"[]", 422, "validation_failed"),
    "null": (b"null", 422, "validation_failed"),
}

REQUESTS = {
    "gzip bomb": (
        {"Content-Encoding": "gzip", **JSON},
        gzip.compress(bytes(20_000_000)),
        415,
        "unsupported_media_type",
    ),
    "multipart": ({"Content-Type": "multipart/form-data; boundary=x"}, sale(), 415, "unsupported_media_type"),
    "form": (
        {"Content-Type": "application/x-www-form-urlencoded"},
        b"amount=1",
        415,
        "unsupported_media_type",
    ),
    "text": ({"Content-Type": "text/plain"}, sale(), 415, "unsupported_media_type"),
    "other charset": (
        {"Content-Type": "application/json; charset=utf-16"},
        sale(),
        415,
        "unsupported_media_type",
    ),
    "empty key": ({"Idempotency-Key": "", **JSON}, sale(), 400, "invalid_header"),
    "long key": ({"Idempotency-Key": "k" * 256, **JSON}, sale(), 400, "invalid_header"),
    "key with other letters": ({"Idempotency-Key": "schl\u00fcssel", **JSON}, sale(), 400, "invalid_header"),
    "other host": ({"Host": "attacker.example", **JSON}, sale(), 400, "invalid_host"),
    "other origin": ({"Origin": "https://attacker.example", **JSON}, sale(), 403, "origin_not_allowed"),
}

PATHS = {
    "wildcard": ("GET", f"{V1}/payments/*", 404, "not_found"),
    "rest of a subject": ("GET", f"{V1}/payments/%3E", 404, "not_found"),
    "dot": ("GET", f"{V1}/payments/a.b", 404, "not_found"),
    "space": ("GET", f"{V1}/payments/a%20b", 404, "not_found"),
    "NUL": ("GET", f"{V1}/payments/%00", 404, "not_found"),
    "line break": ("GET", f"{V1}/payments/a%0D%0Ab", 404, "not_found"),
    "no UTF-8": ("GET", f"{V1}/payments/%FF%FE", 404, "not_found"),
    "long id": ("GET", f"{V1}/payments/{'a' * 5000}", 404, "not_found"),
    "another type's id": ("GET", f"{V1}/payments/ref_01m82stahtevbszw4pv6vdzcce", 404, "not_found"),
    "unknown": ("GET", f"{V1}/payments/pay_01m82stahtevbszw4pv6vdzcce", 404, "not_found"),
    "refund of nothing": ("POST", f"{V1}/payments/pay_unknown/refunds", 404, "not_found"),
    "capture of nothing": ("POST", f"{V1}/payments/pay_unknown/capture", 404, "not_found"),
    "outside the chart": ("GET", f"{V1}/ledger/accounts/assets:gold", 404, "not_found"),
    "climbing": ("GET", f"{V1}/..%2F..%2Fetc%2Fpasswd", 404, "route_not_found"),
    "no route": ("GET", f"{V1}/nothing", 404, "route_not_found"),
    "other method": ("DELETE", f"{V1}/payments", 405, "method_not_allowed"),
    "unknown parameter": ("GET", f"{V1}/payments?colour=red", 400, "invalid_parameter"),
    "parameter twice": ("GET", f"{V1}/payments?limit=1&limit=2", 400, "invalid_parameter"),
    "limit 0": ("GET", f"{V1}/payments?limit=0", 400, "invalid_parameter"),
    "limit 101": ("GET", f"{V1}/payments?limit=101", 400, "invalid_parameter"),
    "other digits": ("GET", f"{V1}/payments?limit=%D9%A1", 400, "invalid_parameter"),
    "no status": ("GET", f"{V1}/payments?status=paid", 400, "invalid_parameter"),
    "no time": ("GET", f"{V1}/payments?created_after=yesterday", 400, "invalid_parameter"),
    "no cursor": ("GET", f"{V1}/payments?cursor=zzz", 400, "invalid_cursor"),
    "no position": ("GET", f"{V1}/payments?min_position=x", 400, "invalid_parameter"),
    "far position": ("GET", f"{V1}/payments?min_position=1-99999999999999999999", 400, "invalid_parameter"),
    "no type": ("GET", f"{V1}/events?type=%3E", 400, "invalid_parameter"),
}


async def kept(system: System) -> list[int]:
    """How much is kept, wherever a request could leave something. A command about nothing is kept: it was read."""
    tables = ("payments.payment", "payments.refund", "payments.journal", "ledger.transaction", "ledger.inbox")
    async with system.books() as books:
        return [await rows(books, table) for table in tables]


def lines(system: System) -> int:
    log: Path = system.data_dir / "logs" / "gateway.log"
    return sum('"/readyz"' not in line for line in log.read_text().splitlines())


async def is_refused(
    system: System, method: str, path: str, headers: dict[str, str], body: bytes | None, expected: object
) -> None:
    """And nothing but a line in the log comes of it."""
    gateway, before, logged = system.running.pids["gateway"], await kept(system), lines(system)
    sent = BytesIO(body) if body else None
    async with system.http.request(method, path, headers=headers, data=sent) as response:
        problem = await response.json(content_type=None)
        assert response.content_type == "application/problem+json", problem
        assert (response.status, problem["code"]) == expected, problem
        assert len(problem.get("errors", ())) <= 100
        assert problem["request_id"] == response.headers["Request-Id"]
    assert await kept(system) == before
    assert lines(system) - logged == 1
    assert "\x1b" not in (system.data_dir / "logs" / "gateway.log").read_text()
    assert system.running.pids["gateway"] == gateway
    await system.get("/readyz")


@pytest.mark.parametrize("name", AMOUNTS)
async def test_no_such_amount_is_taken(system: System, name: str) -> None:
    body, *expected = AMOUNTS[name]
    await is_refused(system, "POST", f"{V1}/payments", JSON, body, tuple(expected))


@pytest.mark.parametrize("name", CURRENCIES)
async def test_no_such_currency_is_taken(system: System, name: str) -> None:
    body, *expected = CURRENCIES[name]
    await is_refused(system, "POST", f"{V1}/payments", JSON, body, tuple(expected))


@pytest.mark.parametrize("name", TEXTS)
async def test_no_such_text_is_taken(system: System, name: str) -> None:
    body, *expected = TEXTS[name]
    await is_refused(system, "POST", f"{V1}/payments", JSON, body, tuple(expected))


@pytest.mark.parametrize("name", BODIES)
async def test_no_such_body_is_read(system: System, name: str) -> None:
    body, *expected = BODIES[name]
    await is_refused(system, "POST", f"{V1}/payments", JSON, body, tuple(expected))


@pytest.mark.parametrize("name", REQUESTS)
async def test_no_such_request_is_admitted(system: System, name: str) -> None:
    headers, body, *expected = REQUESTS[name]
    await is_refused(system, "POST", f"{V1}/payments", headers, body, tuple(expected))


@pytest.mark.parametrize("name", PATHS)
async def test_no_such_address_finds_anything(system: System, name: str) -> None:
    method, path, *expected = PATHS[name]
    await is_refused(system, method, path, {}, None, tuple(expected))


@pytest.mark.parametrize(
    ("currency", "description"), [("JPY", "\u202eright to left"), ("KWD", "\r\n\x1b[31m and more \U0001f600")]
)
async def test_what_is_only_unusual_is_taken_as_it_is(system: System, currency: str, description: str) -> None:
    made = await system.post(f"{V1}/payments", {**SALE, "currency": currency, "description": description})
    assert (made.status, made.body["description"], made.body["amount"]) == (201, description, 1000)
    assert "\x1b" not in (system.data_dir / "logs" / "payments.log").read_text()


async def test_idle_and_dawdling_connections_keep_nobody_out(system: System) -> None:
    # Given connections that say nothing, and some that begin a request and never end it
    port = system.running.ports["gateway"]
    head = b"POST /api/v1/payments HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n"
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(300)]
    for number, (_, writer) in enumerate(connections):
        writer.write((b"", head, head + b"Content-Type: application/json\r\n\r\n{")[number % 3])
    # Then others are served as ever
    async with asyncio.timeout(5):
        assert (await system.post(f"{V1}/payments", SALE)).status == 201
    for _, writer in connections:
        writer.close()
