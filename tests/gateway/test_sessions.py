"""Sessions of browsers: the cookie, which pages may use it, and how it ends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import aiohttp
import pytest

from gateway.addresses import networks
from gateway.authentication import COOKIE
from gateway.process import Gateway
from messages.access_examples import SESSION, USER
from messages.envelope import Command, Query, Reply
from messages.key_secrets import hash_of, session_id
from messages.users import KnownSession
from messages.wire import json_of
from tests.gateway.conftest import Stage, a_payment, done
from tests.gateway.holders import SHOP, a_session, a_tenant, session_named, tell, with_session
from tests.gateway.keyed import client_of, keyed_gateway

SESSIONS = "/api/v1/sessions"
MINE = {"email": "ada@example.com", "password": "correct horse battery"}
WRONG = {"code": "login_failed", "detail": "The address or the password is wrong."}
ADA = session_named("ada")
TELLING: list[asyncio.Task[None]] = []
"""Tasks that nobody holds may be collected before they are done."""


@pytest.fixture
async def gateway(nats_as: Callable[[str], str], stage: Stage) -> AsyncIterator[Gateway]:
    """Of the operator's tenant `shop`, behind a proxy on this machine, with an access actor that knows Ada."""

    def log_in(query: Query) -> Reply:
        fits = query.params["password"] == MINE["password"] and query.tenant == SHOP
        return Reply(body=json_of(USER)) if fits else Reply(status=401, body=WRONG)

    stage.answers["access.log_in"] = log_in
    stage.script = lambda command: answered(stage, command)
    await tell(stage, a_tenant())
    proxies = networks(["127.0.0.0/8"])
    async with keyed_gateway(nats_as("gateway"), operator_tenant=SHOP, proxies=proxies) as gateway:
        yield gateway


@pytest.fixture
async def http(gateway: Gateway) -> AsyncIterator[aiohttp.ClientSession]:
    async with client_of(gateway, {"Origin": f"http://127.0.0.1:{gateway.port}"}) as http:
        yield http


async def tell_later(stage: Stage, known: KnownSession) -> None:
    await asyncio.sleep(0.2)
    await tell(stage, known)


def answered(stage: Stage, command: Command) -> list[Any]:
    """What the access actor does; LATEST is told a moment later."""
    if command.type == "session.create":
        known = KnownSession(
            id=command.subject,
            tenant=command.tenant,
            user=command.data["user"],
            role="finance",
            hash=command.data["hash"],
            expires_at=datetime.fromisoformat(command.data["expires_at"]),
        )
        TELLING.append(asyncio.create_task(tell_later(stage, known)))
        return [done(command, 201, {**json_of(SESSION), "id": command.subject})]
    if command.type == "session.end":
        TELLING.append(asyncio.create_task(tell_later(stage, a_session(ADA, "admin", ended=True))))
        return [done(command, 200, {**json_of(SESSION), "status": "ended"})]
    return [done(command, 200, a_payment(command.subject))]


async def test_a_browser_logs_in_is_known_by_its_cookie_and_logs_out(http: aiohttp.ClientSession, stage: Stage) -> None:
    # When one logs in with the right password
    async with http.post(SESSIONS, json=MINE) as answer:
        body, cookie = await answer.text(), answer.headers["Set-Cookie"]
    # Then the secret is in the cookie alone, which no script and no other site can use
    name, _, rest = cookie.partition("=")
    secret, *flags = rest.split("; ")
    assert (answer.status, name, len(secret)) == (201, COOKIE, 43)
    assert set(flags) == {"Path=/", "HttpOnly", "SameSite=Strict", f"Max-Age={14 * 86_400}"}
    assert secret not in body
    (command,) = stage.commands
    assert command.subject == session_id(hash_of(secret))
    assert command.principal == f"user:{USER.id}"
    assert command.data["user_version"] == USER.version
    # And with it one is known at once, as who one is
    async with http.get("/api/v1/me", headers=with_session(secret)) as me:
        shown = await me.json()
    assert (shown["principal"], shown["role"], shown["tenant"]) == (f"user:{USER.id}", "finance", SHOP)
    assert "payments:write" in shown["scopes"]
    assert "operations:write" not in shown["scopes"]
    # And what is asked is asked in the user's name
    async with http.post("/api/v1/payments/pay_1/cancel", json={}, headers=with_session(secret)) as cancelled:
        assert cancelled.status == 200
    assert stage.commands[-1].principal == f"user:{USER.id}"


async def test_who_logs_out_is_no_longer_known(http: aiohttp.ClientSession, gateway: Gateway, stage: Stage) -> None:
    await tell(stage, a_session(ADA, "admin"))
    await gateway.door.keys.until(lambda table: bool(table.holders), 1)
    async with http.delete(f"{SESSIONS}/current", headers=with_session(ADA)) as answer:
        assert answer.status == 200
        assert answer.headers["Set-Cookie"].startswith(f"{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
    assert stage.commands[-1].subject == session_id(hash_of(ADA))
    async with http.get("/api/v1/me", headers=with_session(ADA)) as me:
        assert (await me.json())["code"] == "session_expired"


@pytest.mark.parametrize(
    "body", [{**MINE, "password": "another horse battery"}, {**MINE, "tenant": "other"}], ids=["password", "tenant"]
)
async def test_a_wrong_password_has_no_cookie(http: aiohttp.ClientSession, stage: Stage, body: dict[str, str]) -> None:
    async with http.post(SESSIONS, json=body) as answer:
        assert (answer.status, (await answer.json())["code"]) == (401, "login_failed")
        assert "Set-Cookie" not in answer.headers
    assert not stage.commands


@pytest.mark.parametrize(
    ("method", "origin", "status"),
    [
        ("POST", "", 403),
        ("POST", "https://evil.example", 403),
        ("POST", "https://shop.example", 403),
        ("POST", "http://localhost:{port}", 403),
        ("POST", "null", 403),
        ("POST", "https://127.0.0.1:{port}", 403),
        ("POST", "ftp://127.0.0.1:{port}", 403),
        ("POST", "HTTP://127.0.0.1:{port}", 200),
        ("GET", "https://127.0.0.1:{port}", 403),
        ("POST", "http://127.0.0.1:{port}", 200),
        ("GET", "", 200),
        ("GET", "https://shop.example", 403),
        ("GET", "http://127.0.0.1:{port}", 200),
    ],
)
async def test_a_session_is_for_our_own_pages(
    gateway: Gateway, stage: Stage, method: str, origin: str, status: int
) -> None:
    """`shop.example` may ask with the tenant's keys; a cookie is sent by the browser, whatever page it is on."""
    await tell(stage, a_session(ADA, "admin"))
    await gateway.door.keys.until(lambda table: bool(table.holders), 1)
    stage.answers["payments.payments"] = lambda _: Reply(body={"data": [], "has_more": False})
    headers = with_session(ADA) | ({"Origin": origin.format(port=gateway.port)} if origin else {})
    path = "/api/v1/payments" if method == "GET" else "/api/v1/payments/pay_1/cancel"
    body = None if method == "GET" else {}
    async with client_of(gateway) as http, http.request(method, path, json=body, headers=headers) as answer:
        assert answer.status == status
        if status == 403:
            assert (await answer.json())["code"] == "origin_not_allowed"
            assert "Access-Control-Allow-Origin" not in answer.headers
    assert len(stage.commands) == (method == "POST" and status == 200)


async def test_nobody_is_logged_in_by_another_page(gateway: Gateway, stage: Stage) -> None:
    for origin in ("https://evil.example", "https://shop.example"):
        async with client_of(gateway, {"Origin": origin}) as http, http.post(SESSIONS, json=MINE) as answer:
            assert (answer.status, (await answer.json())["code"]) == (403, "origin_not_allowed")
    assert not stage.queries


async def test_over_https_the_cookie_never_goes_in_the_clear(http: aiohttp.ClientSession, gateway: Gateway) -> None:
    ours = {"Origin": f"https://127.0.0.1:{gateway.port}", "X-Forwarded-Proto": "https"}
    async with http.post(SESSIONS, json=MINE, headers=ours) as answer:
        assert answer.headers["Set-Cookie"].endswith("; Secure")


async def test_behind_a_proxy_with_tls_a_page_in_the_clear_is_another(http: aiohttp.ClientSession) -> None:
    """The fixture's client sends the origin of plain HTTP."""
    async with http.post(SESSIONS, json=MINE, headers={"X-Forwarded-Proto": "https"}) as answer:
        assert (answer.status, (await answer.json())["code"]) == (403, "origin_not_allowed")


async def test_a_key_wins_over_a_cookie(http: aiohttp.ClientSession, gateway: Gateway, stage: Stage) -> None:
    await tell(stage, a_session(ADA, "admin"))
    await gateway.door.keys.until(lambda table: bool(table.holders), 1)
    headers = {**with_session(ADA), "Authorization": "Bearer nonsense"}
    async with http.get("/api/v1/me", headers=headers) as answer:
        assert (await answer.json())["code"] == "key_invalid"


async def test_tries_to_log_in_are_told_from_where_they_come(http: aiohttp.ClientSession, stage: Stage) -> None:
    async with http.post(SESSIONS, json=MINE, headers={"X-Forwarded-For": "8.8.8.8"}) as answer:
        assert answer.status == 201
    assert stage.queries[-1].params["address"] == "8.8.8.8"
    assert stage.commands[-1].data["address"] == "8.8.8.8"
