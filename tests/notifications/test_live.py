"""Deliveries over real servers, to a receiver that knows the Standard Webhooks specification alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest

from actors.notifications.pruning import prune
from messages.wire import Json, rfc3339
from tests.notifications.live import Live, alive, secret
from tests.notifications.receiver import receiving


@pytest.fixture
async def live(database_as: Callable[[str], str], nats_as: Callable[[str], str]) -> AsyncIterator[Live]:
    """The actor, as its own role and user."""
    async with alive(database_as, nats_as) as live:
        yield live


async def test_a_receiver_verifies_every_delivery_and_misses_nothing(live: Live) -> None:
    # Given an endpoint whose owner knows its secret
    async with receiving() as receiver:
        endpoint = await live.endpoint(receiver.url, "payment.*", rate_limit=1000)
        receiver.secrets.append(secret(endpoint))
        # When much happens, some of which it does not want
        for number in range(120):
            await live.say("payment.updated", f"pay_{number % 5}")
            await live.say("refund.updated", f"ref_{number % 5}")
        await receiver.until(120)
        # Then it has all that it wants, in the order of each payment, under numbers without a gap
        assert receiver.unverified == 0
        assert receiver.numbers() == list(range(1, 121))
        assert receiver.sequences() == {f"payment/pay_{each}": list(range(1, 25)) for each in range(5)}
        shown = (await live.query("webhook_endpoint", id=endpoint)).body
        assert (shown["last_sequence"], shown["secret"]) == (120, None)
        first = receiver.once[0]
        assert (first["object"], first["api_version"], first["delivery"]["endpoint"]) == ("event", "v1", endpoint)


async def test_what_failed_comes_again_byte_for_byte_and_is_told(live: Live) -> None:
    async with receiving() as receiver:
        refusals = iter([503, 500])
        receiver.answers = lambda _: next(refusals, 200)
        endpoint = await live.endpoint(receiver.url)
        receiver.secrets.append(secret(endpoint))
        event = await live.say("payment.updated", "pay_1")
        # When two attempts fail, the second of which is not waited for: its rest is five minutes long
        await _until(lambda: len(receiver.bodies) == 1)
        async with asyncio.timeout(15):
            while not await live.told("webhook.delivery.attempt_failed"):
                await asyncio.sleep(0.1)
        # Then what is kept says so, and the body was the same each time
        [delivery] = (await live.query("webhook_deliveries", event=event.id)).body["data"]
        assert delivery["status"] == "pending"
        assert {(each["response_status"], each["error"]) for each in delivery["attempts"]} <= {
            (503, "status"),
            (500, "status"),
        }
        assert [len(texts) for texts in receiver.bodies.values()] == [1]


async def test_a_secret_is_rotated_in_mid_traffic_and_every_delivery_verifies(live: Live) -> None:
    async with receiving() as receiver:
        endpoint = await live.endpoint(receiver.url, rate_limit=1000)
        receiver.secrets[:] = [secret(endpoint)]
        traffic = asyncio.create_task(_traffic(live, 100))
        await receiver.until(20)
        # When the secret is rotated, and the receiver learns of it a little later
        rotated = (await live.ask("webhook_endpoint.rotate_secret", endpoint))["body"]
        assert (rotated["secret_version"], rotated["secret"]) == (2, None)
        await receiver.until(60)
        receiver.secrets[:] = [secret(endpoint, 2)]
        await traffic
        await receiver.until(100)
        # Then no delivery failed
        assert receiver.unverified == 0
        assert receiver.numbers() == list(range(1, 101))


async def test_a_range_of_the_past_is_replayed_from_the_stream(live: Live) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    await _traffic(live, 230)
    async with receiving() as receiver:
        endpoint = await live.endpoint(receiver.url, "payment.*", rate_limit=1000)
        receiver.secrets.append(secret(endpoint))
        # When the past before the endpoint was made is replayed to it
        replay = await live.ask("webhook_endpoint.replay", endpoint, **{"from": rfc3339(began)})
        assert replay["status"] == 202
        await receiver.until(230)
        # Then all of it has come, marked as a replay, each payment's in order
        assert {body["delivery"]["replay"] for body in receiver.once} == {True}
        assert {body["delivery"]["sequence"] for body in receiver.once} == {None}
        by_payment = [body["sequence"] for body in receiver.once if body["subject"] == "pay_1"]
        assert by_payment == sorted(by_payment)


async def test_an_inner_address_is_refused_and_the_delivery_says_why(live: Live) -> None:
    endpoint = await live.endpoint("http://169.254.169.254/latest/meta-data/")
    event = await live.say("payment.updated", "pay_1")
    async with asyncio.timeout(15):
        while not await live.told("webhook.delivery.attempt_failed"):
            await asyncio.sleep(0.1)
    [delivery] = (await live.query("webhook_deliveries", event=event.id, endpoint=endpoint)).body["data"]
    [attempt] = delivery["attempts"]
    assert attempt["error"] == "address_refused"
    assert "169.254.169.254" in attempt["detail"]


async def test_another_process_goes_on_where_one_was_stopped(live: Live) -> None:
    async with receiving() as receiver:
        endpoint = await live.endpoint(receiver.url, rate_limit=1000)
        receiver.secrets.append(secret(endpoint))
        traffic = asyncio.create_task(_traffic(live, 200))
        await receiver.until(30)
        await live.stop()
        live.start()
        await traffic
        await receiver.until(200)
        assert receiver.numbers() == list(range(1, 201))
        assert receiver.unverified == 0


async def test_a_delivery_that_is_deleted_while_the_actor_remembers_it_is_not_there_and_what_comes_goes_on(
    live: Live,
) -> None:
    async with receiving() as receiver:
        # Given a delivery that arrived, so long ago that it is deleted
        endpoint = await live.endpoint(receiver.url)
        receiver.secrets.append(secret(endpoint))
        event = await live.say("payment.updated", "pay_1")
        [delivery] = await _arrived(live, event.id)
        await live.tables.execute("update webhook_delivery set created_at = '2020-01-01', updated_at = '2020-01-01'")
        assert await prune(live.servers.database_url, 30) == 1
        # When it is asked for, or to be replayed, then it is not there
        assert (await live.query("webhook_delivery", id=delivery["id"])).status == 404
        assert (await live.ask("webhook_delivery.replay", delivery["id"]))["status"] == 404
        # When the next event of its resource is said, then that comes under the next number
        event = await live.say("payment.updated", "pay_1")
        await _arrived(live, event.id)
        assert receiver.numbers() == [1, 2]
        shown = (await live.query("webhook_endpoint", id=endpoint)).body
        assert (shown["last_sequence"], shown["delivered_through"]) == (2, 2)


async def _arrived(live: Live, event: str) -> list[Json]:
    """The delivery of an event, once it has."""
    async with asyncio.timeout(15):
        while True:
            found = (await live.query("webhook_deliveries", event=event)).body["data"]
            if [each["status"] for each in found] == ["succeeded"]:
                return found
            await asyncio.sleep(0.1)


async def _traffic(live: Live, count: int) -> None:
    for number in range(count):
        await live.say("payment.updated", f"pay_{number % 7}")


async def _until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(15):
        while not done():
            await asyncio.sleep(0.02)
