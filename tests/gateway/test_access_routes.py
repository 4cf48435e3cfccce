"""Keys, users, tenants and the audit log at the door: what requests become, and where a secret is shown."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import aiohttp
import pytest

from gateway.fingerprints import Seal, fingerprint
from messages.access_examples import API_KEY, AUDIT_ENTRY, TENANT, USER
from messages.envelope import Command, Done, Query, Reply
from messages.key_secrets import hash_of, key_id
from messages.wire import Json, json_of
from tests.gateway.conftest import Stage, done
from tests.gateway.holders import LIVE, SHOP, a_key, a_tenant, secret_named, tell, with_key
from tests.gateway.keyed import client_of, keyed_gateway

KEYS: Final = "/api/v1/api-keys"
USERS: Final = "/api/v1/users"
TENANTS: Final = "/api/v1/tenants"
ADMIN, LIVE_ADMIN, OPERATOR = secret_named("admin"), secret_named("live", livemode=True), secret_named("operator")
OPERATOR_READER: Final = secret_named("operator's reader")
PASSWORD: Final = "correct horse battery"
OTHER: Final = "another horse battery"


@pytest.fixture
async def http(
    nats_as: Callable[[str], str], stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[aiohttp.ClientSession]:
    """An admin of the shop, at a gateway whose operator is `main`, and which waits for LATEST half a second at most."""
    monkeypatch.setattr("gateway.api_keys.KNOWN_SECONDS", 0.5)
    await tell(stage, a_tenant(), a_tenant(LIVE), a_tenant("main"))
    await tell(stage, a_key(ADMIN, "admin"), a_key(OPERATOR, "admin", tenant="main"))
    await tell(stage, a_key(OPERATOR_READER, "operations:read", tenant="main"))
    await tell(stage, a_key(LIVE_ADMIN, "admin", tenant=LIVE))
    async with keyed_gateway(nats_as("gateway")) as gateway, client_of(gateway, with_key(ADMIN)) as http:
        yield http


@pytest.fixture
async def said(stage: Stage) -> list[bytes]:
    """All that is said on the bus from now on."""
    heard: list[bytes] = []

    async def hear(message: Any) -> None:
        heard.append(message.subject.encode() + message.data + str(message.headers).encode())

    await stage.client.subscribe(">", cb=hear)
    await stage.client.flush()
    return heard


def shown(id_: str, **more: Any) -> Json:
    return {**json_of(API_KEY), "id": id_, **more}


async def test_a_key_is_shown_once_and_works_at_once_and_only_its_hash_travels(
    http: aiohttp.ClientSession, stage: Stage, said: list[bytes]
) -> None:
    # Given an access actor that makes what it is told, and says so on LATEST afterwards
    def made(command: Command) -> list[Any]:
        return [done(command, 201, shown(command.subject))]

    stage.script = made
    body = {"name": "backend", "scopes": ["payments:read"], "metadata": {"team": "shop"}}
    # When a key is made
    async with http.post(KEYS, json=body, headers={"Idempotency-Key": "k1"}) as answer:
        key = await answer.json()
    # Then the command has the hash of what is shown, and the id follows from it
    (command,) = stage.commands
    secret = key["secret"]
    assert (answer.status, answer.headers["Location"]) == (201, f"{KEYS}/{key['id']}")
    assert secret.startswith("ppk_test_")
    assert len(secret) == len("ppk_test_") + 43
    assert (command.type, command.subject) == ("api_key.create", key_id(hash_of(secret)))
    assert command.data["hash"] == hash_of(secret)
    assert command.data["prefix"] == secret[:13]
    assert (command.data["name"], command.data["scopes"]) == ("backend", ["payments:read"])
    # And the secret was said nowhere
    assert not [message for message in said if secret.encode() in message]
    # And a repeat, which is told of the first key, is shown none
    stage.script = lambda again: [Done(command_id=again.id, status=201, body=shown(key["id"]), replayed=True)]
    async with http.post(KEYS, json=body, headers={"Idempotency-Key": "k1"}) as repeated:
        assert (await repeated.json())["secret"] is None
        assert repeated.headers["Idempotent-Replayed"] == "true"


async def test_a_key_may_be_used_as_soon_as_it_is_shown(http: aiohttp.ClientSession, stage: Stage) -> None:
    # Given an access actor whose word on LATEST comes a moment after its answer
    stage.script = lambda command: [done(command, 201, shown(command.subject))]

    async def later() -> None:
        while not stage.commands:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        hash_ = stage.commands[0].data["hash"]
        await tell(stage, a_key(ADMIN, "admin").model_copy(update={"hash": hash_, "id": key_id(hash_)}))

    telling = asyncio.create_task(later())
    # When a key is made
    async with http.post(KEYS, json={"name": "backend", "scopes": ["admin"]}) as answer:
        secret = (await answer.json())["secret"]
    # Then it is let in at once
    async with http.get("/api/v1/me", headers=with_key(secret)) as mine:
        assert mine.status == 200
    await telling


@pytest.mark.parametrize(
    ("caller", "fields", "prefix"),
    [
        (ADMIN, {}, "ppk_test_"),
        (ADMIN, {"type": "publishable", "scopes": []}, "ppk_test_pub_"),
        (LIVE_ADMIN, {}, "ppk_live_"),
        (LIVE_ADMIN, {"type": "publishable", "scopes": []}, "ppk_live_pub_"),
    ],
)
async def test_a_key_says_what_it_is_for(
    http: aiohttp.ClientSession, stage: Stage, caller: str, fields: Json, prefix: str
) -> None:
    stage.script = lambda command: [done(command, 201, shown(command.subject))]
    body = {"name": "page", "scopes": ["admin"], **fields}
    async with http.post(KEYS, json=body, headers=with_key(caller)) as answer:
        secret = (await answer.json())["secret"]
    assert secret[:-43] == prefix
    assert stage.commands[0].data["prefix"] == prefix + secret[len(prefix) : len(prefix) + 4]


async def test_a_key_is_rotated_into_one_of_its_kind(http: aiohttp.ClientSession, stage: Stage) -> None:
    # Given a publishable key
    old = a_key(secret_named("page", publishable=True), type="publishable")
    await tell(stage, old)
    stage.script = lambda command: [done(command, 201, shown(command.data["key"], replaces=command.subject))]
    # When it is rotated
    async with http.post(f"{KEYS}/{old.id}/rotate", json={"overlap_seconds": 60}) as answer:
        key = await answer.json()
    # Then the new one is publishable too, and shown
    (command,) = stage.commands
    assert (command.type, command.subject) == ("api_key.rotate", old.id)
    assert (command.data["key"], command.data["overlap_seconds"]) == (key["id"], 60)
    assert key["secret"].startswith("ppk_test_pub_")
    assert key_id(hash_of(key["secret"])) == key["id"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"scopes": ["admin"]}, "/name"),
        ({"name": "x", "scopes": ["payments:all"]}, "/scopes/0"),
        ({"name": "x", "scopes": ["admin"], "type": "root"}, "/type"),
        ({"name": "x", "scopes": ["admin"], "hash": "0" * 64}, "/hash"),
        ({"name": "x", "scopes": ["admin"], "secret": "mine"}, "/secret"),
        ({"name": "x", "scopes": ["admin"], "expires_at": "tomorrow"}, "/expires_at"),
    ],
)
async def test_a_key_that_cannot_be_is_refused(
    http: aiohttp.ClientSession, stage: Stage, body: Json, pointer: str
) -> None:
    async with http.post(KEYS, json=body) as answer:
        problem = await answer.json()
    assert (answer.status, problem["errors"][0]["pointer"]) == (422, pointer)
    assert not stage.commands


async def test_a_user_is_made_with_a_hash_and_shown_with_the_address(
    http: aiohttp.ClientSession, stage: Stage, said: list[bytes]
) -> None:
    user = json_of(USER)
    stage.answers["access.user"] = lambda query: Reply(body={**user, "id": query.params["id"]})
    stage.script = lambda command: [done(command, 201, {**user, "id": command.subject, "email": None, "name": None})]
    body = {"email": "ada@example.com", "name": "Ada", "role": "admin", "password": PASSWORD}
    async with http.post(USERS, json=body) as answer:
        shown_user = await answer.json()
    (command,) = stage.commands
    assert (answer.status, shown_user["email"]) == (201, "ada@example.com")
    assert command.data["password_hash"].startswith("$argon2id$v=19$")
    assert "password" not in command.data
    assert not [message for message in said if PASSWORD.encode() in message]


async def test_the_fingerprint_of_a_request_tells_passwords_apart_and_says_nothing_of_them(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    # Given a password that is set twice, and another
    stage.answers["access.user"] = lambda _: Reply(body=json_of(USER))
    stage.script = lambda command: [done(command, 200, json_of(USER))]
    path, bodies = f"{USERS}/usr_1/password", [json.dumps({"password": each}).encode() for each in (PASSWORD, OTHER)]
    for body in (bodies[0], *bodies):
        async with http.post(path, data=body, headers={"Content-Type": "application/json"}) as answer:
            assert answer.status == 200
    # Then a repeat is known as one, and another password as another request
    first, again, other = [command.request.fingerprint for command in stage.commands if command.request]
    assert first == again
    assert first != other
    # And whoever reads the fingerprint cannot try passwords out, with any of the usual hashes
    assert first != fingerprint("POST", path, "", bodies[0])
    plain = [hashlib.sha256(each).hexdigest() for each in (bodies[0], PASSWORD.encode(), b"")]
    assert not [each for each in plain if each in first]


def test_fingerprints_of_secrets_are_the_same_at_gateways_with_the_same_key() -> None:
    one, two = Seal("k" * 32), Seal("k" * 32)
    assert one.of(b"secret") == two.of(b"secret")
    assert len({Seal(key).of(b"secret") for key in ("k" * 32, "x" * 32, None)}) == 3


async def test_the_operator_makes_tenants_and_a_repeat_finds_the_first(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    stage.script = lambda command: [done(command, 201, {**json_of(TENANT), "id": command.subject})]
    headers = {**with_key(OPERATOR), "Idempotency-Key": "t1"}
    for _ in range(2):
        async with http.post(TENANTS, json={"name": "Shop", "mode": "live"}, headers=headers) as answer:
            assert answer.status == 201
    first, second = stage.commands
    assert first.tenant == first.subject == second.subject
    assert first.id == second.id
    async with http.post(TENANTS, json={"name": "Shop", "mode": "live"}) as refused:
        assert (refused.status, (await refused.json())["code"]) == (403, "role_missing")


async def test_a_tenant_sees_itself_and_no_other(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.answers["access.tenant"] = lambda query: Reply(body={**json_of(TENANT), "id": query.tenant})
    stage.script = lambda command: [done(command, 200, {**json_of(TENANT), "id": command.tenant})]
    for path, caller, status in (
        (f"{TENANTS}/{SHOP}", ADMIN, 200),
        (f"{TENANTS}/{LIVE}", ADMIN, 404),
        (f"{TENANTS}/{LIVE}", OPERATOR, 200),
        (f"{TENANTS}/nobody", ADMIN, 404),
    ):
        async with http.get(path, headers=with_key(caller)) as answer:
            assert answer.status == status
        async with http.patch(path, json={"name": "New"}, headers=with_key(caller)) as answer:
            assert answer.status == status
    assert {command.tenant for command in stage.commands} == {SHOP, LIVE}


async def test_of_the_operator_only_an_admin_sees_other_tenants(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.answers["access.tenant"] = lambda query: Reply(body={**json_of(TENANT), "id": query.tenant})
    for tenant, status in (("main", 200), (SHOP, 404), ("nobody", 404)):
        async with http.get(f"{TENANTS}/{tenant}", headers=with_key(OPERATOR_READER)) as answer:
            assert answer.status == status
    assert {query.tenant for query in stage.queries} == {"main"}


async def test_the_audit_log_is_one_list_of_all_actors_page_by_page(http: aiohttp.ClientSession, stage: Stage) -> None:
    # Given five actors with three entries each, whose times interleave
    actors = ("payments", "ledger", "invoicing", "notifications", "access")

    def entry(number: int) -> Json:
        at = f"2026-11-22T10:00:{number:02}.000Z"
        return {**json_of(AUDIT_ENTRY), "id": f"aud_{number:02}", "created_at": at}

    def pages(place: int) -> Callable[[Query], Reply]:
        entries = [entry(number) for number in range(14, -1, -1) if number % 5 == place]

        def page(query: Query) -> Reply:
            after, limit = query.params.get("after"), query.params["limit"]
            rest = [each for each in entries if not after or (each["created_at"], each["id"]) < tuple(after)]
            return Reply(body={"data": rest[:limit], "has_more": len(rest) > limit})

        return page

    stage.answers |= {f"{actor}.audit": pages(place) for place, actor in enumerate(actors)}
    # When all pages are read
    seen: list[str] = []
    cursor = ""
    while True:
        async with http.get(f"/api/v1/audit-log?limit=4{cursor}") as answer:
            page = await answer.json()
        seen += [each["id"] for each in page["data"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    # Then every entry was there once, the newest first
    assert seen == [f"aud_{number:02}" for number in range(14, -1, -1)]


async def test_the_audit_log_is_not_told_in_part(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.answers["payments.audit"] = lambda _: Reply(body={"data": [], "has_more": False})
    no = {"code": "unavailable", "detail": "The database is away."}
    stage.answers["ledger.audit"] = lambda _: Reply(status=503, body=no)
    async with http.get("/api/v1/audit-log") as answer:
        assert answer.status in (404, 503)
        assert "data" not in await answer.json()


async def test_no_answer_says_a_hash(http: aiohttp.ClientSession, stage: Stage) -> None:
    hash_ = hash_of(ADMIN)
    stage.answers["access.api_keys"] = lambda _: Reply(body={"data": [json_of(API_KEY)], "has_more": False})
    async with http.get(KEYS) as keys, http.get("/api/v1/me") as me:
        assert hash_ not in json.dumps([await keys.json(), await me.json()])
