"""Somebody asks where a request was: every station tells, with times that are in order; others learn nothing of it."""

import asyncio

from messages.ids import new_id
from messages.wire import Json
from tests.walks.system import System


async def walk_of(system: System, request: str, messages: set[str]) -> list[Json]:
    """Once all these messages are in it."""
    async with asyncio.timeout(20):
        while True:
            async with system.http.get(f"/api/v1/walks/{request}") as answer:
                steps = (await answer.json())["data"] if answer.status == 200 else []
            if messages <= {step["message"] for step in steps}:
                return steps
            await asyncio.sleep(0.1)


async def test_a_request_is_followed_from_the_door_to_the_books(system: System) -> None:
    # Given a payment
    customer = new_id("cus")
    made = await system.post("/api/v1/payments", {"amount": 1000, "currency": "USD", "customer_id": customer})
    request = made.headers["Request-Id"]
    # When its request is asked about
    told = {"request", "payment.create", "charge", "payment.created", "payment.succeeded", "ledger.transaction.posted"}
    steps = await walk_of(system, request, told)
    # Then all stations are there, in the order in which it came to them
    stations = [*dict.fromkeys(step["station"] for step in steps)]
    assert stations == ["gateway", "payments", "provider", "ledger"]
    ends = {step["message"]: step["finished_at"] for step in steps}
    assert ends["payment.created"] <= ends["charge"] <= ends["payment.succeeded"] <= ends["ledger.transaction.posted"]
    assert all((step["received_at"] or "") <= step["finished_at"] for step in steps)
    by_message = {step["message"]: step for step in steps}
    assert by_message["payment.create"]["outcome"] == "done 201"
    assert by_message["ledger.transaction.posted"]["batch_size"] >= 1
    # And a step is there for this request alone
    refund = await system.post(f"/api/v1/payments/{made.body['id']}/refunds", {"amount": 400})
    assert refund.status == 201
    assert refund.headers["Request-Id"] not in {step["id"] for step in steps}
    again = await walk_of(system, request, told)
    assert [step["id"] for step in again] == [step["id"] for step in steps]


async def test_a_request_that_led_to_nothing_is_unknown(system: System) -> None:
    async with system.http.get("/api/v1/walks/req_01m8cz28m9eza9rz0dfrtjeswn") as answer:
        assert (answer.status, (await answer.json())["code"]) == (404, "not_found")
