"""What a gateway knows of keys, sessions and tenants, and how soon it knows it."""

import asyncio
import time
from collections.abc import Callable

import aiohttp
import pytest

from gateway import keys as gateway_keys
from gateway.addresses import networks
from messages.access import API_KEY
from messages.envelope import Query, Reply
from messages.subjects import LATEST, latest_subject
from tests.gateway.conftest import Stage, a_payment, done, read_frames
from tests.gateway.holders import (
    LIVE,
    OTHER,
    SHOP,
    a_key,
    a_session,
    a_tenant,
    secret_named,
    session_named,
    tell,
    with_key,
    with_session,
)
from tests.gateway.keyed import client_of, keyed_gateway

LOOPBACK = networks(["127.0.0.0/8"])
NOT_FOUND = {"code": "not_found", "detail": "There is no such payment."}
KEY, NEXT = secret_named("one"), secret_named("two")
STREAM = "/api/v1/events/stream"
GOOD = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}


async def status_of(http: aiohttp.ClientSession, secret: str, path: str = "/api/v1/me") -> tuple[int, str | None]:
    async with http.get(path, headers=with_key(secret)) as answer:
        return answer.status, (await answer.json()).get("code")


async def test_keys_that_were_there_before_and_those_that_come_later_are_known(
    nats_as: Callable[[str], str], stage: Stage
) -> None:
    # Given a key that LATEST has before the gateway starts
    await tell(stage, a_tenant(), a_key(KEY, "admin"))
    async with keyed_gateway(nats_as("gateway")) as gateway, client_of(gateway) as http:
        assert await status_of(http, KEY) == (200, None)
        assert await status_of(http, NEXT) == (401, "key_invalid")
        # When another one comes
        waiting = asyncio.create_task(gateway.door.keys.until(lambda table: len(table.holders) == 2, 15))
        await asyncio.sleep(0)
        await tell(stage, a_key(NEXT, "events:read"))
        # Then whoever waits for it is woken, and it is known too
        async with asyncio.timeout(5):
            await waiting
        assert await status_of(http, NEXT) == (200, None)


async def test_a_revoked_key_is_refused_and_its_streams_end_within_a_second_on_every_gateway(
    nats_as: Callable[[str], str], stage: Stage
) -> None:
    # Given two gateways, each with a stream of this key
    await tell(stage, a_tenant(), a_key(KEY, "admin"), a_key(NEXT, "admin"))
    async with (
        keyed_gateway(nats_as("gateway")) as first,
        keyed_gateway(nats_as("gateway")) as second,
        client_of(first) as one,
        client_of(second) as two,
        one.get(STREAM, headers=with_key(KEY)) as of_one,
        two.get(STREAM, headers=with_key(KEY)) as of_two,
        one.get(STREAM, headers=with_key(NEXT)),
    ):
        # When it is revoked
        began = time.monotonic()
        await tell(stage, a_key(KEY, "admin", status="revoked", revoked=True))
        ended = await asyncio.gather(*(read_frames(stream, 1) for stream in (of_one, of_two)))
        # Then within a second both streams end, with the reason, and both gateways refuse it
        assert time.monotonic() - began < 1
        assert ended == [[{"event": "closed", "data": '{"code":"key_revoked"}'}]] * 2
        assert [await status_of(http, KEY) for http in (one, two)] == [(401, "key_revoked")] * 2
        # And another key's stream goes on
        assert first.door.readers.count == 1


async def test_the_streams_of_an_ended_session_end(nats_as: Callable[[str], str], stage: Stage) -> None:
    cookie = session_named("ada")
    await tell(stage, a_tenant(), a_session(cookie, "viewer"))
    async with (
        keyed_gateway(nats_as("gateway")) as gateway,
        client_of(gateway, with_session(cookie)) as http,
        http.get(STREAM) as stream,
    ):
        await tell(stage, a_session(cookie, "viewer", ended=True))
        assert await read_frames(stream, 1) == [{"event": "closed", "data": '{"code":"session_expired"}'}]
        async with http.get("/api/v1/me") as answer:
            assert (await answer.json())["code"] == "session_expired"


async def test_a_pull_that_waits_and_a_command_s_stream_end_with_the_key(
    nats_as: Callable[[str], str], stage: Stage
) -> None:
    await tell(stage, a_tenant(), a_key(KEY, "admin"))
    async with keyed_gateway(nats_as("gateway")) as gateway, client_of(gateway, with_key(KEY)) as http:
        # Given a pull that waits for events, and a command whose outcome does not come
        pull = asyncio.create_task(http.get("/api/v1/events?wait=20"))
        told = asyncio.create_task(http.post("/api/v1/payments", json=GOOD, headers={"Accept": "text/event-stream"}))
        while not stage.commands:
            await asyncio.sleep(0.01)
        # When the key is revoked
        await tell(stage, a_key(KEY, "admin", revoked=True))
        # Then neither waits any longer
        async with await pull as pulled, await told as stream:
            assert (await pulled.json())["code"] == "key_revoked"
            frames = await read_frames(stream, 1)
        assert frames[0]["event"] == "closed"


async def test_a_key_is_known_while_the_bus_is_away_but_not_for_ever(
    nats_as: Callable[[str], str], stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(stage, a_tenant(), a_key(KEY, "admin"))
    async with keyed_gateway(nats_as("gateway")) as gateway, client_of(gateway) as http:
        # Given a bus that is lost
        await gateway.door.bus.client.close()
        # When one asks, then the key is known and what needs the bus is not there
        assert await status_of(http, KEY) == (200, None)
        assert await status_of(http, KEY, "/api/v1/payments") == (503, "unavailable")
        # But what was heard long ago is not believed
        monkeypatch.setattr(gateway_keys, "STALE_SECONDS_MAX", 0.0)
        assert await status_of(http, KEY) == (503, "starting")


async def test_after_an_outage_all_is_read_anew_and_what_was_revoked_meanwhile_is_refused(
    nats_as: Callable[[str], str], stage: Stage
) -> None:
    await tell(stage, a_tenant(), a_key(KEY, "admin"))
    async with keyed_gateway(nats_as("gateway")) as gateway, client_of(gateway) as http:
        table = gateway.door.keys.table
        # Given a revocation that the gateway's consumer never brought
        table.put(a_key(NEXT, "admin"))
        # When the bus is back
        gateway.door.keys.connected.set()
        await gateway.door.keys.until(lambda now: now is not table, 2)
        # Then only what LATEST says counts
        assert await status_of(http, KEY) == (200, None)
        assert await status_of(http, NEXT) == (401, "key_invalid")


async def test_a_stream_that_has_lost_every_word_shuts_nobody_out(nats_as: Callable[[str], str], stage: Stage) -> None:
    # Given two keys that the gateway knows
    await tell(stage, a_tenant(), a_key(KEY, "admin"), a_key(NEXT, "admin"))
    async with keyed_gateway(nats_as("gateway")) as gateway, client_of(gateway) as http:
        table = gateway.door.keys.table
        assert await status_of(http, KEY) == (200, None)
        # When LATEST is empty, and is read anew
        await stage.client.jetstream().purge_stream(LATEST)
        gateway.door.keys.connected.set()
        await asyncio.sleep(3)
        # Then they are known as before, until LATEST is told again, and then as it says
        assert await status_of(http, KEY) == (200, None)
        assert gateway.door.keys.table is table
        await tell(stage, a_tenant(), a_key(NEXT, "admin"))
        await gateway.door.keys.until(lambda now: now is not table, 5)
        assert await status_of(http, KEY) == (401, "key_invalid")
        assert await status_of(http, NEXT) == (200, None)


async def test_what_cannot_be_read_lets_nobody_in_and_keeps_nobody_out(
    nats_as: Callable[[str], str], stage: Stage
) -> None:
    await tell(stage, a_tenant(), a_key(KEY, "admin"), a_key(NEXT, "admin"))
    async with keyed_gateway(nats_as("gateway")) as gateway, client_of(gateway) as http:
        # When the last word on a key is one that this gateway does not understand
        known = a_key(KEY, "admin")
        odd = known.model_dump_json().replace('"active"', '"asleep"').encode()
        await stage.client.jetstream().publish(latest_subject(SHOP, API_KEY, known.id), odd)
        await gateway.door.keys.until(lambda table: known.hash not in table.holders, 1)
        # Then it is refused, and others are not
        assert await status_of(http, KEY) == (401, "key_invalid")
        assert await status_of(http, NEXT) == (200, None)


async def test_who_asks_from_where_and_in_which_mode_is_in_the_command(
    nats_as: Callable[[str], str], stage: Stage
) -> None:
    secret = secret_named("live", livemode=True)
    known = a_key(secret, "payments:write", tenant=LIVE)
    await tell(stage, a_tenant(LIVE), known)
    stage.script = lambda command: [done(command)]
    async with keyed_gateway(nats_as("gateway"), proxies=LOOPBACK) as gateway, client_of(gateway) as http:
        headers = {**with_key(secret), "X-Forwarded-For": "8.8.8.8"}
        async with http.post("/api/v1/payments/pay_1/cancel", json={}, headers=headers) as answer:
            assert answer.status == 201
    (command,) = stage.commands
    assert (command.tenant, command.livemode) == (LIVE, True)
    assert (command.principal, command.address) == (f"key:{known.id}", "8.8.8.8")


async def test_ids_of_another_tenant_are_asked_as_one_s_own(nats_as: Callable[[str], str], stage: Stage) -> None:
    """An actor knows a resource by its tenant and id, so another tenant's is one that is not there."""

    def answer(query: Query) -> Reply:
        return Reply(body=a_payment("pay_1")) if query.tenant == SHOP else Reply(status=404, body=NOT_FOUND)

    await tell(stage, a_tenant(), a_tenant(OTHER), a_key(KEY, "admin"), a_key(NEXT, "admin", tenant=OTHER))
    stage.answers["payments.payment"] = answer
    stage.script = lambda command: [done(command, 200 if command.tenant == SHOP else 404, NOT_FOUND)]
    async with keyed_gateway(nats_as("gateway")) as gateway, client_of(gateway) as http:
        assert (await status_of(http, KEY, "/api/v1/payments/pay_1"))[0] == 200
        assert await status_of(http, NEXT, "/api/v1/payments/pay_1") == (404, "not_found")
        path = "/api/v1/payments/pay_1/cancel"
        async with http.post(path, json={}, headers=with_key(NEXT)) as refused:
            assert (refused.status, (await refused.json())["code"]) == (404, "not_found")


async def test_uses_of_keys_are_told_once_in_a_while(
    nats_as: Callable[[str], str], stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.key_uses.TELL_SECONDS", 0.2)
    known = a_key(KEY, "admin")
    await tell(stage, a_tenant(), known)
    async with keyed_gateway(nats_as("gateway")) as gateway, client_of(gateway) as http:
        for _ in range(3):
            await status_of(http, KEY)
        while not stage.commands:
            await asyncio.sleep(0.01)
    (command,) = stage.commands
    assert (command.type, command.actor, command.tenant) == ("api_key.used", "access", SHOP)
    assert [each["key"] for each in command.data["used"]] == [known.id]
