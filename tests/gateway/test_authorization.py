"""Who may do what: every route for every kind of principal. The door decides before any actor is asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from gateway.bus import new_bus
from gateway.client_secrets import client_secret
from gateway.connections import listen
from gateway.door import OPERATOR_TENANT, Door, Settings
from gateway.follow import Feed
from gateway.inside import inside_or_key
from gateway.openapi.codes import is_authenticated
from gateway.problems import Problem
from gateway.process import LOOPBACK_NAMES, application
from gateway.quotas import Quota
from gateway.route import Route, needs_caller
from gateway.routes import ROUTES
from messages.page_tokens import page_token
from messages.wire import Json
from tests.gateway.holders import (
    LIVE,
    OTHER,
    SHOP,
    a_key,
    a_session,
    a_tenant,
    know,
    secret_named,
    session_named,
    with_key,
    with_session,
)

LINK_KEY: Final = "a key for secrets, 32 characters long"
PAYMENT: Final = "abc"
NO_LIMITS: Final = Quota(0, 0, 0, 0)
PAST: Final = datetime.now(UTC) - timedelta(seconds=1)
EARLY: Final = datetime.now(UTC) + timedelta(hours=1)

FOR_EVERYBODY: Final = {
    *("GET /healthz", "GET /readyz", "POST /webhooks/{provider}/{account}", "POST /api/v1/sessions"),
    *("GET /i/{token}", "GET /i/{token}.pdf", "POST /i/{token}/pay", "GET /problems/{code}"),
    *("GET /openapi.json", "GET /asyncapi.json", "GET /swagger/", "GET /swagger/{name}"),
    *("GET /dashboard/{name}", "GET /dashboard/{folder}/{name}"),
    *("GET /", "GET /static/{name}", "GET /simulated/methods", "GET /simulated/payments/{id}/authenticate"),
}
FOR_WHOEVER_IS_KNOWN: Final = {
    *("GET /api/v1/version", "GET /api/v1/me"),
    *("DELETE /api/v1/sessions/current", "POST /api/v1/stream-tickets"),
}
FOR_PAGES: Final = {
    *("GET /api/v1/payments/{id}", "POST /api/v1/payments/{id}/confirm", "GET /api/v1/payments/{id}/events"),
}
AT_THE_BANK: Final = "POST /simulated/payments/{id}/authenticate"
"""By the token of its address."""

NOT_FOR_PAGES: Final = "POST /api/v1/stream-tickets"
"""Needs no scope, and a publishable key needs no ticket."""

OF_OPERATOR: Final = "GET /api/v1/tenants"
"""None of these principals is of the operator's tenant."""

OF_FINANCE: Final = {
    f"{area}:write"
    for area in ("payments", "refunds", "disputes", "payouts", "wallets", "ledger", "billing", "customers")
}

Expected = Callable[[str], str | None]
"""Of a scope, the code with which a route that needs it is refused; None: it is not."""


@dataclass(frozen=True)
class Principal:
    """One kind: the headers it sends, and what it is told; `known` may have what needs no scope.

    `client_secret`: the one that it shows, wherever one can be shown; `on_pages`: what customers are told there.
    `token`: that of the bank's page, which it sends everywhere.
    """

    headers: dict[str, str]
    expected: Expected
    known: str | None = None
    live: bool = False
    client_secret: str | None = None
    on_pages: str | None = "scope_missing"
    token: str | None = None


def always(code: str) -> Expected:
    return lambda _: code


def only(allowed: Callable[[str], bool]) -> Expected:
    return lambda scope: None if allowed(scope) else "scope_missing"


def refused(headers: dict[str, str], code: str) -> Principal:
    return Principal(headers, always(code), code)


ADMIN, RESTRICTED, READER = secret_named("admin"), secret_named("restricted"), secret_named("reader")
REVOKED, EXPIRED, LATE = secret_named("revoked"), secret_named("expired"), secret_named("late")
OPERATOR, OPERATORS_VIEWER = secret_named("operator"), session_named("operator's viewer")
PUBLISHABLE, THEIRS = secret_named("page", publishable=True), secret_named("theirs")
LIVE_ADMIN, MIXED = secret_named("live", livemode=True), secret_named("mixed", livemode=True)
OLD, ROTATING = session_named("old"), secret_named("rotating")

KNOWN: Final = (
    *(a_tenant(SHOP), a_tenant(OTHER), a_tenant(LIVE), a_tenant(OPERATOR_TENANT)),
    *(a_key(ADMIN, "admin"), a_key(RESTRICTED, "payments:write", "events:read", type="restricted")),
    a_key(READER, *sorted({scope for route in ROUTES if (scope := route.scope) and scope.endswith(":read")})),
    *(a_key(REVOKED, "admin", status="revoked", revoked=True), a_key(EXPIRED, "admin", status="expired")),
    *(a_key(LATE, "admin", expires_at=PAST), a_key(ROTATING, "admin", status="rotating", expires_at=EARLY)),
    *(a_key(PUBLISHABLE, type="publishable"), a_key(THEIRS, "admin", tenant=OTHER)),
    a_key(OPERATOR, "operations:read", tenant=OPERATOR_TENANT),
    a_session(OPERATORS_VIEWER, "viewer", tenant=OPERATOR_TENANT),
    *(a_key(LIVE_ADMIN, "admin", tenant=LIVE), a_key(MIXED, "admin", tenant=SHOP)),
    *(a_session(session_named(role), role) for role in ("viewer", "finance", "admin")),
    *(a_session(OLD, "admin", ended=True), a_session(session_named("late"), "admin", expires_at=PAST)),
)

PRINCIPALS: Final = {
    "nobody": refused({}, "key_missing"),
    "another scheme": refused({"Authorization": "Basic YTpi"}, "key_missing"),
    "a malformed key": refused(with_key("ppk_test_x"), "key_invalid"),
    "no text": refused(with_key("\xff" * 52), "key_invalid"),
    "an unknown key": refused(with_key(secret_named("unknown")), "key_invalid"),
    "a revoked key": refused(with_key(REVOKED), "key_revoked"),
    "an expired key": refused(with_key(EXPIRED), "key_expired"),
    "a key whose time is over": refused(with_key(LATE), "key_expired"),
    "a live key of a test tenant": refused(with_key(MIXED), "mode_mismatch"),
    "an ended session": refused(with_session(OLD), "session_expired"),
    "a session whose time is over": refused(with_session(session_named("late")), "session_expired"),
    "an unknown session": refused(with_session(session_named("unknown")), "session_expired"),
    "a malformed session": refused(with_session("../../x"), "session_expired"),
    **{
        f"a publishable key with {what}": Principal(
            with_key(PUBLISHABLE), always("scope_missing"), client_secret=shown, on_pages=code
        )
        for what, shown, code in (
            ("no secret", None, "client_secret_invalid"),
            ("the payment's secret", client_secret(LINK_KEY, SHOP, PAYMENT), None),
            ("another payment's secret", client_secret(LINK_KEY, SHOP, "abcd"), "client_secret_invalid"),
            ("another tenant's secret", client_secret(LINK_KEY, OTHER, PAYMENT), "client_secret_invalid"),
            ("another gateway's secret", client_secret("x" * 32, SHOP, PAYMENT), "client_secret_invalid"),
            ("no text", "pay\u00e9", "client_secret_invalid"),
        )
    },
    "who comes from the bank's page": Principal(
        *({}, always("key_missing"), "key_missing"), token=page_token(LINK_KEY, "bank page", SHOP, PAYMENT)
    ),
    "a read-only key with a secret": Principal(
        *(with_key(READER), only(lambda scope: scope.endswith(":read"))),
        client_secret=client_secret(LINK_KEY, SHOP, PAYMENT),
    ),
    "a read-only key": Principal(with_key(READER), only(lambda scope: scope.endswith(":read"))),
    "a restricted key": Principal(
        with_key(RESTRICTED), only({"payments:read", "payments:write", "events:read"}.__contains__)
    ),
    "an admin key": Principal(with_key(ADMIN), only(lambda _: True)),
    "a key that is being replaced": Principal(with_key(ROTATING), only(lambda _: True)),
    "another tenant's admin": Principal(with_key(THEIRS), only(lambda _: True)),
    "an admin of a live tenant": Principal(with_key(LIVE_ADMIN), only(lambda _: True), live=True),
    "a viewer": Principal(with_session(session_named("viewer")), only(lambda scope: scope.endswith(":read"))),
    "one of finance": Principal(
        with_session(session_named("finance")), only(lambda scope: scope.endswith(":read") or scope in OF_FINANCE)
    ),
    "an admin": Principal(with_session(session_named("admin")), only(lambda _: True)),
}


@pytest.fixture(scope="module")
async def door() -> AsyncIterator[tuple[Door, str]]:
    """A gateway that knows its keys, has no bus, and where it listens."""
    bus = new_bus()
    door = Door(Settings("keys", LOOPBACK_NAMES, quota=NO_LIMITS, link_key=LINK_KEY), bus, Feed(bus))
    know(door.keys, *KNOWN)
    runner = web.AppRunner(application(door), access_log=None, shutdown_timeout=1)
    await runner.setup()
    listener = await listen(runner, "127.0.0.1", 0)
    yield door, f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    listener.close()
    await runner.cleanup()


class _Any(dict[str, str]):
    def __missing__(self, _: str) -> str:
        return PAYMENT


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def code_expected(principal: Principal, route: Route) -> str | None:
    if not needs_caller(route.method, route.path):
        return None
    code = principal.known if route.scope is None else principal.expected(route.scope)
    if name_of(route) in FOR_PAGES and principal.headers == with_key(PUBLISHABLE):
        code = principal.on_pages
    if name_of(route) == NOT_FOR_PAGES and principal.headers == with_key(PUBLISHABLE):
        return "scope_missing"
    if name_of(route) == AT_THE_BANK and principal.token:
        return None
    if code is None and name_of(route) == OF_OPERATOR:
        return "role_missing"
    of_tests = route.path.startswith(("/simulated/", "/api/v1/test-clocks"))
    return "test_mode_only" if code is None and principal.live and of_tests else code


async def code_of(http: aiohttp.ClientSession, route: Route, principal: Principal) -> str | None:
    """The code of 401 or 403, or None: then the request came as far as its body, its id, or the bus."""
    shown = principal.client_secret if name_of(route) in FOR_PAGES else None
    secret = {"client_secret": shown} if shown else {}
    body: Json | None = None if route.method == "GET" else secret
    query = {**(secret if route.method == "GET" else {}), **({"token": principal.token} if principal.token else {})}
    path, sent = route.path.format_map(_Any()), principal.headers
    async with http.request(route.method, path, headers=sent, json=body, params=query, allow_redirects=False) as answer:
        assert answer.status != 500, f"{name_of(route)}: {await answer.text()}"
        return (await answer.json())["code"] if answer.status in (401, 403) else None


@pytest.mark.parametrize("principal", PRINCIPALS.values(), ids=PRINCIPALS)
async def test_every_route_lets_in_whom_it_is_for(door: tuple[Door, str], principal: Principal) -> None:
    # Given a page of our own, from which browsers send their sessions
    _, url = door
    routes = [route for route in ROUTES if route.handler]
    # When this principal asks for every route there is
    async with aiohttp.ClientSession(url, headers={"Origin": url}) as http:
        told = await asyncio.gather(*(code_of(http, route, principal) for route in routes))
    # Then each is answered as its scope says
    wanted = {name_of(route): code_expected(principal, route) for route in routes}
    assert {name_of(route): code for route, code in zip(routes, told, strict=True)} == wanted


def test_customers_have_three_routes_and_the_bank() -> None:
    assert {name_of(route) for route in ROUTES if route.for_pages} == FOR_PAGES | {AT_THE_BANK}
    assert {name_of(route) for route in ROUTES if route.takes_secret} == FOR_PAGES


def test_every_route_has_a_scope_but_those_that_are_named_here() -> None:
    without = {name_of(route): is_authenticated(route) for route in ROUTES if route.scope is None}
    assert {name for name, known in without.items() if not known} == FOR_EVERYBODY
    assert {name for name, known in without.items() if known} == FOR_WHOEVER_IS_KNOWN


async def test_until_the_keys_are_known_nobody_is_let_in(door: tuple[Door, str]) -> None:
    gateway, url = door
    heard_at, gateway.keys.heard_at = gateway.keys.heard_at, None
    try:
        async with aiohttp.ClientSession(url) as http, http.get("/api/v1/me", headers=with_key(ADMIN)) as answer:
            assert (answer.status, (await answer.json())["code"]) == (503, "starting")
            assert answer.headers["Retry-After"] == "1"
    finally:
        gateway.keys.heard_at = heard_at


@pytest.mark.parametrize(
    ("peer", "headers", "code"),
    [
        ("127.0.0.1", {}, None),
        ("8.8.8.8", {}, "forbidden"),
        ("127.0.0.1", {"X-Forwarded-For": "8.8.8.8"}, "forbidden"),
        ("127.0.0.1", {"X-Forwarded-For": "8.8.8.8", **with_key(OPERATOR)}, None),
        ("8.8.8.8", with_key(OPERATOR), None),
        ("8.8.8.8", with_session(OPERATORS_VIEWER), None),
        ("127.0.0.1", with_key(READER), None),
        ("127.0.0.1", {"X-Forwarded-For": "8.8.8.8", **with_key(READER)}, "role_missing"),
        ("8.8.8.8", with_key(ADMIN), "role_missing"),
        ("8.8.8.8", with_session(session_named("viewer")), "role_missing"),
        ("8.8.8.8", with_key(RESTRICTED), "scope_missing"),
        ("8.8.8.8", with_key(REVOKED), "key_revoked"),
    ],
)
async def test_the_inside_of_all_tenants_is_seen_from_inside_or_with_a_scope_by_the_operator(
    door: tuple[Door, str], monkeypatch: pytest.MonkeyPatch, peer: str, headers: dict[str, str], code: str | None
) -> None:
    monkeypatch.setattr(web.BaseRequest, "remote", property(lambda _: peer))
    assert await _turned_away(door[0], make_mocked_request("GET", "/metrics", headers=headers)) == code


async def _turned_away(door: Door, request: web.Request) -> str | None:
    try:
        await inside_or_key(door)(request)
    except Problem as problem:
        return problem.code
    except web.HTTPForbidden:
        return "forbidden"
    return None
