"""An operator at 3 a.m.: money stands still, it is found with its amount, tried again, and the list is empty."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg

from messages.envelope import Command
from messages.ids import new_id
from messages.payments import CreatePayment
from messages.subjects import partition_of
from messages.wire import json_of
from pocketpay.running import database_url
from tests.walks.system import System

PUT_ASIDE = """
insert into payments.parked (partition, tenant, stream, stream_seq, entity, type, reason, detail, message, parked_at)
values ($1, 'demo', 'COMMANDS', 999999999999, $2, 'payment.create', 'undecidable', 'a bug', $3, now())"""

ACCEPTED = """
insert into payments.inbox
    (id, partition, tenant, type, subject, source, principal, correlation_id, message, status, received_at)
values ($4, $1, 'demo', 'payment.create', $2, 'gateway', 'system', 'req_1', $3, 'stuck', now())"""
"""In time; it lies there longer than a command that nobody has taken up would live."""


async def test_money_that_stands_still_is_found_and_goes_on(system: System) -> None:
    # Given a payment that nobody could decide, by a bug that is mended since
    payment = new_id("pay")
    await put_aside(system, payment)

    # When an operator looks
    (item,) = (await system.get("/api/v1/stuck"))["data"]
    assert (item["status"], item["amount"], item["currency"]) == ("open", 41_250, "EUR")
    assert item["resource"] == {"object": "payment", "id": payment}
    assert (item["actor"], item["safe_to_retry"]) == ("payments", True)

    # And what a retry would lead to, which changes nothing
    run = await system.post(f"/api/v1/stuck/{item['id']}/retry?dry_run=true", {})
    assert (run.status, run.body["outcome"]["status"]) == (200, 200), run.body
    assert "payment.succeeded" in [each["type"] for each in run.body["events"]]
    assert sum(each["amount"] for each in run.body["postings"] if each["side"] == "debit") == 41_250
    assert [each["operation"] for each in run.body["provider_calls"]] == ["charge"]
    assert (await system.get("/api/v1/stuck"))["data"] == [item]

    # And asks for it, twice with the same key
    answers = [await system.post(f"/api/v1/stuck/{item['id']}/retry", {}, Idempotency_Key=payment) for _ in range(2)]

    # Then it is charged, once, and the list is empty
    assert [(answer.status, answer.body["status"]) for answer in answers] == [(200, "retrying")] * 2
    async with asyncio.timeout(10):
        while (await system.get("/api/v1/stuck"))["data"]:
            await asyncio.sleep(0.1)
        while (await system.get(f"/api/v1/payments/{payment}"))["status"] != "succeeded":
            await asyncio.sleep(0.1)
    assert (await system.get(f"/api/v1/stuck/{item['id']}"))["status"] == "resolved"
    over = await system.post(f"/api/v1/stuck/{item['id']}/retry", {})
    assert (over.status, over.body["code"]) == (409, "wrong_state")
    assert (await system.post("/api/v1/stuck/stk_none/retry", {})).status == 404
    nothing = await system.post(f"/api/v1/stuck/{item['id']}/retry?dry_run=true", {})
    assert (nothing.status, nothing.body["outcome"]["status"], nothing.body["events"]) == (200, 409, [])


async def put_aside(system: System, payment: str) -> None:
    """The command that would make it lies among what could not be decided."""
    command = Command(
        id=new_id("cmd"),
        type="payment.create",
        actor="payments",
        tenant="demo",
        subject=payment,
        source="gateway",
        correlation_id="req_1",
        time=datetime.now(UTC),
        expires_at=datetime.now(UTC) - timedelta(hours=1),
        data=json_of(CreatePayment(amount=41_250, currency="EUR", customer_id="abc123")),
    )
    owner = await asyncpg.connect(database_url(system.data_dir, system.running))
    try:
        message = command.model_dump_json().encode()
        await owner.execute(PUT_ASIDE, partition_of("demo"), payment, message)
        await owner.execute(ACCEPTED, partition_of("demo"), payment, message.decode(), command.id)
    finally:
        await owner.close()
