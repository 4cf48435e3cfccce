"""One idempotency key stands for one payment, whoever asks, how often, and through which gateway."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from messages.wire import Json
from tests.walks.processes import another
from tests.walks.system import Answer, System

SALE = {"amount": 1000, "currency": "CHF", "customer_id": "one-key"}
ASKED = 32


@pytest.fixture(scope="module")
async def gateways(system: System) -> AsyncIterator[list[System]]:
    """The same system through two doors."""
    async with (
        another(system, "gateway") as (_, port),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        yield [system, replace(system, http=http)]


async def pay_at_once(gateways: list[System], key: str, bodies: list[Json]) -> list[Answer]:
    """All of them at the same moment, at one gateway and the other in turn."""
    barrier = asyncio.Barrier(len(bodies))

    async def pay(number: int, body: Json) -> Answer:
        await barrier.wait()
        door = gateways[number % len(gateways)]
        return await door.post("/api/v1/payments", body, Idempotency_Key=key)

    return await asyncio.gather(*(pay(number, body) for number, body in enumerate(bodies)))


async def payments(system: System, order: str) -> list[Json]:
    return (await system.get("/api/v1/payments", **{"metadata[order]": order}))["data"]


@pytest.mark.parametrize("method", ["pm_card_visa", "pm_card_chargeDeclined"])
async def test_a_key_used_32_times_at_once_makes_one_payment(gateways: list[System], method: str) -> None:
    # When the same payment is asked for again and again, at both gateways
    order = {"order": f"at once {method}"}
    body = {**SALE, "payment_method": method, "metadata": order}
    answers = await pay_at_once(gateways, order["order"], [body] * ASKED)
    # Then all get the same answer, and there is one payment and one command
    assert {answer.status for answer in answers} == {201 if method == "pm_card_visa" else 402}
    bodies = [{**answer.body, "request_id": None} for answer in answers]
    assert bodies == bodies[:1] * ASKED
    assert len({answer.headers["PocketPay-Command"] for answer in answers}) == 1
    assert len(await payments(gateways[0], **order)) == 1
    # And so does whoever asks later
    (again,) = await pay_at_once(gateways[1:], order["order"], [body])
    assert again.headers["Idempotent-Replayed"] == "true"
    assert {**again.body, "request_id": None} == bodies[0]


async def test_a_key_with_another_body_is_refused_and_told_what_differs(gateways: list[System]) -> None:
    order = {"order": "another body"}
    body = {**SALE, "metadata": order}
    first, second = gateways
    assert (await first.post("/api/v1/payments", body, Idempotency_Key="another body")).status == 201
    refused = await second.post("/api/v1/payments", {**body, "amount": 1001}, Idempotency_Key="another body")
    assert (refused.status, refused.body["code"]) == (422, "idempotency_mismatch")
    assert refused.body["differing"] == ["/amount"]
    assert [payment["amount"] for payment in await payments(first, **order)] == [1000]


async def test_two_bodies_at_once_under_one_key_make_one_payment(gateways: list[System]) -> None:
    order = {"order": "two bodies"}
    bodies = [{**SALE, "amount": amount, "metadata": order} for amount in (1000, 2000)] * (ASKED // 2)
    answers = await pay_at_once(gateways, "two bodies", bodies)
    statuses = [answer.status for answer in answers]
    assert (statuses.count(201), statuses.count(422)) == (ASKED // 2, ASKED // 2)
    assert len({answer.body["id"] for answer in answers if answer.status == 201}) == 1
    assert len(await payments(gateways[0], **order)) == 1
