"""A payment's events are told however many there are, and however large."""

from pydantic_core import to_json

from tests.walks.system import System

REFUNDS = 40
MESSAGE_BYTES_MAX = 1024 * 1024


async def test_the_events_of_a_payment_are_told_beyond_what_a_message_holds(system: System) -> None:
    # Given a payment whose metadata is as large as it may be, and stands in every event of it
    metadata = {f"key_{number}": "x" * 500 for number in range(50)}
    sale = {"amount": 1000, "currency": "USD", "customer_id": "long-history", "metadata": metadata}
    payment = (await system.post("/api/v1/payments", sale)).body
    # When so much is refunded of it that its history would not fit into one message
    for _ in range(REFUNDS):
        assert (await system.post(f"/api/v1/payments/{payment['id']}/refunds", {"amount": 1})).status == 201
    told = await system.get(f"/api/v1/payments/{payment['id']}/events")
    # Then all of it is told
    assert len(to_json(told)) > MESSAGE_BYTES_MAX
    refunded = [event["subject"] for event in told["data"] if event["type"] == "refund.succeeded"]
    assert len(set(refunded)) == len(refunded) == REFUNDS
    assert len({event["id"] for event in told["data"]}) == len(told["data"])
