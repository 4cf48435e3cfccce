"""Money back: at once, in parts, later, and money that comes back again."""

from messages.wire import Json
from tests.walks.frames import Frame, stream, until
from tests.walks.system import Answer, System

ACCOUNTS = ("contra:refunds", "liabilities:refunds_in_flight", "assets:psp:simulated:available")


async def paid(system: System, payment_method: str = "pm_card_visa") -> Answer:
    body = {"amount": 1000, "currency": "GBP", "customer_id": "ada", "payment_method": payment_method}
    answer = await system.post("/api/v1/payments", body)
    assert answer.status == 201
    return answer


async def refund(system: System, payment: Json, **body: int) -> Answer:
    return await system.post(f"/api/v1/payments/{payment['id']}/refunds", dict(body))


async def books(system: System, position: str) -> list[int]:
    return [await system.balance(account, position, "GBP") for account in ACCOUNTS]


def difference(before: list[int], after: list[int]) -> list[int]:
    return [later - earlier for earlier, later in zip(before, after, strict=True)]


async def posted_for(system: System, refund_id: str, event: str, after: str) -> list[Frame]:
    """All that is told after a position, until the ledger has posted that event of that refund."""
    causes: set[str] = set()

    def is_last(frame: Frame) -> bool:
        if frame.event == event and frame.data["subject"] == refund_id:
            causes.add(frame.data["id"])
        return frame.event == "ledger.transaction.posted" and frame.data["causation_id"] in causes

    async with stream(system.http, "/api/v1/events/stream", after) as told:
        return await until(told, is_last)


async def test_parts_are_given_back_until_nothing_is_left(system: System) -> None:
    # Given a payment of 1000
    payment = await paid(system)
    before = await books(system, payment.position)
    # When 300 and then all that is left are given back
    first = await refund(system, payment.body, amount=300)
    assert (first.status, first.body["status"], first.body["amount"]) == (201, "succeeded", 300)
    rest = await refund(system, payment.body)
    assert (rest.status, rest.body["amount"]) == (201, 700)
    # Then the books show it, the payment counts it, and there is no more
    assert difference(before, await books(system, rest.position)) == [1000, 0, -1000]
    now = await system.get(payment.headers["Location"], min_position=rest.position)
    assert (now["status"], now["amount_refunded"]) == ("succeeded", 1000)
    assert await system.get(rest.headers["Location"]) == rest.body
    refused = await refund(system, payment.body)
    assert (refused.status, refused.body["code"]) == (422, "not_refundable")


async def test_no_more_is_given_back_than_was_taken(system: System) -> None:
    payment = await paid(system)
    before = await books(system, payment.position)
    given = await refund(system, payment.body, amount=800)
    assert given.status == 201
    refused = await refund(system, payment.body, amount=201)
    assert (refused.status, refused.body["code"]) == (422, "refund_exceeds_captured")
    listed = await system.get("/api/v1/refunds", payment=payment.body["id"])
    assert [each["amount"] for each in listed["data"]] == [800]
    assert difference(before, await books(system, given.position)) == [800, 0, -800]


async def test_a_refund_that_takes_its_time_is_in_flight_until_it_is_booked(system: System) -> None:
    # Given a card whose refunds take a while
    payment = await paid(system, "pm_card_pendingRefund")
    before = await books(system, payment.position)
    # When money is given back
    pending = await refund(system, payment.body)
    assert (pending.status, pending.body["status"]) == (201, "pending")
    # Then it succeeds by itself, and leaves nothing in flight
    told = await posted_for(system, pending.body["id"], "refund.succeeded", payment.position)
    last = told[-1].id
    assert last is not None
    assert difference(before, await books(system, last)) == [1000, 0, -1000]
    assert (await system.get(pending.headers["Location"]))["status"] == "succeeded"


async def test_a_refund_that_comes_back_days_later_undoes_its_postings(system: System) -> None:
    # Given a card that has expired meanwhile
    payment = await paid(system, "pm_card_refundFail")
    before = await books(system, payment.position)
    # When the refund has succeeded, and the bank sends it back
    refunded = await refund(system, payment.body)
    assert (refunded.status, refunded.body["status"]) == (201, "succeeded")
    told = await posted_for(system, refunded.body["id"], "refund.failed", payment.position)
    # Then the books are as before, and all of the payment can be refunded again
    last = told[-1].id
    assert last is not None
    assert difference(before, await books(system, last)) == [0, 0, 0]
    failed = await system.get(refunded.headers["Location"], min_position=last)
    assert (failed["status"], failed["failure_reason"]) == ("failed", "expired_or_canceled_card")
    assert (await system.get(payment.headers["Location"]))["amount_refunded"] == 0
