"""Webhooks reach a receiver that knows the specification alone, whatever is killed meanwhile."""

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest

from messages.wire import Json, rfc3339
from tests.notifications.receiver import Receiver, receiving
from tests.walks.load import PAYMENTS, under_load
from tests.walks.system import System

ENDPOINTS = "/api/v1/webhook-endpoints"


async def listening(system: System, receiver: Receiver, *types: str) -> str:
    """The id of an endpoint whose owner learned its secret from the answer."""
    body = {"url": receiver.url, "types": list(types), "rate_limit": 1000}
    made = await system.post(ENDPOINTS, body)
    assert made.status == 201, made.body
    receiver.secrets.append(made.body["secret"])
    return made.body["id"]


async def all_arrived(system: System, endpoint: str, timeout_seconds: float = 120) -> int:
    """How many there were, once none is missing."""
    async with asyncio.timeout(timeout_seconds):
        while True:
            shown = await system.get(f"{ENDPOINTS}/{endpoint}")
            if shown["delivered_through"] == shown["last_sequence"] and await nothing_waits(system):
                return shown["last_sequence"]
            await asyncio.sleep(0.2)


async def nothing_waits(system: System) -> bool:
    """Whether what was said last has been heard."""
    said = await system.log(type="payment.*")
    heard = await system.get("/api/v1/webhook-deliveries", event=said[-1]["id"])
    return bool(heard["data"])


@pytest.mark.timeout(300)
async def test_a_receiver_misses_nothing_though_the_actor_is_killed_and_it_is_down_itself(system: System) -> None:
    async with receiving() as receiver:
        # Given a receiver that is down now and then
        down = False
        receiver.answers = lambda _: 503 if down else 204
        endpoint = await listening(system, receiver, "payment.*")
        # When 2,000 payments are made, in which the actor is killed twice and the receiver is down for a while
        async with under_load(system, "delivered") as load:
            for part in (4, 2):
                await load.until(PAYMENTS // part)
                await killed(system, "notifications")
            down = True
            await asyncio.sleep(2)
            down = False
        # Then every event has come, verified, each payment's in order, under numbers without a gap
        count = await all_arrived(system, endpoint)
        said = await system.log(type="payment.*", customer_id=load.customer_id)
        assert receiver.unverified == 0
        assert {event["id"] for event in said} <= {body["id"] for body in receiver.once}
        assert receiver.numbers() == list(range(1, count + 1))
        assert all(found == list(range(1, len(found) + 1)) for found in receiver.sequences().values())
        # And what came more than once was the same to the byte
        assert {len(texts) for texts in receiver.bodies.values()} == {1}

        # When all of it is replayed
        since = rfc3339(datetime.now(UTC) - timedelta(hours=1))
        assert (await system.post(f"{ENDPOINTS}/{endpoint}/replay", {"from": since})).status == 202
        async with asyncio.timeout(120):
            while len(replays(receiver)) < count:
                await asyncio.sleep(0.2)
        # Then each comes again under its number, and says so
        assert sorted(body["delivery"]["sequence"] for body in replays(receiver)) == list(range(1, count + 1))
        assert receiver.unverified == 0


async def killed(system: System, actor: str) -> None:
    """And back again, as another process."""
    before = system.running.pids[actor]
    os.kill(before, signal.SIGKILL)
    async with asyncio.timeout(30):
        while system.running.pids.get(actor) in (before, None):
            await asyncio.sleep(0.05)


def replays(receiver: Receiver) -> list[Json]:
    """Each once, without those that were said before there was an endpoint: they have no number."""
    return [body for body in receiver.once if body["delivery"]["replay"] and body["delivery"]["sequence"]]


async def test_a_secret_is_shown_when_it_is_made_and_nowhere_else(system: System) -> None:
    async with receiving() as receiver:
        # Given an endpoint, made twice with one key
        body = {"url": receiver.url, "types": ["payment.*"]}
        made, again = [await system.post(ENDPOINTS, body, Idempotency_Key="hook-once") for _ in range(2)]
        assert (made.status, again.body) == (201, made.body)
        rotated = await system.post(f"{ENDPOINTS}/{made.body['id']}/rotate-secret")
        secrets = [made.body["secret"], rotated.body["secret"]]
        assert len(set(secrets)) == 2
        assert all(secret.startswith("whsec_") for secret in secrets)
        # Then nobody else can read it: not in answers, not in what was said, not in the tables, not in the logs
        shown = [
            await system.get(f"{ENDPOINTS}/{made.body['id']}"),
            await system.get(ENDPOINTS),
            (await system.patch(f"{ENDPOINTS}/{made.body['id']}", {"description": "Ours"})).body,
            await system.log(),
        ]
        kept = [path.read_text(errors="replace") for path in (system.data_dir / "logs").glob("*.log")]
        async with system.books() as books:
            for table in ("inbox", "journal", "call", "webhook_endpoint", "parked"):
                rows = await books.fetch(f"select to_jsonb(r)::text from notifications.{table} r")
                kept += [row[0] for row in rows]
        everything = repr(shown) + "".join(kept)
        assert not [secret for secret in secrets if secret.removeprefix("whsec_")[:20] in everything]


async def test_a_test_is_delivered_and_the_pull_log_shows_what_is_said_of_it(system: System) -> None:
    async with receiving() as receiver:
        endpoint = await listening(system, receiver, "invoice.paid")
        sent = await system.post(f"{ENDPOINTS}/{endpoint}/test")
        assert sent.status == 202
        await receiver.until(1)
        assert receiver.once[0]["data"] == sent.body
        async with asyncio.timeout(10):
            while not (
                said := [each for each in await system.log(type="webhook.delivery.*") if endpoint in repr(each)]
            ):
                await asyncio.sleep(0.1)
        assert [each["type"] for each in said] == ["webhook.delivery.succeeded"]
        assert sent.body["id"] in [each["subject"] for each in await system.log(type="ping.*")]


async def test_bad_endpoints_are_refused_and_change_nothing(system: System) -> None:
    good = {"url": "https://example.com/hook", "types": ["*"]}
    bad: list[tuple[Json, str, str]] = [
        ({**good, "url": "http://10.1.2.3/hook"}, "webhook_url_refused", "/url"),
        ({**good, "url": "https://10.1.2.3/hook"}, "webhook_url_refused", "/url"),
        ({**good, "url": "https://[::ffff:169.254.169.254]/"}, "webhook_url_refused", "/url"),
        ({**good, "url": "ftp://example.com/"}, "webhook_url_refused", "/url"),
        ({**good, "types": ["payment.suceeded"]}, "unknown_event_type", "/types/0"),
        ({**good, "types": ["payment.*", "mail.sent"]}, "unknown_event_type", "/types/1"),
        ({**good, "types": []}, "validation_failed", "/types"),
        ({**good, "rate_limit": 0}, "validation_failed", "/rate_limit"),
        ({**good, "secret": "mine"}, "validation_failed", "/secret"),
    ]
    before = await system.get(ENDPOINTS)
    for body, code, pointer in bad:
        refused = await system.post(ENDPOINTS, body)
        assert (refused.status, refused.body["code"]) == (422, code), body
        assert refused.body["errors"][0]["pointer"] == pointer
    assert await system.get(ENDPOINTS) == before


async def said_of(system: System, endpoint: str) -> list[Json]:
    """What the log has of deliveries to it."""
    return [each for each in await system.log(type="webhook.delivery.*") if each["data"]["endpoint"] == endpoint]
