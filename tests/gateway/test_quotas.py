"""How much one may ask for, and that what is too much costs no command."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from gateway.addresses import networks
from gateway.client_secrets import client_secret
from gateway.process import Gateway
from gateway.quotas import Quota
from messages.envelope import Reply
from messages.key_secrets import hash_of
from tests.gateway.conftest import Stage, a_payment, done
from tests.gateway.holders import OTHER, SHOP, a_key, a_tenant, secret_named, tell, with_key
from tests.gateway.keyed import client_of, keyed_gateway

KEY, NEXT, THIRD, THEIRS = (secret_named(name) for name in ("one", "two", "three", "theirs"))
CANCEL = "/api/v1/payments/pay_1/cancel"
STREAM = "/api/v1/events/stream"
PROXIES = networks(["127.0.0.0/8"])


@pytest.fixture(autouse=True)
async def known(stage: Stage) -> None:
    """Three keys of one tenant, one of another, and actors that answer."""
    await tell(stage, a_tenant(), a_tenant(OTHER), *(a_key(key, "admin") for key in (KEY, NEXT, THIRD)))
    await tell(stage, a_key(THEIRS, "admin", tenant=OTHER))
    stage.script = lambda command: [done(command)]


async def codes_of(http: Any, headers: dict[str, str], times: int, path: str = CANCEL) -> list[str | int]:
    """Of so many requests, one after the other: the code of a problem, else the status."""
    codes: list[str | int] = []
    for _ in range(times):
        async with http.post(path, json={}, headers=headers) as answer:
            codes.append((await answer.json())["code"] if answer.status >= 400 else answer.status)
            if answer.status == 429:
                assert 1 <= int(answer.headers["Retry-After"]) <= 10
    return codes


async def waits(http: aiohttp.ClientSession, key: str) -> None:
    """A write that waits for its outcome."""
    async with http.post(CANCEL, json={}, headers=with_key(key) | {"Prefer": "wait=2"}):
        return


async def with_body_on_its_way(gateway: Gateway, key: str, more: str = "", path: str = CANCEL) -> asyncio.StreamWriter:
    """A write whose headers are there, and whose body is not."""
    _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n{more}"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n".encode())
    await writer.drain()
    return writer


async def test_a_key_may_ask_so_often_and_what_is_more_costs_no_command(
    nats_as: Callable[[str], str], stage: Stage
) -> None:
    quota = Quota(requests_per_second_of_key=1)
    async with keyed_gateway(nats_as("gateway"), quota=quota) as gateway, client_of(gateway) as http:
        # When a key asks more often than ten times in ten seconds
        codes = await codes_of(http, with_key(KEY), 12)
        # Then what is too much is refused before it becomes a command, whoever else asks
        assert codes == [201] * 10 + ["rate_limited"] * 2
        assert len(stage.commands) == 10
        assert await codes_of(http, with_key(NEXT), 1) == [201]


async def test_customers_of_one_page_are_counted_each_by_their_address(
    nats_as: Callable[[str], str], stage: Stage
) -> None:
    page = secret_named("page", publishable=True)
    await tell(stage, a_key(page, type="publishable"))
    quota = Quota(requests_per_second_of_key=1)
    async with keyed_gateway(nats_as("gateway"), quota=quota, proxies=PROXIES) as gateway, client_of(gateway) as http:
        one, two = ({**with_key(page), "X-Forwarded-For": address} for address in ("8.8.8.8", "9.9.9.9"))
        assert await codes_of(http, one, 11) == ["scope_missing"] * 10 + ["rate_limited"]
        assert await codes_of(http, two, 1) == ["scope_missing"]


async def test_who_has_no_valid_key_is_counted_by_the_address(nats_as: Callable[[str], str], stage: Stage) -> None:
    quota = Quota(requests_per_second_of_address=1)
    async with keyed_gateway(nats_as("gateway"), quota=quota, proxies=PROXIES) as gateway, client_of(gateway) as http:
        guesses = [{**with_key(secret_named(f"guess {n}")), "X-Forwarded-For": "8.8.8.8"} for n in range(11)]
        codes = [code for guess in guesses for code in await codes_of(http, guess, 1)]
        assert codes == ["key_invalid"] * 10 + ["rate_limited"]
        # And who tries to log in from there is refused as well, but not who has a key, and nobody from elsewhere
        same = {"X-Forwarded-For": "8.8.8.8"}
        assert await codes_of(http, same, 1, "/api/v1/sessions") == ["rate_limited"]
        assert await codes_of(http, same | with_key(KEY), 1) == [201]
        assert await codes_of(http, {"X-Forwarded-For": "8.8.4.4"}, 1) == ["key_missing"]
    assert not [query for query in stage.queries if "password" in query.params]


async def test_pages_of_invoices_are_counted_by_the_address(nats_as: Callable[[str], str]) -> None:
    quota = Quota(requests_per_second_of_address=1)
    async with keyed_gateway(nats_as("gateway"), quota=quota) as gateway, client_of(gateway) as http:
        statuses = list[int]()
        for _ in range(11):
            async with http.get("/i/abc.def") as answer:
                statuses.append(answer.status)
    assert statuses == [404] * 10 + [429]


async def test_wrong_addresses_of_the_bank_are_counted_and_cost_no_command(nats_as: Callable[[str], str]) -> None:
    quota = Quota(requests_per_second_of_address=1)
    bank = "/simulated/payments/pay_1/authenticate?token=x"
    async with keyed_gateway(nats_as("gateway"), quota=quota) as gateway, client_of(gateway) as http:
        assert await codes_of(http, {}, 11, bank) == ["not_found"] * 10 + ["rate_limited"]


async def test_customers_take_no_stream_of_the_sellers(nats_as: Callable[[str], str], stage: Stage) -> None:
    page, quota = secret_named("page", publishable=True), Quota(streams_per_tenant=1)
    await tell(stage, a_key(page, type="publishable"))
    for actor in ("payments", "ledger"):
        stage.answers[f"{actor}.history"] = lambda _: Reply(body={"data": [], "unpublished": 0})
    stage.answers["payments.payment"] = lambda query: Reply(body=a_payment(query.params["id"]))
    async with keyed_gateway(nats_as("gateway"), quota=quota, link_key="k" * 32) as gateway, client_of(gateway) as http:
        opened = list[aiohttp.ClientResponse]()
        for payment in ("pay_1", "pay_2"):
            shown = {"client_secret": client_secret("k" * 32, SHOP, payment)}
            sse = {**with_key(page), "Accept": "text/event-stream"}
            opened.append(await http.get(f"/api/v1/payments/{payment}/events", params=shown, headers=sse))
        async with http.get(STREAM, headers=with_key(KEY)) as sellers:
            assert [each.status for each in (*opened, sellers)] == [200, 429, 200]
        for each in opened:
            each.close()


async def test_a_tenant_has_so_many_requests_at_once(nats_as: Callable[[str], str], stage: Stage) -> None:
    quota = Quota(requests_at_once_per_tenant=2)
    stage.script = lambda _: []
    async with keyed_gateway(nats_as("gateway"), quota=quota) as gateway, client_of(gateway) as http:
        # Given two requests that wait for their outcome
        waiting = [asyncio.create_task(waits(http, key)) for key in (KEY, THIRD)]
        while len(stage.commands) < 2:
            await asyncio.sleep(0.01)
        # When a third comes, then it is refused and costs no command; another tenant is not
        assert await codes_of(http, with_key(NEXT), 1) == ["quota_exceeded"]
        for path in ("/api/v1/payments", "/api/v1/events"):
            async with http.get(path, headers=with_key(NEXT) | {"Accept": "text/event-stream"}) as no_stream:
                assert no_stream.status == 429
        assert len(stage.commands) == 2
        stage.script = lambda command: [done(command)]
        assert await codes_of(http, with_key(THEIRS), 1) == [201]
        # And when they are answered, there is room again
        await asyncio.gather(*waiting)
        assert await codes_of(http, with_key(NEXT), 1) == [201]


async def test_a_key_has_half_of_its_tenants_places(nats_as: Callable[[str], str], stage: Stage) -> None:
    quota = Quota(requests_at_once_per_tenant=4, streams_per_tenant=4)
    stage.script = lambda _: []
    async with keyed_gateway(nats_as("gateway"), quota=quota) as gateway, client_of(gateway) as http:
        # Given a key with as many requests as it may have, and as many streams
        waiting = [asyncio.create_task(waits(http, KEY)) for _ in range(2)]
        while len(stage.commands) < 2:
            await asyncio.sleep(0.01)
        streams = [await http.get(STREAM, headers=with_key(KEY)) for _ in range(2)]
        # When it asks for more, then it is refused, and another key of its tenant is not
        assert await codes_of(http, with_key(KEY), 1) == ["quota_exceeded"]
        stage.script = lambda command: [done(command)]
        assert await codes_of(http, with_key(NEXT), 1) == [201]
        for key, status in ((KEY, 429), (NEXT, 200)):
            async with http.get(STREAM, headers=with_key(key)) as stream:
                assert stream.status == status
        for stream in streams:
            stream.close()
        await asyncio.gather(*waiting)


async def test_bodies_on_their_way_take_the_places_of_their_own_key_alone(nats_as: Callable[[str], str]) -> None:
    quota = Quota(requests_at_once_per_tenant=2)
    async with keyed_gateway(nats_as("gateway"), quota=quota) as gateway, client_of(gateway) as http:
        # Given keys of a tenant whose bodies do not come, as many as the tenant has places
        slow = [await with_body_on_its_way(gateway, key) for key in (KEY, THIRD)]
        while not all(gateway.door.quotas.bodies.taken(hash_of(key)) for key in (KEY, THIRD)):
            await asyncio.sleep(0.01)
        # When others of that tenant ask, then they are answered; the key itself waits for its own
        assert await codes_of(http, with_key(NEXT), 1) == [201]
        assert await codes_of(http, with_key(KEY), 1) == ["quota_exceeded"]
        # And once the body came, there is room again
        slow[0].write(b"{}")
        while gateway.door.quotas.bodies.taken(hash_of(KEY)):
            await asyncio.sleep(0.01)
        assert await codes_of(http, with_key(KEY), 1) == [201]
        for each in slow:
            each.close()


async def test_a_slow_body_of_one_customer_keeps_no_other_from_paying(
    nats_as: Callable[[str], str], stage: Stage
) -> None:
    page, quota = secret_named("page", publishable=True), Quota(requests_at_once_per_tenant=2)
    await tell(stage, a_key(page, type="publishable"))
    confirm, shown = "/api/v1/payments/pay_1/confirm", {"client_secret": client_secret("k" * 32, SHOP, "pay_1")}
    settings: Any = {"quota": quota, "proxies": PROXIES, "link_key": "k" * 32}
    async with keyed_gateway(nats_as("gateway"), **settings) as gateway, client_of(gateway) as http:
        slow = await with_body_on_its_way(gateway, page, "X-Forwarded-For: 8.8.8.8\r\n", confirm)
        while not gateway.door.quotas.bodies.taken(f"{hash_of(page)}/8.8.8.8"):
            await asyncio.sleep(0.01)
        for address, status in (("8.8.8.8", 429), ("9.9.9.9", 201)):
            headers = with_key(page) | {"X-Forwarded-For": address}
            async with http.post(confirm, json=shown, headers=headers) as answer:
                assert answer.status == status
        slow.close()


async def test_long_polls_count_as_streams(nats_as: Callable[[str], str], stage: Stage) -> None:
    quota = Quota(streams_per_tenant=1, requests_at_once_per_tenant=1)
    stage.answers["payments.payments"] = lambda _: Reply(body={"data": [], "has_more": False})
    async with keyed_gateway(nats_as("gateway"), quota=quota) as gateway, client_of(gateway) as http:
        # Given a key that waits for what never happens
        poll = "/api/v1/events?type=nothing.ever&wait=20"
        waiting = asyncio.create_task(http.get(poll, headers=with_key(KEY)))
        while not gateway.door.readers.count:
            await asyncio.sleep(0.01)
        # Then its tenant has room for requests, also for the log without waiting, and none for another stream
        for path, status in ((poll, 429), (STREAM, 429), ("/api/v1/payments", 200), ("/api/v1/events", 200)):
            async with http.get(path, headers=with_key(NEXT)) as answer:
                assert answer.status == status, path
        waiting.cancel()
        await asyncio.wait({waiting})


async def test_a_tenant_has_so_many_streams_which_take_no_room_from_requests(
    nats_as: Callable[[str], str], stage: Stage
) -> None:
    quota = Quota(streams_per_tenant=2, requests_at_once_per_tenant=1)
    stage.answers["payments.payments"] = lambda _: Reply(body={"data": [], "has_more": False})
    async with keyed_gateway(nats_as("gateway"), quota=quota) as gateway, client_of(gateway) as http:
        streams = [await http.get(STREAM, headers=with_key(key)) for key in (KEY, THIRD)]
        async with http.get(STREAM, headers=with_key(NEXT)) as third:
            assert (third.status, (await third.json())["code"]) == (429, "too_many_streams")
        async with http.get(STREAM, headers=with_key(THEIRS)) as other:
            assert other.status == 200
        async with http.get("/api/v1/payments", headers=with_key(KEY)) as read:
            assert read.status == 200
        for stream in streams:
            stream.close()
        while gateway.door.readers.count:
            await asyncio.sleep(0.05)
        async with http.get(STREAM, headers=with_key(NEXT)) as again:
            assert again.status == 200
