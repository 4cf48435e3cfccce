"""From a request to a command, and from its outcome to the answer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
import pytest

from gateway.door import Settings
from gateway.process import LOOPBACK_NAMES, start, stop
from messages.catalogue import ACTORS
from messages.envelope import Accepted, Query, Reply
from messages.ids import command_id
from messages.wire import Json
from tests.gateway.conftest import Stage, a_payment, done
from tests.gateway.holders import a_key, a_tenant, secret_named, tell, with_key
from tests.gateway.keyed import client_of, keyed_gateway

PAYMENTS = "/api/v1/payments"
GOOD: Json = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}


async def test_a_payment_is_asked_for_and_answered(http: aiohttp.ClientSession, stage: Stage) -> None:
    # Given payments that say yes
    stage.script = lambda command: [done(command, position=7)]
    # When one is created
    async with http.post(PAYMENTS, json=GOOD, headers={"Idempotency-Key": "order-42"}) as answer:
        body = await answer.json()
    # Then the answer is the resource, with everything that leads to it
    command = stage.commands[0]
    assert answer.status == 201
    assert body == a_payment(command.subject)
    assert answer.headers["Location"] == f"{PAYMENTS}/{command.subject}"
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["PocketPay-Command"] == command.id == command_id("demo", "payments", "order-42")
    assert answer.headers["PocketPay-Position"] == "1-7"
    assert answer.headers["Idempotency-Key"] == "order-42"
    assert "Idempotent-Replayed" not in answer.headers
    # And the command says who asked for what
    assert command.correlation_id == answer.headers["Request-Id"]
    assert (command.type, command.tenant, command.principal) == ("payment.create", "demo", "open:local")
    assert command.subject.startswith("pay_")
    assert command.data["amount"] == 1000
    assert command.request is not None
    assert command.request.path == PAYMENTS
    assert command.request.fingerprint.startswith("sha256:")


async def test_a_repeat_is_the_same_command_by_another_attempt(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.script = lambda command: [done(command, replayed=len(stage.commands) > 1)]
    for replayed in (None, "true"):
        async with http.post(PAYMENTS, json=GOOD, headers={"Idempotency-Key": "order-42"}) as answer:
            assert answer.headers.get("Idempotent-Replayed") == replayed
    first, second = stage.commands
    assert first.id == second.id
    assert first.request == second.request
    assert first.reply_to != second.reply_to


async def test_without_a_key_one_is_chosen_and_told(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.script = lambda command: [done(command)]
    async with http.post("/api/v1/createPayment", json=GOOD) as answer:
        assert answer.status == 201
        assert stage.commands[0].idempotency_key == answer.headers["Idempotency-Key"]


async def test_a_declined_payment_is_a_problem_that_leads_to_it(http: aiohttp.ClientSession, stage: Stage) -> None:
    payment = {**a_payment("pay_9"), "status": "requires_payment_method"}
    refusal = {"code": "card_declined", "detail": "No.", "decline_code": "lost_card", "payment": payment}
    stage.script = lambda command: [done(command, 402, refusal)]
    async with http.post(PAYMENTS, json=GOOD) as answer:
        problem = await answer.json()
    assert (answer.status, answer.content_type) == (402, "application/problem+json")
    assert answer.headers["Location"] == f"{PAYMENTS}/pay_9"
    assert (problem["code"], problem["decline_code"], problem["payment"]) == (
        "card_declined",
        "lost_card",
        payment,
    )
    assert (problem["type"], problem["retry"]) == ("/problems/card_declined", "new_key")


async def test_a_lost_reply_is_healed_by_sending_the_command_again(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.script = lambda command: [done(command, replayed=True)] if len(stage.commands) > 1 else []
    async with http.post(PAYMENTS, json=GOOD) as answer:
        assert answer.status == 201
    assert len({command.id for command in stage.commands}) == 1
    assert len({command.reply_to for command in stage.commands}) == 2


async def test_without_any_answer_the_outcome_is_unknown(http: aiohttp.ClientSession, stage: Stage) -> None:
    async with http.post(PAYMENTS, json=GOOD, headers={"Idempotency-Key": "k", "Prefer": "wait=1"}) as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"]) == (504, "outcome_unknown")
    assert (problem["idempotency_key"], problem["retry"]) == ("k", "same_key")
    assert len(stage.commands) == 1


async def test_respond_async_answers_once_the_first_decision_is_committed(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    accepted = {"kind": "done", **a_payment("pay_1"), "status": "processing"}
    stage.script = lambda command: [Accepted(command_id=command.id, resource=accepted)]
    async with http.post(PAYMENTS, json=GOOD, headers={"Prefer": "respond-async"}) as answer:
        assert (answer.status, await answer.json()) == (202, accepted)


async def test_without_a_resource_the_command_itself_is_shown(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.script = lambda command: [Accepted(command_id=command.id)]
    async with http.post(PAYMENTS, json=GOOD, headers={"Prefer": "wait=1"}) as answer:
        body = await answer.json()
    assert answer.status == 202
    assert (body["object"], body["status"], body["outcome"]) == ("command", "running", None)
    assert body["id"] == answer.headers["PocketPay-Command"]


async def test_actions_go_to_the_payment_they_are_about(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.script = lambda command: [done(command, 200)]
    for path, body in [
        ("payments/pay_1/confirm", None),
        ("payments/pay_1/capture", {"amount": 5}),
        ("payments/pay_1/cancel", {"reason": "duplicate"}),
        ("payments/pay_1/refunds", {"amount": 5}),
        ("wallets/bob/top-ups", {"amount": 5, "currency": "EUR"}),
    ]:
        async with http.post(f"/api/v1/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            assert "Location" not in answer.headers
    async with http.post("/simulated/payments/pay_1/authenticate", json={"outcome": "succeed"}) as answer:
        assert answer.status == 200
    confirm, capture, cancel, refund, top_up, authenticate = stage.commands
    assert {c.subject for c in (confirm, capture, cancel, refund, authenticate)} == {"pay_1"}
    assert (capture.type, capture.data) == ("payment.capture", {"amount": 5})
    assert refund.type == "refund.create"
    assert refund.data["refund"].startswith("ref_")
    assert top_up.type == "payment.create"
    assert (top_up.data["customer_id"], top_up.data["destination"]) == (
        "bob",
        {"type": "wallet", "customer_id": "bob"},
    )
    assert authenticate.data == {"outcome": "succeed"}


async def test_a_list_is_read_page_by_page(http: aiohttp.ClientSession, stage: Stage) -> None:
    # Given payments with a list of three
    listed = [{"id": f"pay_{n}", "created_at": f"2026-11-22T10:00:0{n}.000Z"} for n in (3, 2, 1)]

    def answer_page(query: Query) -> Reply:
        after = query.params.get("after")
        rest = [p for p in listed if after is None or p["id"] < after[1]]
        limit = query.params["limit"]
        return Reply(body={"data": rest[:limit], "has_more": len(rest) > limit})

    stage.answers["payments.payments"] = answer_page
    # When one reads on as long as there is more
    page: Json = {}
    read, cursor = list[str](), ""
    for _ in range(2):
        async with http.get(f"{PAYMENTS}?limit=2&status=succeeded,canceled&customer=abc{cursor}") as answer:
            page = await answer.json()
        read += [payment["id"] for payment in page["data"]]
        cursor = f"&cursor={page['next_cursor']}"
    # Then one has them all, and the last page says so
    assert read == ["pay_3", "pay_2", "pay_1"]
    assert (page["has_more"], page["next_cursor"]) == (False, None)
    assert stage.queries[0].params["status"] == ["succeeded", "canceled"]
    assert stage.queries[0].params["customer_id"] == "abc"


async def test_a_position_is_waited_for_by_the_actor(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.answers["ledger.wallet"] = lambda _: Reply(status=503, body={"code": "behind", "detail": "…", "lag": 3})
    async with http.get("/api/v1/wallets/abc123?min_position=1-7") as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"], problem["lag"]) == (503, "behind", 3)
    assert stage.queries[0].min_position == 7
    assert stage.queries[0].params == {"customer_id": "abc123"}


@pytest.mark.parametrize("actor", ACTORS)
async def test_a_command_is_found_by_its_key_whoever_was_asked(
    http: aiohttp.ClientSession, stage: Stage, actor: str
) -> None:
    wanted = command_id("demo", actor, "order 42")
    stage.answers[f"{actor}.command"] = lambda query: Reply(body={"id": query.params["id"], "object": "command"})
    async with http.get("/api/v1/idempotency", params={"key": "order 42"}) as answer:
        assert (await answer.json())["id"] == wanted
    async with http.get(f"/api/v1/commands/{wanted}") as answer:
        assert (await answer.json())["id"] == wanted


@pytest.mark.parametrize(
    ("scopes", "seen"),
    [
        (("operations:read",), False),
        (("operations:read", "payments:read"), False),
        (("operations:read", "customers:read"), True),
        (("operations:read", "customers:write"), True),
        (("admin",), True),
    ],
)
async def test_an_outcome_is_told_to_whoever_may_read_its_kind(
    nats_as: Callable[[str], str], stage: Stage, scopes: tuple[str, ...], seen: bool
) -> None:
    secret, body = secret_named("support"), {"id": "abc123", "object": "customer", "address": {"city": "Ghent"}}
    await tell(stage, a_tenant(), a_key(secret, *scopes))
    outcome = {"status": 201, "body": body, "position": "5", "at": "2026-11-22T10:00:00.000Z"}
    record = {"id": "cmd_1", "object": "command", "type": "customer.put", "outcome": outcome}
    stage.answers["invoicing.command"] = lambda _: Reply(body=record)
    async with keyed_gateway(nats_as("gateway")) as gateway, client_of(gateway, with_key(secret)) as http:
        for path in ("commands/cmd_1", "idempotency?key=order-42"):
            async with http.get(f"/api/v1/{path}") as answer:
                told = (await answer.json())["outcome"]
            assert told == outcome if seen else told == {**outcome, "body": {"id": "abc123", "object": "customer"}}


async def test_a_gateway_without_a_bus_answers_and_recovers_by_itself(nats_as: Callable[[str], str]) -> None:
    # Given a gateway whose way to the bus is cut
    url = urlsplit(nats_as("gateway"))
    way = Way(url.port or 0)
    server = await asyncio.start_server(way.accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    cut = url._replace(netloc=url.netloc.replace(f":{url.port}", f":{port}")).geturl()
    gateway = await start(Settings("open", LOOPBACK_NAMES), nats_url=cut, host="127.0.0.1", port=0)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{gateway.port}") as http:
        # When one writes or reads, then nothing was accepted, and one may come again
        for method, path in [("POST", PAYMENTS), ("GET", PAYMENTS), ("GET", "/api/v1/events")]:
            async with http.request(method, path, json=GOOD if method == "POST" else None) as answer:
                assert (answer.status, (await answer.json())["code"]) == (503, "unavailable")
        async with http.get("/api/v1/events/stream") as answer:
            assert (answer.status, await answer.text()) == (200, "retry: 3000\n\n")
        async with http.get("/readyz") as answer:
            assert (await answer.json())["checks"]["bus"] == "unreachable"
        # And when the bus can be reached, then the gateway finds it by itself
        way.open = True
        async with asyncio.timeout(10):
            while not gateway.door.feed.ring.ready:
                await gateway.door.feed.ring.changed(0.05)
        async with http.get("/api/v1/events") as answer:
            assert answer.status == 200
    await stop(gateway)
    server.close()
    await server.wait_closed()


@dataclass
class Way:
    """A connection that can be cut: closed, it hangs up on everybody."""

    port: int
    open: bool = False

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carries both directions until one side has enough."""
        if self.open:
            there, back = await asyncio.open_connection("127.0.0.1", self.port)
            await asyncio.gather(_carry(reader, back), _carry(there, writer))
        writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
    except ConnectionError:
        pass
    writer.close()
