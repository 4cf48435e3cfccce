"""An invoice's own page: its address is all one needs, and gives nothing but that invoice."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest

from actors.invoicing.documents.invoice_pages import invoice_page
from gateway.addresses import networks
from gateway.door import Settings
from gateway.hosted_pages import invoice_html
from gateway.process import LOOPBACK_NAMES, start, stop
from messages.documents import Pdf, Seller
from messages.envelope import Query, Reply
from messages.invoice_links import link_token, read_token
from messages.wire import Json, json_of
from tests.gateway.conftest import Stage, an_event, done
from tests.gateway.holders import a_tenant, tell
from tests.invoicing.paper import document, invoice, line

KEY = "a key for links, 32 characters long"
TOKEN = link_token(KEY, "demo", "inv_1")
PAGE = f"/i/{TOKEN}"


@pytest.fixture
async def http(nats_as: Callable[[str], str], request: pytest.FixtureRequest) -> AsyncIterator[aiohttp.ClientSession]:
    """A client without any API key, of a gateway that asks for keys and has one for links."""
    known: dict[str, Any] = {"link_key": KEY, "proxies": networks(["127.0.0.0/8"]), **getattr(request, "param", {})}
    gateway = await start(
        Settings("keys", LOOPBACK_NAMES, **known), nats_url=nats_as("gateway"), host="127.0.0.1", port=0
    )
    while not gateway.door.feed.ring.ready:
        await gateway.door.feed.ring.changed(0.1)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{gateway.port}") as session:
        yield session
    await stop(gateway)


def shows(stage: Stage, **fields: Any) -> None:
    """Invoicing knows inv_1 of demo, which stands so."""
    page = invoice_page(
        document(line(description="<b>Seat</b> & more"), invoice=invoice(amount_remaining=3600, **fields))
    )

    def answer(query: Query) -> Reply:
        known = (query.tenant, query.params["id"]) == ("demo", "inv_1")
        return Reply(body=json_of(page)) if known else Reply(status=404, body={"code": "not_found", "detail": "No."})

    stage.answers["invoicing.invoice_document"] = answer


def test_of_a_seller_who_did_not_say_their_name_the_title_says_nothing() -> None:
    page = invoice_page(document(invoice=invoice(), seller=Seller()))
    assert "<title>Invoice INV-2026-000001</title>" in invoice_html(page, TOKEN, "")


async def get(http: aiohttp.ClientSession, path: str = PAGE) -> tuple[int, str]:
    async with http.get(path) as answer:
        assert answer.content_type == "text/html"
        return answer.status, await answer.text()


def test_a_token_names_its_invoice_and_no_other_is_taken() -> None:
    assert read_token(KEY, TOKEN) == ("demo", "inv_1")
    named, _, seal = TOKEN.partition(".")
    others = [
        *(
            "",
            ".",
            named,
            f"{named}.",
            f"{named}.{seal}x",
            f"{named}={'.'}{seal}",
            f"{named}.{seal[:-1]}",
            f"{TOKEN}.{seal}",
        ),
        *(f"{named}.{seal.swapcase()}", f" {TOKEN}", TOKEN.upper(), "\u00e9." + seal, "x" * 100_000),
        link_token("another key", "demo", "inv_1"),
        link_token(KEY, "demo", "inv_2").partition(".")[0] + "." + seal,
        link_token(KEY, "other", "inv_1").partition(".")[0] + "." + seal,
    ]
    assert [read_token(KEY, other) for other in others] == [None] * len(others)
    assert read_token(None, TOKEN) is read_token("", link_token("", "demo", "inv_1")) is None
    # 128 bits of seal, and no name can be read as another one's
    assert len(seal) == 22
    assert (
        link_token(KEY, "demo", "a/b") != link_token(KEY, "demo/a", "b")
        or read_token(KEY, link_token(KEY, "demo", "a/b")) is None
    )


async def test_the_page_shows_the_invoice_and_escapes_what_was_typed(http: aiohttp.ClientSession, stage: Stage) -> None:
    shows(stage)
    status, html = await get(http)
    assert status == 200
    for said in (
        "<title>Invoice INV-2026-000001 · Example GmbH</title>",
        "Example GmbH",
        "Ada Lovelace",
        "$36.00",
        "VAT 20% on $30.00",
        "Open",
        f"{PAGE}.pdf",
    ):
        assert said in html, said
    assert "&lt;b&gt;Seat&lt;/b&gt; &amp; more" in html
    assert "<b>" not in html
    assert '<form id="pay"' in html
    assert "pm_card_visa" in html


@pytest.mark.parametrize(
    ("status", "said", "payable"),
    [
        ("open", "Open", True),
        ("uncollectible", "Uncollectible", True),
        ("paid", "Paid", False),
        ("void", "Void", False),
    ],
)
async def test_it_can_be_paid_only_while_something_is_asked_for(
    http: aiohttp.ClientSession, stage: Stage, status: str, said: str, payable: bool
) -> None:
    shows(stage, status=status)
    _, html = await get(http)
    assert f"{said}</span>" in html
    assert ('id="pay"' in html) is payable


async def test_what_does_not_exist_and_what_is_forged_look_the_same(http: aiohttp.ClientSession, stage: Stage) -> None:
    shows(stage)
    unknown, foreign = link_token(KEY, "demo", "inv_2"), link_token(KEY, "other", "inv_1")
    paths = [f"/i/{token}" for token in (unknown, foreign, "x", TOKEN[:-1] + "A", link_token("k", "demo", "inv_1"))]
    answers = {await get(http, path) for path in (*paths, *(f"{path}.pdf" for path in paths))}
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    # And whoever forges asks nobody
    assert {query.params["id"] for query in stage.queries} <= {"inv_1", "inv_2"}
    assert not [query for query in stage.queries if query.tenant not in ("demo", "other")]


async def test_while_nobody_answers_the_page_says_so(http: aiohttp.ClientSession) -> None:
    status, html = await get(http)
    assert status == 503
    assert "Try again" in html


async def test_the_pdf_comes_whole_whatever_its_parts(http: aiohttp.ClientSession, stage: Stage) -> None:
    parts = [b"%PDF-one", b"-two", b"-three"]

    def answer(query: Query) -> Reply:
        part = parts[query.params["part"]]
        return Reply(body=json_of(Pdf(pdf=b64encode(part).decode(), number="INV-2026-000001", parts=3)))

    stage.answers["invoicing.invoice_pdf"] = answer
    async with http.get(f"{PAGE}.pdf") as got:
        assert (got.status, got.content_type) == (200, "application/pdf")
        assert await got.read() == b"%PDF-one-two-three"
        assert got.headers["Content-Disposition"] == 'inline; filename="INV-2026-000001.pdf"'


async def pay(
    http: aiohttp.ClientSession, method: str = "pm_card_visa", path: str = PAGE, **headers: str
) -> tuple[int, Json]:
    async with http.post(f"{path}/pay", json={"payment_method": method}, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_paying_is_a_command_of_the_page_and_tells_only_how_the_invoice_stands(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    paid = json_of(invoice(status="paid", metadata={"margin": "80"}))
    stage.script = lambda command: [done(command, 200, paid)]
    sent = {"Idempotency-Key": "k", "X-Forwarded-For": "8.8.8.8"}
    assert await pay(http, **sent) == (200, {"status": "paid"})
    command = stage.commands[0]
    assert (command.type, command.actor, command.subject, command.tenant) == (
        "invoice.pay",
        "invoicing",
        "inv_1",
        "demo",
    )
    assert (command.principal, command.address) == ("link:inv_1", "8.8.8.8")
    assert command.data["payment_method"] == "pm_card_visa"
    # What a payment is told to go back to stands in its events: the page's address must not
    assert TOKEN not in command.model_dump_json()
    # The customer's key is none of the seller's
    assert command.idempotency_key == "link:inv_1:k"


async def test_a_refusal_says_why_and_nothing_of_the_sellers(http: aiohttp.ClientSession, stage: Stage) -> None:
    body = {
        "code": "card_declined",
        "detail": "No funds.",
        "decline_code": "insufficient_funds",
        "payment": {"fee": 59},
    }
    stage.script = lambda command: [done(command, 402, body)]
    status, problem = await pay(http, "pm_card_chargeDeclinedInsufficientFunds")
    assert (status, problem["code"], problem["decline_code"]) == (402, "card_declined", "insufficient_funds")
    assert "payment" not in problem


@pytest.mark.parametrize("http", [{}, {"provider": "stripe"}], indirect=True, ids=["simulated", "stripe"])
async def test_only_test_methods_are_taken(
    http: aiohttp.ClientSession, stage: Stage, request: pytest.FixtureRequest
) -> None:
    shows(stage)
    stripe = "stripe" in request.node.callspec.id
    for method in ("pm_of_somebody", *(["pm_card_visa"] if stripe else [])):
        status, problem = await pay(http, method)
        assert (status, problem["errors"][0]["code"]) == (422, "not_allowed_here")
    assert stage.commands == []
    assert ('id="pay"' in (await get(http))[1]) is not stripe


async def test_a_live_tenants_invoice_offers_no_test_methods(http: aiohttp.ClientSession, stage: Stage) -> None:
    shows(stage)
    assert 'id="pay"' in (await get(http))[1]
    await tell(stage, a_tenant("demo", mode="live"))
    async with asyncio.timeout(5):
        while 'id="pay"' in (await get(http))[1]:
            await asyncio.sleep(0.05)
    assert (await pay(http))[0] == 422
    assert stage.commands == []


async def test_other_pages_cannot_make_a_customer_pay(http: aiohttp.ClientSession, stage: Stage) -> None:
    assert (await pay(http, Origin="https://evil.example"))[0] == 403
    assert (await pay(http, path=f"/i/{TOKEN[:-1]}"))[0] == 404
    async with http.post(f"{PAGE}/pay", data={"payment_method": "pm_card_visa"}) as answer:
        assert answer.status == 415
    assert stage.commands == []


async def test_a_payment_that_was_begun_is_confirmed_or_waited_for(http: aiohttp.ClientSession, stage: Stage) -> None:
    shows(stage, payments=["pay_1"])
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": "/simulated/payments/pay_1/authenticate"}}
    stage.answers["payments.payment"] = lambda _: Reply(body={"status": "requires_action", "next_action": action})
    assert 'href="/simulated/payments/pay_1/authenticate"' in (await get(http))[1]
    stage.answers["payments.payment"] = lambda _: Reply(body={"status": "processing"})
    assert "Paying …" in (await get(http))[1]
    stage.answers["payments.payment"] = lambda _: Reply(status=404, body={"code": "not_found", "detail": "No."})
    assert 'id="pay"' in (await get(http))[1]


async def test_nothing_comes_from_elsewhere_and_nobody_else_frames_it(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    shows(stage)
    async with http.get(PAGE) as answer:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"  # else the address would be told to others
        assert answer.headers["Cache-Control"] == "no-store"
        html = await answer.text()
    assert "http://" not in html
    assert "https://" not in html
    assert "style=" not in html


async def test_without_a_key_there_are_no_pages(nats_as: Callable[[str], str], stage: Stage) -> None:
    shows(stage)
    gateway = await start(Settings("keys", LOOPBACK_NAMES), nats_url=nats_as("gateway"), host="127.0.0.1", port=0)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{gateway.port}") as session:
        assert (await get(session))[0] == 404
    await stop(gateway)


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_answers_say_where_the_page_is_and_events_do_not(
    nats_as: Callable[[str], str], stage: Stage, accept: str
) -> None:
    issued, draft = json_of(invoice()), json_of(invoice(id="inv_2", number=None, status="draft"))
    stage.script = lambda command: [
        an_event("invoice.paid", payment=command.subject, cause=command.id, data=issued),
        done(command, 200, issued),
    ]
    stage.answers["payments.payments"] = lambda _: Reply(body={"data": [issued, draft], "has_more": False})
    settings = Settings("open", LOOPBACK_NAMES, link_key=KEY, public_url="https://pay.example.com")
    gateway = await start(settings, nats_url=nats_as("gateway"), host="127.0.0.1", port=0)
    while not gateway.door.feed.ring.ready:
        await gateway.door.feed.ring.changed(0.1)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{gateway.port}/api/v1/") as session:
        # Whatever the route: it is the body that is an invoice
        body = {"amount": 1, "currency": "USD", "customer_id": "abc"}
        async with session.post("payments", json=body, headers={"Accept": accept}) as answer:
            text = await answer.text()
        async with session.get("payments") as answer:
            listed = (await answer.json())["data"]
    await stop(gateway)
    assert text.count(f"https://pay.example.com/i/{TOKEN}") == 1
    assert text.count('"hosted_url":null') == (accept == "text/event-stream")
    assert [each["hosted_url"] for each in listed] == [f"https://pay.example.com/i/{TOKEN}", None]
