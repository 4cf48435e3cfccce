"""Pages of other origins, and tickets for their streams."""

import time
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from gateway.process import Gateway
from gateway.tickets import TICKET_SECONDS, Tickets
from messages.envelope import Reply
from tests.gateway.conftest import Stage, an_event, done, read_frames
from tests.gateway.holders import OTHER, SHOP, SHOP_PAGE, a_key, a_tenant, secret_named, tell, with_key
from tests.gateway.keyed import client_of, keyed_gateway

KEY, THEIRS, NARROW = secret_named("one"), secret_named("theirs"), secret_named("narrow")
PAYMENTS = "/api/v1/payments"
STREAM = "/api/v1/events/stream"
TICKETS = "/api/v1/stream-tickets"
OTHER_PAGE = "https://other.example"
FOREIGN = {"Origin": SHOP_PAGE}
ASKED = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,idempotency-key"}


@pytest.fixture
async def gateway(nats_as: Callable[[str], str], stage: Stage) -> AsyncIterator[Gateway]:
    """Two tenants, each with a page of its own."""
    await tell(stage, a_tenant(), a_tenant(OTHER, allowed_origins=[OTHER_PAGE]))
    await tell(stage, a_key(KEY, "admin"), a_key(THEIRS, "admin", tenant=OTHER), a_key(NARROW, "payments:read"))
    stage.answers["payments.payments"] = lambda _: Reply(body={"data": [], "has_more": False})
    stage.script = lambda command: [done(command)]
    async with keyed_gateway(nats_as("gateway")) as gateway:
        yield gateway


@pytest.fixture
async def http(gateway: Gateway) -> AsyncIterator[aiohttp.ClientSession]:
    async with client_of(gateway) as http:
        yield http


async def test_a_page_that_the_tenant_allows_may_ask_and_read_the_answer(http: aiohttp.ClientSession) -> None:
    # Given a browser that asks first whether the page may
    async with http.options(PAYMENTS, headers=FOREIGN | ASKED) as preflight:
        assert preflight.status == 204
        assert preflight.headers["Access-Control-Allow-Origin"] == SHOP_PAGE
        assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
        allowed = preflight.headers["Access-Control-Allow-Headers"].lower()
        assert {"authorization", "idempotency-key", "content-type"} <= set(allowed.split(", "))
        assert preflight.headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in preflight.headers
    # When the page asks with a key
    body = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}
    async with http.post(PAYMENTS, json=body, headers=FOREIGN | with_key(KEY)) as answer:
        assert answer.status == 201
        assert answer.headers["Access-Control-Allow-Origin"] == SHOP_PAGE
        assert "PocketPay-Command" in answer.headers["Access-Control-Expose-Headers"]
    # Then it may read a refusal too
    async with http.get(PAYMENTS, headers=FOREIGN) as refused:
        assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (401, SHOP_PAGE)


@pytest.mark.parametrize(
    ("origin", "secret"),
    [(SHOP_PAGE, THEIRS), (OTHER_PAGE, KEY), ("https://evil.example", KEY), ("null", KEY), (f"{SHOP_PAGE}:444", KEY)],
)
async def test_a_page_of_nobody_or_of_another_tenant_may_not(
    http: aiohttp.ClientSession, stage: Stage, origin: str, secret: str
) -> None:
    async with http.get(PAYMENTS, headers={"Origin": origin} | with_key(secret)) as answer:
        assert (answer.status, (await answer.json())["code"]) == (403, "origin_not_allowed")
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert not stage.queries


async def test_a_browser_is_not_told_yes_for_a_page_of_nobody(http: aiohttp.ClientSession) -> None:
    async with http.options(PAYMENTS, headers={"Origin": "https://evil.example"} | ASKED) as answer:
        assert answer.status == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_what_is_no_api_is_for_our_own_pages(http: aiohttp.ClientSession) -> None:
    for path in ("/", "/openapi.json", "/metrics", "/i/abc.def"):
        async with http.get(path, headers=FOREIGN) as answer:
            assert (answer.status, (await answer.json())["code"]) == (403, "origin_not_allowed")


async def test_an_origin_that_is_allowed_later_counts_at_once(
    http: aiohttp.ClientSession, gateway: Gateway, stage: Stage
) -> None:
    page = {"Origin": "https://new.example"}
    await tell(stage, a_tenant(allowed_origins=["https://new.example"], version=2))
    await gateway.door.keys.until(lambda table: table.tenants[SHOP].version == 2, 1)
    async with http.get(PAYMENTS, headers=page | with_key(KEY)) as answer:
        assert answer.status == 200
    async with http.get(PAYMENTS, headers=FOREIGN | with_key(KEY)) as gone:
        assert gone.status == 403


async def test_a_ticket_opens_one_stream_and_no_other(http: aiohttp.ClientSession, stage: Stage) -> None:
    # Given a ticket
    async with http.post(TICKETS, headers=FOREIGN | with_key(KEY)) as answer:
        assert answer.status == 201
        ticket = (await answer.json())["ticket"]
    # When an EventSource opens a stream with it
    stream = await http.get(f"{STREAM}?ticket={ticket}", headers=FOREIGN)
    # Then the stream is that of the key's tenant
    assert (stream.status, stream.headers["Access-Control-Allow-Origin"]) == (200, SHOP_PAGE)
    await stage.say(an_event("payment.created", tenant=OTHER))
    await stage.say(an_event("payment.succeeded", tenant=SHOP))
    assert [frame["event"] for frame in await read_frames(stream, 1)] == ["payment.succeeded"]
    stream.close()
    # And a second time it opens none
    async with http.get(f"{STREAM}?ticket={ticket}", headers=FOREIGN) as again:
        assert (again.status, (await again.json())["code"]) == (401, "key_invalid")


async def test_a_ticket_is_worth_no_more_than_its_key(
    http: aiohttp.ClientSession, gateway: Gateway, stage: Stage
) -> None:
    async def ticket_of(secret: str) -> str:
        async with http.post(TICKETS, headers=with_key(secret)) as answer:
            return (await answer.json())["ticket"]

    # What the key may not read, the ticket may not
    async with http.get(f"{STREAM}?ticket={await ticket_of(NARROW)}") as answer:
        assert (await answer.json())["code"] == "scope_missing"
    # It is for streams alone
    async with http.get(f"{PAYMENTS}?ticket={await ticket_of(KEY)}") as answer:
        assert (await answer.json())["code"] == "key_missing"
    # And ends with its key
    ticket = await ticket_of(KEY)
    await tell(stage, a_key(KEY, "admin", revoked=True))
    await gateway.door.keys.until(lambda table: table.refuses(a_key(KEY).id), 1)
    async with http.get(f"{STREAM}?ticket={ticket}") as answer:
        assert (await answer.json())["code"] == "key_revoked"


def test_a_ticket_is_good_once_soon_and_at_all_gateways_with_the_same_key(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, stranger = Tickets("k" * 32), Tickets("k" * 32), Tickets(None)
    ticket = one.make("key_1")
    assert stranger.take(ticket) is None
    assert two.take(ticket) == "key_1"
    assert two.take(ticket) is None
    for broken in ("", "...", ticket[:-1], f"{ticket}0", ticket.replace("key_1", "key_2"), "\u00e9." * 4):
        assert one.take(broken) is None
    late = one.make("key_1")
    now = time.time()
    monkeypatch.setattr("gateway.tickets.time.time", lambda: now + TICKET_SECONDS + 1)
    assert one.take(late) is None
