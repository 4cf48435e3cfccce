"""An operator turns payments, payouts and webhooks off in an incident, and on again; nobody loses anything."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from messages.ids import new_id
from messages.wire import Json
from tests.notifications.receiver import receiving
from tests.walks.system import System
from tests.walks.test_delivered import ENDPOINTS, listening

V1 = "/api/v1"
REASON = "Chargebacks by the hundred."
PAYMENT: Json = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}


@contextlib.asynccontextmanager
async def off(system: System, name: str) -> AsyncIterator[None]:
    """Until the story goes on; other stories need it on."""
    assert (await system.post(f"{V1}/switches/{name}", {"on": False, "reason": REASON})).body["on"] is False
    try:
        yield
    finally:
        assert (await system.post(f"{V1}/switches/{name}", {"on": True})).body["on"] is True


async def test_a_payment_waits_for_payments_to_be_on_and_its_key_stays_free(system: System) -> None:
    key = new_id("key")
    captured = await system.post(f"{V1}/payments", {**PAYMENT, "capture_method": "manual"})
    async with off(system, "payments"):
        # Given payments that are off, a new one is refused with the reason
        refused = await system.post(f"{V1}/payments", PAYMENT, Idempotency_Key=key)
        assert (refused.status, refused.body["code"], refused.body["reason"]) == (503, "switched_off", REASON)
        listed = (await system.get(f"{V1}/switches"))["data"]
        assert [each["name"] for each in listed if not each["on"]] == ["payments"]
        # And what was authorised before is captured and given back
        path = f"{V1}/payments/{captured.body['id']}"
        assert (await system.post(f"{path}/capture")).body["status"] == "succeeded"
        assert (await system.post(f"{path}/refunds", {"amount": 400})).status == 201
    # Then the same request with the same key is charged
    again = await system.post(f"{V1}/payments", PAYMENT, Idempotency_Key=key)
    assert (again.status, again.body["status"]) == (201, "succeeded")


async def test_neither_provider_nor_payouts_are_used_while_they_are_off(system: System) -> None:
    await system.post(f"{V1}/wallets/abc123/top-ups", {"amount": 5000, "currency": "USD"})
    async with off(system, "provider:simulated"), off(system, "payouts"):
        charged = await system.post(f"{V1}/payments", PAYMENT)
        withdrawn = await system.post(f"{V1}/wallets/abc123/withdrawals", {"amount": 1000, "currency": "USD"})
        assert [(each.status, each.body["code"]) for each in (charged, withdrawn)] == [(503, "switched_off")] * 2
    assert (await system.post(f"{V1}/wallets/abc123/withdrawals", {"amount": 1000, "currency": "USD"})).status == 201
    assert (await system.post(f"{V1}/switches/provider:none", {"on": False})).status == 404


async def test_webhooks_wait_and_arrive_when_they_are_on_again(system: System) -> None:
    async with receiving() as receiver:
        endpoint = await listening(system, receiver, "payment.created")
        async with off(system, "webhooks"):
            paid = [(await system.post(f"{V1}/payments", PAYMENT)).body["id"] for _ in range(3)]
            await asyncio.sleep(1)
            assert receiver.seen == []
        await receiver.until(3)
        assert sorted(body["subject"] for body in receiver.once) == sorted(paid)
        async with system.http.delete(f"{ENDPOINTS}/{endpoint}") as answer:
            assert answer.status == 200
