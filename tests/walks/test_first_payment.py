"""The first thing that anybody does with PocketPay: take a payment, and look at what it did."""

from tests.walks.frames import Frame, frames, stream, until
from tests.walks.system import System

SALE = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}


def posted(frame: Frame) -> bool:
    return frame.event == "ledger.transaction.posted"


async def test_a_payment_succeeds_moves_the_books_and_is_told_live(system: System) -> None:
    # Given a reader of everything, and the books as they are
    before = (await system.post("/api/v1/payments", SALE)).position
    accounts = ("assets:psp:simulated:pending", "income:sales")
    opening = [await system.balance(account, before) for account in accounts]
    async with stream(system.http, "/api/v1/events/stream") as told:
        # When the README's payment is made
        answer = await system.post("/api/v1/createPayment", SALE)
        seen = await until(
            told,
            lambda frame: posted(frame) and frame.data["data"]["source"]["id"] == answer.body["id"],
        )
    # Then it succeeded, the books moved by it, and the reader saw it happen
    assert (answer.status, answer.body["status"]) == (201, "succeeded")
    assert answer.headers["Location"] == f"/api/v1/payments/{answer.body['id']}"
    closing = [await system.balance(account, answer.position) for account in accounts]
    assert [after - earlier for earlier, after in zip(opening, closing, strict=True)] == [1000, 1000]
    about = [frame for frame in seen if frame.data["about"]["payment"] == answer.body["id"]]
    assert [frame.event for frame in about] == [
        "payment.created",
        "payment.succeeded",
        "ledger.transaction.posted",
    ]
    assert about[1].data["data"] == answer.body


async def test_a_payment_streams_what_it_causes_and_then_its_outcome(system: System) -> None:
    # When a payment asks for events
    headers = {"Accept": "text/event-stream"}
    async with system.http.post("/api/v1/createPayment", json=SALE, headers=headers) as response:
        told = [frame async for frame in frames(response)]
    # Then they come in order, the outcome is last, and the stream closes
    assert [frame.event for frame in told] == [
        "payment.created",
        "payment.succeeded",
        "ledger.transaction.posted",
        "outcome",
    ]
    outcome = told[-1].data
    assert (outcome["status"], outcome["body"]["status"]) == (201, "succeeded")
    # And the payment's own history says the same
    history = await system.get(f"/api/v1/payments/{outcome['body']['id']}/events")
    assert history["data"] == [frame.data for frame in told[:-1]]


async def test_whoever_waits_for_the_position_reads_their_own_write(system: System) -> None:
    answer = await system.post("/api/v1/payments", SALE)
    path = answer.headers["Location"]
    assert await system.get(path, min_position=answer.position) == answer.body
