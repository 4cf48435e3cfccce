"""Webhooks in: signed over the bytes as sent, answered with 200 only once they are committed."""

import asyncio
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from gateway import recorded as gateway_memory
from gateway import webhooks
from gateway.door import WEBHOOKS_AT_ONCE, Settings
from gateway.process import LOOPBACK_NAMES, start, stop
from gateway.signatures import TOLERANCE_SECONDS, is_signed
from messages.envelope import Command
from messages.provider_events import kept_id, record_id
from messages.wire import Json
from tests.gateway.conftest import Stage, done

OLD, NEW = "whsec_old", "whsec_new"
PATH = "/webhooks/stripe/demo"
NOW = 1_764_000_000


def event(**fields: Any) -> Json:
    told = {"id": "re_1", "object": "refund", "status": "failed", "amount": 400}
    known = {"id": "evt_1", "object": "event", "type": "refund.failed", "created": NOW, "livemode": False}
    return {**known, "data": {"object": told}, **fields}


def signed(body: bytes, secret: str = OLD, at: float | None = None) -> str:
    stamp = str(int(time.time() if at is None else at))
    return f"t={stamp},v1={hmac.digest(secret.encode(), stamp.encode() + b'.' + body, 'sha256').hex()}"


@pytest.fixture
async def http(nats_as: Callable[[str], str]) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a gateway that knows two secrets of Stripe and asks for keys."""
    settings = Settings("keys", LOOPBACK_NAMES, webhook_secrets={"stripe": (OLD, NEW)})
    gateway = await start(settings, nats_url=nats_as("gateway"), host="127.0.0.1", port=0)
    while not gateway.door.feed.ring.ready:
        await gateway.door.feed.ring.changed(0.1)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{gateway.port}") as session:
        yield session
    await stop(gateway)


async def send(
    http: aiohttp.ClientSession, body: bytes, signature: str | None = None, path: str = PATH
) -> tuple[int, Json]:
    """Status and body; a large body would block the loop if it were given as bytes."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    headers["Stripe-Signature"] = signed(body) if signature is None else signature
    async with http.post(path, data=BytesIO(body), headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


def recorded(command: Command) -> list[Any]:
    return [done(command, 200, {"id": command.subject, "status": "applied"})]


@pytest.mark.parametrize(
    ("header", "good"),
    [
        (signed(b"{}", OLD, NOW), True),
        (signed(b"{}", NEW, NOW), True),
        (signed(b"{}", NEW, NOW) + ",v1=" + "0" * 64, True),
        ("v1=" + "0" * 64 + "," + signed(b"{}", OLD, NOW), True),
        (signed(b"{}", "whsec_other", NOW), False),
        (signed(b"{ }", OLD, NOW), False),
        (signed(b"{}", OLD, NOW - TOLERANCE_SECONDS), True),
        (signed(b"{}", OLD, NOW + TOLERANCE_SECONDS), True),
        (signed(b"{}", OLD, NOW - TOLERANCE_SECONDS - 1), False),
        (signed(b"{}", OLD, NOW + TOLERANCE_SECONDS + 1), False),
        (signed(b"{}", OLD, NOW).replace("v1", "v0"), False),
        (signed(b"{}", OLD, NOW).replace("t=", "t=1,t="), False),
        (signed(b"{}", "", NOW), False),
        ("t=\u0661,v1=", False),
        ("t=1e9,v1=00", False),
        ("", False),
        ("t", False),
        ("\u00e9=1", False),
    ],
)
def test_a_signature_fits_body_secret_and_time(header: str, good: bool) -> None:
    assert is_signed(header, b"{}", (OLD, NEW, ""), NOW) is good


async def test_an_event_is_recorded_as_a_command_that_is_the_same_each_time(
    http: aiohttp.ClientSession, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a gateway that has forgotten what it recorded, as another one or after a restart
    monkeypatch.setattr(gateway_memory, "EVENTS_MAX", 0)
    stage.script = recorded
    body = json.dumps(event()).encode()
    # When it comes twice, signed with the old secret and the new
    assert await send(http, body) == (200, {"received": True})
    assert await send(http, body, signed(body, NEW)) == (200, {"received": True})
    # Then without any key, both are one command
    one, two = stage.commands
    assert (
        (one.id, one.subject)
        == (two.id, two.subject)
        == (
            record_id("stripe", "demo", "evt_1"),
            kept_id("stripe", "demo", "evt_1"),
        )
    )
    assert (one.actor, one.type, one.tenant, one.principal) == (
        *("payments", "provider_event.record", "demo"),
        "provider:stripe",
    )
    assert one.request is None, "a repeat may differ in what does not matter, such as pending_webhooks"
    assert (one.data["id"], one.data["object"]["status"]) == ("evt_1", "failed")


async def test_the_actor_is_not_asked_again_for_what_it_has_recorded(
    http: aiohttp.ClientSession, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an event that is not recorded at first
    monkeypatch.setattr(webhooks, "COMMIT_SECONDS", 0.2)
    body = json.dumps(event()).encode()
    assert (await send(http, body))[0] == 503
    # When it is, at the second time
    stage.script = recorded
    assert await send(http, body) == (200, {"received": True})
    # Then a third one is taken without the actor, if it is signed, and another event is not
    assert await send(http, body) == (200, {"received": True})
    assert (await send(http, body, "t=1,v1=0"))[1]["code"] == "signature_invalid"
    assert len(stage.commands) == 2
    assert (await send(http, json.dumps(event(id="evt_2")).encode()))[0] == 200
    assert len(stage.commands) == 3


def test_of_what_was_recorded_the_latest_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_memory, "EVENTS_MAX", 2)
    recorded = gateway_memory.Recorded()
    for command_id in ("cmd_1", "cmd_2", "cmd_2", "cmd_3"):
        recorded.note(command_id)
    assert [command_id in recorded for command_id in ("cmd_1", "cmd_2", "cmd_3")] == [False, True, True]


async def test_what_we_do_not_act_on_is_accepted_and_forgotten(http: aiohttp.ClientSession, stage: Stage) -> None:
    assert await send(http, json.dumps(event(type="customer.created")).encode()) == (200, {"received": True})
    assert stage.commands == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_json"),
        (b"[]", "malformed_json"),
        (b"{", "malformed_json"),
        (b"{}", "malformed_json"),
        (b'{"a":1,"a":2}', "duplicate_key"),
        (b"\xff", "invalid_encoding"),
        (b'{"id":"\\u0000"}', "malformed_json"),
        (json.dumps(event(created="soon")).encode(), "malformed_json"),
        (json.dumps(event(created=10**30)).encode(), "malformed_json"),
        (json.dumps(event(data={})).encode(), "malformed_json"),
        (json.dumps(event(data={"object": 1})).encode(), "malformed_json"),
        (json.dumps(event(id="a b")).encode(), "malformed_json"),
        (json.dumps(event(id=None)).encode(), "malformed_json"),
    ],
)
async def test_what_is_signed_and_no_event_is_refused(
    http: aiohttp.ClientSession, stage: Stage, body: bytes, code: str
) -> None:
    status, problem = await send(http, body)
    assert (status, problem["code"], stage.commands) == (400, code, [])


async def test_what_is_not_signed_is_not_read(http: aiohttp.ClientSession, stage: Stage) -> None:
    body = json.dumps(event()).encode()
    for signature in ("", "t=1,v1=0", signed(body + b" "), signed(body, "whsec_other")):
        status, problem = await send(http, body, signature)
        assert (status, problem["code"]) == (400, "signature_invalid")
    assert stage.commands == []


async def test_a_provider_without_secrets_is_not_listened_to(http: aiohttp.ClientSession) -> None:
    body = json.dumps(event()).encode()
    for path in ("/webhooks/simulated/demo", "/webhooks/paypal/demo", "/webhooks/stripe/a.b"):
        status, problem = await send(http, body, signed(body, ""), path)
        assert (status, problem["code"]) == (404, "not_found")


async def test_a_body_that_is_too_large_is_not_taken(http: aiohttp.ClientSession) -> None:
    status, problem = await send(http, b" " * (2**20 + 1))
    assert (status, problem["code"]) == (413, "body_too_large")


async def test_what_cannot_be_committed_is_to_be_sent_again(
    http: aiohttp.ClientSession, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "COMMIT_SECONDS", 0.2)
    body = json.dumps(event()).encode()
    status, problem = await send(http, body)
    assert (status, problem["code"], len(stage.commands)) == (503, "unavailable", 1)
    monkeypatch.setattr(webhooks, "WEBHOOKS_WAITING_MAX", 0)
    status, problem = await send(http, body)
    assert (status, problem["code"], len(stage.commands)) == (503, "overloaded", 1)


async def test_of_a_storm_only_so_many_stand_before_the_actor(
    http: aiohttp.ClientSession, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an actor that does not answer
    monkeypatch.setattr(webhooks, "COMMIT_SECONDS", 2)
    # When more webhooks come than may stand before it
    bodies = [json.dumps(event(id=f"evt_{number}")).encode() for number in range(WEBHOOKS_AT_ONCE + 20)]
    sending = asyncio.gather(*(send(http, body) for body in bodies))
    await asyncio.sleep(1)
    # Then the others wait at the gateway, and are told to come again when it took too long
    assert len(stage.commands) == WEBHOOKS_AT_ONCE
    assert {status for status, _ in await sending} == {503}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("stripe", "eu"), ("eu", "shop")),
        (("stripe", "stripe"), ("stripe", "shop")),
        (("stripe", "demo"), ("stripe", "demo")),
        (("simulated", "play"), ("play", "shop")),
        (("simulated", "eu"), ("simulated", "eu")),
        (("stripe", "play"), ("stripe", "play")),
    ],
)
def test_the_address_finds_the_account_and_its_tenant(path: tuple[str, str], found: tuple[str, str]) -> None:
    accounts = {"stripe": "stripe", "eu": "stripe", "play": "simulated"}
    settings = Settings("keys", LOOPBACK_NAMES, accounts=accounts, accounts_tenant="shop")
    assert webhooks.heard_of(settings, *path) == found


def test_an_account_that_is_named_as_another_provider_does_not_hear_of_that_one() -> None:
    settings = Settings("keys", LOOPBACK_NAMES, accounts={"stripe": "simulated"})
    assert webhooks.heard_of(settings, "stripe", "demo") == (None, "demo")


def test_with_one_account_the_address_has_provider_and_tenant() -> None:
    assert webhooks.heard_of(Settings("keys", LOOPBACK_NAMES), "stripe", "shop") == ("stripe", "shop")
