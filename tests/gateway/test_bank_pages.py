"""The simulated bank's page: its own address is the right to it, and to nothing else."""

from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from gateway.bank_links import named_by, with_bank_address
from gateway.process import Gateway
from messages.envelope import Query, Reply
from messages.invoice_links import link_token
from messages.wire import Json
from tests.gateway.conftest import Stage, a_payment, done
from tests.gateway.holders import LIVE, OTHER, SHOP, a_key, a_tenant, secret_named, tell, with_key
from tests.gateway.keyed import client_of, keyed_gateway

LINK_KEY = "a key for addresses, 32 characters long"
SELLER, PUBLISHABLE = secret_named("seller"), secret_named("page", publishable=True)
BANK = "/simulated/payments/pay_1/authenticate"
APPROVED = {"outcome": "succeed"}


def waiting(payment: str = "pay_1", url: str | None = None) -> Json:
    """A payment whose customer must authenticate."""
    redirect = {
        "url": url or f"/simulated/payments/{payment}/authenticate",
        "return_url": "https://shop.example/\"'<b>",
    }
    action = {"type": "redirect_to_url", "redirect_to_url": redirect}
    return {
        **a_payment(payment),
        "amount": 1000,
        "currency": "USD",
        "customer_id": "abc123",
        "return_url": redirect["return_url"],
        "status": "requires_action",
        "next_action": action,
    }


def address_of(payment: Json) -> str:
    return payment["next_action"]["redirect_to_url"]["url"]


def link(tenant: str, payment: str = "pay_1") -> str:
    """As the seller is told it."""
    return address_of(with_bank_address(LINK_KEY, tenant, waiting(payment)))


@pytest.fixture
async def gateway(nats_as: Callable[[str], str], stage: Stage) -> AsyncIterator[Gateway]:
    await tell(stage, a_tenant(), a_tenant(OTHER), a_tenant(LIVE))
    await tell(stage, a_key(SELLER, "payments:write"), a_key(PUBLISHABLE, type="publishable"))
    stage.answers["payments.payment"] = of_the_shop
    stage.script = lambda command: [done(command, 200, {**waiting(), "status": "succeeded", "next_action": None})]
    async with keyed_gateway(nats_as("gateway"), link_key=LINK_KEY) as gateway:
        yield gateway


@pytest.fixture
async def http(gateway: Gateway) -> AsyncIterator[aiohttp.ClientSession]:
    """A customer, who has no key."""
    async with client_of(gateway) as http:
        yield http


def of_the_shop(query: Query) -> Reply:
    known = (query.tenant, query.params["id"]) == (SHOP, "pay_1")
    return Reply(body=waiting()) if known else Reply(status=404, body={"code": "not_found", "detail": "No."})


def test_a_link_is_for_the_page_of_one_payment_and_a_real_banks_address_is_left_as_it_is() -> None:
    token = link(SHOP).partition("?token=")[2]
    assert named_by(LINK_KEY, BANK, token) == (SHOP, "pay_1")
    assert named_by(LINK_KEY, BANK.replace("pay_1", "pay_2"), token) is None
    assert named_by("x" * 32, BANK, token) is None
    assert named_by(None, BANK, token) is None
    assert named_by(LINK_KEY, BANK, f"{token}x") is None
    assert named_by(LINK_KEY, BANK, link_token(LINK_KEY, SHOP, "pay_1")) is None  # that of an invoice's page
    for url in ("https://bank.example/3ds", "/simulated/payments/pay_2/authenticate"):
        assert address_of(with_bank_address(LINK_KEY, SHOP, waiting(url=url))) == url
    assert with_bank_address(None, SHOP, waiting()) == waiting()


async def test_the_seller_is_told_the_address_that_their_customer_needs(gateway: Gateway) -> None:
    async with client_of(gateway, with_key(SELLER)) as seller, seller.get("/api/v1/payments/pay_1") as answer:
        assert address_of(await answer.json()) == link(SHOP)


async def test_the_page_knows_its_payment_and_says_no_more_of_it(http: aiohttp.ClientSession) -> None:
    async with http.get(link(SHOP)) as answer:
        text = await answer.text()
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "&quot;amount&quot;:1000" in text
    assert "https://shop.example/\\&quot;&#x27;&lt;b&gt;" in text
    assert "abc123" not in text


@pytest.mark.parametrize("status", ["processing", "succeeded", "canceled", "requires_payment_method"])
async def test_the_right_ends_when_nobody_is_waited_for(http: aiohttp.ClientSession, stage: Stage, status: str) -> None:
    stage.answers["payments.payment"] = lambda _: Reply(body={**waiting(), "status": status, "next_action": None})
    async with http.get(link(SHOP)) as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"]) == (410, "link_expired")
    assert "1000" not in f"{problem}"


async def test_whose_money_may_be_real_for_all_that_is_known_is_not_let_in(
    http: aiohttp.ClientSession, gateway: Gateway, stage: Stage
) -> None:
    async with http.post(link("nobody_heard_of_them_yet"), json=APPROVED) as answer:
        assert (answer.status, (await answer.json())["code"]) == (503, "starting")
    gateway.door.keys.heard_at = None
    async with http.post(link(SHOP), json=APPROVED) as answer:
        assert (await answer.json())["code"] == "starting"
    assert stage.commands == []


async def test_a_customer_says_there_how_they_authenticated(http: aiohttp.ClientSession, stage: Stage) -> None:
    async with http.post(link(SHOP), json=APPROVED, headers={"Idempotency-Key": "k"}) as answer:
        seen = await answer.json()
    assert (answer.status, seen["status"]) == (200, "succeeded")
    assert "customer_id" not in seen
    (command,) = stage.commands
    assert (command.type, command.tenant, command.subject) == ("payment.authenticate", SHOP, "pay_1")
    assert (command.principal, command.idempotency_key) == ("link:pay_1", "page:pay_1:k")
    assert "token" not in command.model_dump_json()


@pytest.mark.parametrize(
    "address",
    [
        link(SHOP).replace("/pay_1/", "/pay_2/"),
        link(SHOP)[:-1],
        f"{BANK}?token=x",
        f"{BANK}?token=",
    ],
)
async def test_another_address_opens_no_page(http: aiohttp.ClientSession, stage: Stage, address: str) -> None:
    async with http.get(address) as shown:
        assert (shown.status, (await shown.json())["code"]) == (404, "not_found")
    async with http.post(address, json=APPROVED) as answer:
        assert (answer.status, (await answer.json())["code"]) == (404, "not_found")
    assert (stage.commands, stage.queries) == ([], [])


async def test_a_link_asks_of_its_own_tenant_alone(http: aiohttp.ClientSession, stage: Stage) -> None:
    async with http.get(link(OTHER)) as answer:
        assert answer.status == 404
    assert [query.tenant for query in stage.queries] == [OTHER]


async def test_a_link_opens_nothing_else(http: aiohttp.ClientSession, stage: Stage) -> None:
    token = link(SHOP).partition("?")[2]
    for method, path, status in (
        ("GET", "/api/v1/payments/pay_1", 401),
        ("POST", "/api/v1/payments/pay_1/capture", 401),
        ("PUT", BANK, 405),
        ("POST", "/simulated/disputes", 401),
    ):
        async with http.request(method, f"{path}?{token}") as answer:
            assert answer.status == status, path
    async with http.post(link(LIVE), json=APPROVED) as answer:
        assert (answer.status, (await answer.json())["code"]) == (403, "test_mode_only")
    assert stage.commands == []


async def test_a_publishable_key_is_no_link(gateway: Gateway, stage: Stage) -> None:
    async with client_of(gateway, with_key(PUBLISHABLE)) as http:
        for address in (BANK, link(SHOP), f"{BANK}?token=x"):
            async with http.post(address, json=APPROVED) as answer:
                assert (await answer.json())["code"] == "scope_missing"
    assert stage.commands == []


async def test_without_a_link_it_is_the_page_of_whoever_is_logged_in(http: aiohttp.ClientSession) -> None:
    async with http.get(BANK) as answer:
        assert (answer.status, "data-payment" in await answer.text()) == (200, False)
    async with http.post(BANK, json=APPROVED) as answer:
        assert (await answer.json())["code"] == "key_missing"
