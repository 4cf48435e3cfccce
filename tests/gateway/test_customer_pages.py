"""A page where a customer pays: with a publishable key and the payment's `client_secret` it has that one payment."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from gateway.client_secrets import client_secret, fits
from gateway.customer_views import event_seen
from gateway.process import Gateway
from gateway.quotas import AT_ONCE_OF_PAYMENT
from gateway.ring import stored
from messages.envelope import Accepted, Command, Query, Reply
from messages.examples import EXAMPLES
from messages.payments import Payment
from messages.wire import Json, json_of
from tests.gateway.conftest import Played, Stage, a_payment, an_event, done, read_frames
from tests.gateway.holders import SHOP, SHOP_PAGE, a_key, a_tenant, secret_named, tell, with_key
from tests.gateway.keyed import client_of, keyed_gateway

LINK_KEY = "a key for secrets, 32 characters long"
SELLER, PAGE = secret_named("seller"), secret_named("page", publishable=True)
SECRET = client_secret(LINK_KEY, SHOP, "pay_1")
PAYMENTS = "/api/v1/payments"
ONE = f"{PAYMENTS}/pay_1"
WISH = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}
WHOLE: Json = {**json_of(EXAMPLES[Payment]), "id": "pay_1", "client_secret": None, "metadata": {"margin": "0.4"}}
OF_THE_SELLER = {"customer_id", "metadata", "destination", "provider", "provider_reference", "fee", "fraud_warning"}
OPEN: Json = {**a_payment("pay_1"), "status": "requires_payment_method"}
SSE = {"Accept": "text/event-stream"}


@pytest.fixture
async def gateway(nats_as: Callable[[str], str], stage: Stage) -> AsyncIterator[Gateway]:
    await tell(stage, a_tenant(), a_key(SELLER, "payments:write"), a_key(PAGE, type="publishable"))
    stage.answers["payments.payment"] = of_the_shop
    async with keyed_gateway(nats_as("gateway"), link_key=LINK_KEY) as gateway:
        yield gateway


@pytest.fixture
async def http(gateway: Gateway) -> AsyncIterator[aiohttp.ClientSession]:
    """The page, of the seller's own address."""
    async with client_of(gateway, {"Origin": SHOP_PAGE, **with_key(PAGE)}) as http:
        yield http


async def confirm(http: aiohttp.ClientSession, **headers: str) -> tuple[int, str]:
    """Status, and the code or else the payment's own status."""
    async with http.post(f"{ONE}/confirm", json={"client_secret": SECRET}, headers=headers) as answer:
        body = await answer.json()
    return answer.status, body.get("code") or body["status"]


def of_the_shop(query: Query) -> Reply:
    known = (query.tenant, query.params["id"]) == (SHOP, "pay_1")
    return Reply(body=WHOLE) if known else Reply(status=404, body={"code": "not_found", "detail": "No."})


def test_a_secret_is_of_one_payment_of_one_tenant_and_of_one_key() -> None:
    assert SECRET.startswith("pay_1_secret_")
    assert len(SECRET) == len("pay_1_secret_") + 43
    assert fits(LINK_KEY, SHOP, "pay_1", SECRET)
    for key, tenant, payment, shown in (
        (LINK_KEY, SHOP, "pay_2", SECRET),
        (LINK_KEY, "other", "pay_1", SECRET),
        ("x" * 32, SHOP, "pay_1", SECRET),
        (None, SHOP, "pay_1", SECRET),
        (LINK_KEY, SHOP, "pay_1", None),
        (LINK_KEY, SHOP, "pay_1", SECRET[:-1]),
        (LINK_KEY, SHOP, "pay_1", "pay_1_secret_\u00e9"),
    ):
        assert not fits(key, tenant, payment, shown)


async def test_who_makes_a_payment_is_told_its_secret_again_and_again_and_a_reader_is_not(
    gateway: Gateway, stage: Stage
) -> None:
    stage.script = lambda command: [done(command, body=OPEN)]
    async with client_of(gateway, with_key(SELLER)) as seller:
        for _ in range(2):
            async with seller.post(PAYMENTS, json=WISH, headers={"Idempotency-Key": "order-1"}) as answer:
                assert (await answer.json())["client_secret"] == SECRET
        async with seller.get(ONE) as answer:
            assert (await answer.json())["client_secret"] is None
    assert SECRET not in "".join(command.model_dump_json() for command in stage.commands)


async def test_a_declined_payment_has_its_secret_too_and_that_of_its_provider_goes_before(
    gateway: Gateway, stage: Stage
) -> None:
    async with client_of(gateway, with_key(SELLER)) as seller:
        refused = {"code": "card_declined", "detail": "No.", "payment": OPEN}
        stage.script = lambda command: [done(command, 402, refused)]
        async with seller.post(PAYMENTS, json=WISH) as answer:
            assert (await answer.json())["payment"]["client_secret"] == SECRET
        stage.script = lambda command: [done(command, body={**OPEN, "client_secret": "pi_1_secret_2"})]
        async with seller.post(PAYMENTS, json=WISH) as answer:
            assert (await answer.json())["client_secret"] == "pi_1_secret_2"


@pytest.mark.parametrize("status", ["succeeded", "canceled"])
async def test_where_nothing_is_left_to_do_there_is_no_secret_to_hand_on(
    gateway: Gateway, stage: Stage, status: str
) -> None:
    stage.script = lambda command: [done(command, body={**OPEN, "status": status, "client_secret": None})]
    async with client_of(gateway, with_key(SELLER)) as seller, seller.post(PAYMENTS, json=WISH) as answer:
        assert (await answer.json())["client_secret"] is None


async def test_a_page_sees_its_payment_and_not_what_is_the_sellers(http: aiohttp.ClientSession) -> None:
    async with http.get(ONE, params={"client_secret": SECRET}) as answer:
        seen = await answer.json()
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, SHOP_PAGE)
    assert (seen["id"], seen["amount"], seen["status"]) == ("pay_1", WHOLE["amount"], WHOLE["status"])
    assert not OF_THE_SELLER & seen.keys()


async def test_a_wrong_secret_does_not_tell_which_payments_there_are(http: aiohttp.ClientSession, stage: Stage) -> None:
    async def told(payment: str, shown: str) -> tuple[int, Json]:
        async with http.get(f"{PAYMENTS}/{payment}", params={"client_secret": shown}) as answer:
            return answer.status, {**await answer.json(), "request_id": ""}

    assert await told("pay_1", "pay_1_secret_x") == await told("pay_none", "pay_none_secret_x")
    assert (await told("pay_1", "x"))[1]["code"] == "client_secret_invalid"
    assert stage.queries == []


async def test_a_page_confirms_its_payment_and_no_secret_goes_further(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    stage.script = lambda command: [done(command, 200, WHOLE)]
    body = {"client_secret": SECRET, "payment_method": "pm_card_visa"}
    async with http.post(f"{ONE}/confirm", json=body, headers={"Idempotency-Key": "order-1"}) as answer:
        assert (answer.status, answer.headers["Idempotency-Key"]) == (200, "order-1")
        assert not OF_THE_SELLER & (await answer.json()).keys()
    (command,) = stage.commands
    assert (command.type, command.subject, command.tenant) == ("payment.confirm", "pay_1", SHOP)
    assert command.data == {"payment_method": "pm_card_visa", "return_url": None, "off_session": False}
    assert SECRET not in command.model_dump_json()


async def test_a_pages_keys_never_meet_the_sellers(http: aiohttp.ClientSession, gateway: Gateway, stage: Stage) -> None:
    stage.script = lambda command: [done(command, 200, WHOLE)]
    named = {"Idempotency-Key": "order-1"}
    async with http.post(f"{ONE}/confirm", json={"client_secret": SECRET}, headers=named) as answer:
        assert answer.status == 200
    body = {"client_secret": "ignored"}
    async with (
        client_of(gateway, with_key(SELLER)) as seller,
        seller.post(f"{ONE}/confirm", json=body, headers=named) as answer,
    ):
        assert (answer.status, (await answer.json())["fee"]) == (200, WHOLE["fee"])
    of_page, of_seller = stage.commands
    assert of_page.id != of_seller.id
    assert of_seller.idempotency_key == "order-1"
    assert "ignored" not in of_seller.model_dump_json()


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"payment_method": "wallet"}, {"pointer": "/payment_method"}),
        ({"off_session": True}, {"pointer": "/off_session"}),
        ({"dry_run": True}, {"parameter": "dry_run"}),
    ],
)
async def test_a_page_does_not_say_what_is_the_sellers_to_say(
    http: aiohttp.ClientSession, stage: Stage, said: Json, place: Json
) -> None:
    rehearsed = "?dry_run=true" if said.pop("dry_run", False) else ""
    async with http.post(f"{ONE}/confirm{rehearsed}", json={"client_secret": SECRET, **said}) as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"]) == (422, "validation_failed")
    assert place.items() <= problem["errors"][0].items()
    assert stage.commands == []


@pytest.mark.parametrize(
    ("played", "status", "shown"),
    [
        (
            lambda command: [done(command, 402, {"code": "card_declined", "detail": "No.", "payment": WHOLE})],
            *(402, {"code", "payment"}),
        ),
        (
            lambda command: [done(command, 402, {"code": "insufficient_funds", "detail": "No.", "balance": 7})],
            *(402, {"code"}),
        ),
        (lambda command: [Accepted(command_id=command.id, resource=WHOLE)], *(202, {"id", "status"})),
        (lambda command: [Accepted(command_id=command.id)], *(202, {"id", "status"})),
        (lambda _: [], *(504, {"code", "idempotency_key"})),
    ],
)
async def test_no_answer_tells_a_page_more_than_its_customer_may_see(
    http: aiohttp.ClientSession,
    stage: Stage,
    played: Callable[[Command], list[Played]],
    status: int,
    shown: set[str],
) -> None:
    stage.script = played
    headers = {"Idempotency-Key": "mine", "Prefer": "wait=1"}
    async with http.post(f"{ONE}/confirm", json={"client_secret": SECRET}, headers=headers) as answer:
        body = await answer.json()
    assert answer.status == status
    assert shown <= body.keys()
    told = json.dumps(body)
    assert not {name for name in (*OF_THE_SELLER, "balance", "principal", "page:") if f'"{name}' in told}
    assert body.get("idempotency_key", "mine") == "mine"


async def test_a_confirmation_is_answered_with_json_alone(http: aiohttp.ClientSession, stage: Stage) -> None:
    async with http.post(f"{ONE}/confirm", json={"client_secret": SECRET}, headers=SSE) as answer:
        assert (answer.status, (await answer.json())["code"]) == (406, "not_acceptable")
    assert stage.commands == []


async def test_a_page_follows_its_payment_from_its_history_on(
    gateway: Gateway, http: aiohttp.ClientSession, stage: Stage
) -> None:
    # Given a history of which a part is the ledger's, and an EventSource, which can send no header
    created = an_event("payment.created", tenant=SHOP, data=WHOLE)
    seq = await stage.say(created)
    rows = [{"stream_seq": seq, "event": json_of(created)}]
    posted = an_event("ledger.transaction.posted", tenant=SHOP, data={"postings": ["income:sales"]})
    of_ledger = [{"stream_seq": seq + 1, "event": json_of(posted)}]
    stage.answers["payments.history"] = lambda _: Reply(body={"data": rows, "unpublished": 0})
    stage.answers["ledger.history"] = lambda _: Reply(body={"data": of_ledger, "unpublished": 0})
    shown = {"client_secret": SECRET, "publishable_key": PAGE}
    async with (
        client_of(gateway, {"Origin": SHOP_PAGE}) as source,
        source.get(f"{ONE}/events", params=shown, headers=SSE) as stream,
    ):
        assert (stream.status, stream.headers["Access-Control-Allow-Origin"]) == (200, SHOP_PAGE)
        # When more happens, to other payments and in the books too
        for event in (
            posted,
            an_event("payment.updated", tenant=SHOP, payment="pay_2", data=WHOLE),
            an_event("refund.created", tenant=SHOP, data=WHOLE),
            an_event("payment.succeeded", tenant=SHOP, data=WHOLE),
        ):
            await stage.say(event)
        frames = await read_frames(stream, 2)
    # Then it hears of its payment alone, and sees as much as its customer may
    assert [frame["event"] for frame in frames] == ["payment.created", "payment.succeeded"]
    for frame in frames:
        seen = json.loads(frame["data"])
        assert not (OF_THE_SELLER | {"correlation_id", "principal", "about", "tenant"}) & seen.keys()
        assert (seen["data"]["id"], OF_THE_SELLER & seen["data"].keys()) == ("pay_1", set())
    # And the same as JSON
    async with http.get(f"{ONE}/events", params={"client_secret": SECRET}) as answer:
        (event,) = (await answer.json())["data"]
    assert (event["type"], "fee" in event["data"]) == ("payment.created", False)


async def test_a_payment_has_places_for_a_few_pages(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.answers["payments.history"] = lambda _: Reply(body={"data": [], "unpublished": 0})
    stage.answers["ledger.history"] = lambda _: Reply(body={"data": [], "unpublished": 0})
    params = {"client_secret": SECRET}
    open_ones = [await http.get(f"{ONE}/events", params=params, headers=SSE) for _ in range(AT_ONCE_OF_PAYMENT)]
    async with http.get(f"{ONE}/events", params=params, headers=SSE) as one_more:
        assert (one_more.status, (await one_more.json())["code"]) == (429, "too_many_streams")
    # Whoever only follows takes no place from who pays
    stage.script = lambda command: [done(command, 200, WHOLE)]
    assert await confirm(http) == (200, "succeeded")
    for stream in open_ones:
        stream.close()


async def test_whoever_waits_at_one_payment_takes_no_place_of_other_customers_or_of_the_seller(
    gateway: Gateway, http: aiohttp.ClientSession, stage: Stage
) -> None:
    # Given as many confirmations of a payment as may wait, none of which is answered
    waiting = [asyncio.create_task(confirm(http, Prefer="wait=5")) for _ in range(AT_ONCE_OF_PAYMENT)]
    while len(stage.commands) < AT_ONCE_OF_PAYMENT:
        await asyncio.sleep(0.01)
    # When its pages ask for more, then they are refused, and no command is made
    assert await confirm(http) == (429, "quota_exceeded")
    async with http.get(ONE, params={"client_secret": SECRET}) as answer:
        assert (await answer.json())["code"] == "quota_exceeded"
    assert len(stage.commands) == AT_ONCE_OF_PAYMENT
    # And another payment's pages, and the seller, have all of their places
    assert gateway.door.quotas.tenants.taken(SHOP) == 0
    assert gateway.door.quotas.tenants.taken(f"{SHOP}/pages") == AT_ONCE_OF_PAYMENT
    other = {"client_secret": client_secret(LINK_KEY, SHOP, "pay_2")}
    async with http.get(f"{PAYMENTS}/pay_2", params=other) as answer:
        assert answer.status == 404
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ({"code": "card_declined", "detail": "No funds.", "decline_code": "insufficient_funds"}, "No funds."),
        ({"code": "card_declined", "detail": "It is stolen.", "decline_code": "stolen_card"}, "The card was declined."),
        (
            {"code": "switched_off", "detail": "Off: we cannot pay you back.", "reason": "we cannot pay you back"},
            "Switched off by an operator.",
        ),
        (
            {"code": "provider_unavailable", "detail": "No charges go to acct_berlin."},
            "The payment provider is away; nothing was charged.",
        ),
        ({"code": "too_many_attempts", "detail": "Of this address.", "reason": "address"}, "Too many attempts."),
        ({"code": "of_a_newer_actor", "detail": "acct_berlin"}, "It did not work."),
    ],
)
async def test_an_error_says_to_customers_what_is_theirs_to_know(
    http: aiohttp.ClientSession, stage: Stage, error: Json, shown: str
) -> None:
    payment = {**WHOLE, "status": "requires_payment_method", "last_error": {**error, "at": "2026-11-22T10:00:00.000Z"}}
    stage.script = lambda command: [done(command, 402, {**error, "payment": payment})]
    stage.answers["payments.payment"] = lambda _: Reply(body=payment)
    async with http.post(f"{ONE}/confirm", json={"client_secret": SECRET}) as answer:
        problem = await answer.json()
    async with http.get(ONE, params={"client_secret": SECRET}) as answer:
        seen = await answer.json()
    for told in (problem, problem["payment"]["last_error"], seen["last_error"]):
        assert told["detail"] == shown
        assert told.get("decline_code") in (None, "insufficient_funds", "generic_decline")
    assert "reason" not in problem


def test_what_the_sellers_side_suspects_is_no_event_of_the_customers() -> None:
    warned = an_event("payment.fraud_warned", tenant=SHOP, data={**WHOLE, "cancellation_reason": "fraudulent"})
    kept = stored(7, warned.model_dump_json().encode())
    assert kept is not None
    seen = event_seen(kept)
    assert (seen.type, json.loads(seen.raw)["type"]) == ("payment.updated", "payment.updated")
    assert "fraud" not in seen.raw.decode()


@pytest.mark.parametrize("key", [SELLER, secret_named("unknown", publishable=True), "x"])
async def test_no_secret_key_may_stand_in_an_address(gateway: Gateway, key: str) -> None:
    async with client_of(gateway) as http:
        async with http.get(f"{ONE}/events", params={"publishable_key": key, "client_secret": SECRET}) as answer:
            assert (answer.status, (await answer.json())["code"]) == (401, "key_invalid")
        async with http.get(ONE, params={"publishable_key": PAGE, "client_secret": SECRET}) as answer:
            assert (await answer.json())["code"] == "key_missing"
