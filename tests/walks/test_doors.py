"""A whole system that asks for keys: the first key, tenants that never meet, and keys and users that come and go."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from messages.wire import Json
from tests.walks.callers import Caller, admin_of
from tests.walks.frames import Frame, frames
from tests.walks.system import System, short_directory, up

PAYMENT = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}
ADA = {"email": "ada@example.com", "name": "Ada", "role": "finance", "password": "correct horse battery"}
OF_EACH: dict[str, Json] = {
    "/payments": PAYMENT,
    "/customers": {"name": "Grace"},
    "/products": {"name": "Pro"},
    "/test-clocks": {"now": "2026-01-01T00:00:00Z"},
    "/webhook-endpoints": {"url": "https://example.com/hook", "types": ["payment.*"]},
    "/users": ADA,
    "/api-keys": {"name": "reader", "scopes": ["payments:read", "events:read"]},
}
"""A body for each resource that can be made without another."""


@pytest.fixture(scope="module")
async def system() -> AsyncIterator[System]:
    """One for these walks, which asks for keys, behind a proxy on this machine."""
    with short_directory() as data_dir:
        async with up(data_dir, AUTH="keys", SWEEP_SECONDS="3600", TRUSTED_PROXIES="127.0.0.0/8") as running:
            yield running


async def test_two_tenants_never_meet_and_a_key_may_what_its_scopes_say(system: System) -> None:
    # Given the operator, with the key that the first start has made
    file = system.data_dir / "secrets" / "first-admin-key"
    async with asyncio.timeout(15):
        while not file.exists():
            await asyncio.sleep(0.05)
    assert file.stat().st_mode & 0o777 == 0o600
    operator = Caller(system, Authorization=f"Bearer {file.read_text().strip()}")
    async with asyncio.timeout(15):  # the file is there a moment before the key
        while (await operator.ask("GET", "/me"))[0] != 200:
            await asyncio.sleep(0.05)
    assert (await operator.ask("GET", "/me"))[1]["tenant"] == "main"
    assert (await Caller(system).ask("GET", "/me"))[0] == 401
    # And two tenants with an admin each
    tenants = [(await operator.make("/tenants", {"name": name, "mode": "test"}))["id"] for name in ("One", "Two")]
    one, two = [await admin_of(system, tenant) for tenant in tenants]
    # When one of them has one of each
    made = [(path, await one.make(path, body)) for path, body in OF_EACH.items()]
    places = [f"/tenants/{tenants[0]}", *(f"{path}/{each['id']}" for path, each in made)]
    # Then it is all there for whoever is of this tenant
    assert [(await one.ask("GET", place))[0] for place in places] == [200] * len(places)
    # And not there for the other, as what never was
    for place in places:
        status, problem = await two.ask("GET", place)
        of_nothing = await two.ask("GET", place.rpartition("/")[0] + "/abc")
        assert (status, problem["code"]) == (of_nothing[0], of_nothing[1]["code"]) == (404, "not_found"), place
    ids = {path: each["id"] for path, each in made}
    for place in (f"/payments/{ids['/payments']}/refunds", f"/api-keys/{ids['/api-keys']}/revoke"):
        assert (await two.ask("POST", place))[0] == 404
    assert (await two.ask("GET", "/payments"))[1]["data"] == []
    assert (await two.ask("GET", "/wallets/abc123"))[1]["balances"] == []
    assert {event["tenant"] for event in (await two.ask("GET", "/events?limit=100"))[1]["data"]} == {tenants[1]}
    _, log = await two.ask("GET", "/audit-log?limit=100")
    assert not [entry for entry in log["data"] if entry["subject"] in ids.values() and entry["outcome_status"] != 404]
    # And a key may what its scopes say, and no more
    reader = Caller(system, Authorization=f"Bearer {dict(made)['/api-keys']['secret']}")
    payment = ids["/payments"]
    assert (await reader.ask("GET", f"/payments/{payment}"))[1]["id"] == payment
    status, problem = await reader.ask("POST", "/payments", PAYMENT)
    assert (status, problem["code"], problem["scope"]) == (403, "scope_missing", "payments:write")


async def test_a_key_that_is_revoked_is_refused_within_a_second_and_the_log_says_who_did_it(system: System) -> None:
    # Given an admin whose stream is open, and another key
    admin = await admin_of(system, "main")
    made = await admin.make("/api-keys", {"name": "backend", "scopes": ["payments:write", "events:read"]})
    backend = Caller(system, Authorization=f"Bearer {made['secret']}")
    await backend.make("/payments", PAYMENT)
    async with system.http.get(
        "/api/v1/events/stream", headers={"Authorization": f"Bearer {made['secret']}"}
    ) as stream:
        told = frames(stream)
        # When it is revoked
        began = time.monotonic()
        status, revoked = await admin.ask("POST", f"/api-keys/{made['id']}/revoke", X_Forwarded_For="8.8.8.8")
        assert (status, revoked["status"], revoked["secret"]) == (200, "revoked", None)
        closed = [frame async for frame in told if frame.event == "closed"]
        # Then its stream has ended with the reason, and it is refused
        assert closed == [Frame(None, "closed", {"code": "key_revoked"})]
        assert time.monotonic() - began < 1
    assert (await backend.ask("GET", "/payments"))[1]["code"] == "key_revoked"
    # And the audit log has it all, from all actors, with who and from where
    _, log = await admin.ask("GET", "/audit-log?limit=100")
    types = [entry["type"] for entry in log["data"]]
    assert {"payment.create", "api_key.create", "api_key.revoke"} <= set(types)
    (entry,) = [entry for entry in log["data"] if entry["type"] == "api_key.revoke"]
    assert (entry["subject"], entry["address"], entry["outcome_status"]) == (made["id"], "8.8.8.8", 200)
    assert entry["principal"].startswith("key:")
    pages, cursor = list[str](), ""
    while cursor is not None:
        _, page = await admin.ask("GET", f"/audit-log?limit=2{cursor and '&cursor='}{cursor}")
        pages += [entry["id"] for entry in page["data"]]
        cursor = page["next_cursor"]
    assert len(pages) == len(set(pages)) >= len(log["data"])


async def test_a_live_tenant_takes_no_money_with_the_simulated_provider(system: System) -> None:
    # Given a live tenant of a system whose only provider is the simulated one
    live = await admin_of(system, "real", "--mode", "live")
    # When it asks for money, in whatever way
    for path, body in (
        ("/payments", PAYMENT),
        ("/createPayment", {**PAYMENT, "confirm": False}),
        ("/wallets/abc123/top-ups", {"amount": 500, "currency": "USD"}),
        ("/wallets/abc123/withdrawals", {"amount": 500, "currency": "USD"}),
        ("/customers/abc123/payment-methods", {"payment_method": "pm_card_visa"}),
    ):
        status, problem = await live.ask("POST", path, body)
        # Then it is told that these are for tests
        assert (status, problem["code"]) == (403, "test_mode_only"), path
    # And nothing was made
    for path in ("/payments", "/payouts", "/customers/abc123/payment-methods", "/ledger/transactions"):
        assert (await live.ask("GET", path))[1]["data"] == [], path


async def test_what_the_provider_tells_is_the_operators_whose_account_it_is(system: System) -> None:
    # Given the operator and another tenant, who charge at one account
    operator, other = await admin_of(system, "main"), await admin_of(system, "shared", "--mode", "test")
    # When the operator's customer disputes a payment
    payment = await operator.make("/payments", {**PAYMENT, "payment_method": "pm_card_createDispute"})
    # Then the operator is told
    async with asyncio.timeout(15):
        while not (disputes := (await operator.ask("GET", "/disputes?limit=100"))[1]["data"]):
            await asyncio.sleep(0.1)
    assert [each["payment"] for each in disputes] == [payment["id"]]
    # And how the account behaves is not for the other to say
    settings = {"Authorization": other.authorization, "Content-Type": "application/json"}
    async with system.http.patch("/simulated/settings", json={"outage": True}, headers=settings) as refused:
        assert (refused.status, (await refused.json())["code"]) == (403, "role_missing")


async def test_a_user_logs_in_works_within_the_role_and_is_logged_out_when_disabled(system: System) -> None:
    # Given a user of finance
    admin = await admin_of(system, "main")
    user = await admin.make("/users", ADA)
    assert (user["email"], user["role"]) == ("ada@example.com", "finance")
    origin = f"http://127.0.0.1:{system.running.ports['gateway']}"
    browser = Caller(system, Origin=origin)
    # When she logs in with a wrong password, and then with hers
    log_in = {"email": ADA["email"], "password": "another horse battery"}
    assert (await browser.ask("POST", "/sessions", log_in))[1]["code"] == "login_failed"
    async with system.http.post("/api/v1/sessions", json={**log_in, "password": ADA["password"]}) as answer:
        assert answer.status == 201
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
    system.http.cookie_jar.clear()
    ada = Caller(system, Cookie=cookie, Origin=origin)
    # Then she may take payments, in her own name, and make no keys
    assert (await ada.ask("GET", "/me"))[1]["role"] == "finance"
    payment = await ada.make("/payments", PAYMENT)
    _, log = await admin.ask("GET", f"/audit-log?subject={payment['id']}")
    assert log["data"][0]["principal"] == f"user:{user['id']}"
    assert (await ada.ask("GET", "/api-keys"))[1]["code"] == "scope_missing"
    # And once she is disabled, her session has ended
    assert (await admin.ask("PATCH", f"/users/{user['id']}", {"disabled": True}))[0] == 200
    async with asyncio.timeout(1):
        while (await ada.ask("GET", "/me"))[0] == 200:
            await asyncio.sleep(0.02)
    assert (await ada.ask("GET", "/me"))[1]["code"] == "session_expired"
    # And neither password nor key is in any log
    logs = "".join(file.read_text(errors="replace") for file in system.data_dir.rglob("*.log"))
    assert ADA["password"] not in logs
    assert "another horse battery" not in logs
    assert cookie.partition("=")[2] not in logs
