"""A dispute's whole life over HTTP, and its money in the books: won and lost, of a sale and of a top-up."""

from messages.wire import Json
from tests.walks.frames import stream, until
from tests.walks.system import Answer, System
from tests.walks.test_wallet_money import top_up
from tests.walks.whole import must_verify

AVAILABLE, RECEIVABLE = "assets:psp:simulated:available", "assets:disputes_receivable"
FEES, LOSSES = "expenses:dispute_fees", "expenses:chargeback_losses"
ACCOUNTS = (AVAILABLE, RECEIVABLE, FEES, LOSSES)
FEE = 1500


async def pay(system: System, amount: int, method: str = "pm_card_visa") -> Answer:
    order = {"amount": amount, "currency": "USD", "customer_id": "dispute-1", "payment_method": method}
    answer = await system.post("/api/v1/payments", order)
    assert answer.status == 201, answer.body
    return answer


async def books(system: System, position: str) -> list[int]:
    return [await system.balance(account, position) for account in ACCOUNTS]


def moved(before: list[int], after: list[int]) -> dict[str, int]:
    """Account -> by how much, of those that moved."""
    return {name: new - old for name, old, new in zip(ACCOUNTS, before, after, strict=True) if new != old}


async def told_of(system: System, payment: str) -> list[str]:
    events = (await system.get(f"/api/v1/payments/{payment}/events"))["data"]
    return [event["type"] for event in events if event["type"].startswith("dispute.")]


async def test_a_dispute_is_answered_and_won(system: System) -> None:
    # Given
    paid = await pay(system, 4000)
    before = await books(system, paid.position)
    # When its bank takes the money
    opened = await system.post("/simulated/disputes", {"payment": paid.body["id"]})
    # Then the dispute is there, with its money, and cannot be refunded besides
    dispute: Json = opened.body
    path = f"/api/v1/disputes/{dispute['id']}"
    assert (opened.status, dispute["status"], opened.headers["Location"]) == (201, "needs_response", path)
    assert (dispute["amount_withdrawn"], dispute["fee"], dispute["fee_returned"]) == (4000, FEE, 0)
    assert moved(before, await books(system, opened.position)) == {AVAILABLE: -4000 - FEE, RECEIVABLE: 4000, FEES: FEE}
    payment = await system.get(f"/api/v1/payments/{paid.body['id']}")
    assert (payment["amount_disputed"], payment["status"]) == (4000, "succeeded")
    refused = await system.post(f"/api/v1/payments/{paid.body['id']}/refunds")
    assert (refused.status, refused.body["code"]) == (422, "not_refundable")
    # When it is answered, and its bank decides for us
    answered = await system.post(f"{path}/evidence", {"uncategorized_text": "Signed for."})
    assert (answered.status, answered.body["status"]) == (200, "under_review")
    assert answered.body["evidence"]["uncategorized_text"] == "Signed for."
    assert answered.body["evidence_details"]["submission_count"] == 1
    again = await system.post(f"{path}/evidence", {"uncategorized_text": "And again."})
    assert (again.status, again.body["code"], again.body["status_now"]) == (409, "wrong_state", "under_review")
    won = await system.post(f"/simulated/disputes/{dispute['id']}/close", {"outcome": "won"})
    # Then the money is back, but for the fee
    assert (won.status, won.body["status"]) == (200, "won")
    assert moved(before, await books(system, won.position)) == {AVAILABLE: -FEE, FEES: FEE}
    assert (await system.get(f"/api/v1/payments/{paid.body['id']}"))["amount_disputed"] == 0
    steps = ("created", "funds_withdrawn", "evidence_submitted", "funds_reinstated", "won")
    assert await told_of(system, paid.body["id"]) == [f"dispute.{step}" for step in steps]
    listed = await system.get("/api/v1/disputes", payment=paid.body["id"], status="won")
    assert [each["id"] for each in listed["data"]] == [dispute["id"]]
    await must_verify(system)


async def test_a_dispute_that_only_webhooks_tell_of_is_accepted_and_lost(system: System) -> None:
    # Given webhooks that arrive, and a payment that is disputed at once
    assert (await system.patch("/simulated/settings", {})).status == 200
    paid = await pay(system, 3000, "pm_card_createDispute")
    async with stream(system.http, "/api/v1/events/stream?type=dispute.funds_withdrawn", paid.position) as told:
        frames = await until(told, lambda frame: frame.data["data"]["payment"] == paid.body["id"])
    dispute = frames[-1].data["data"]
    before = await books(system, str(frames[-1].id))
    # When we give in
    lost = await system.post(f"/api/v1/disputes/{dispute['id']}/accept")
    # Then it is a loss
    assert (lost.status, lost.body["status"]) == (200, "lost")
    assert moved(before, await books(system, lost.position)) == {RECEIVABLE: -3000, LOSSES: 3000}
    assert (await system.get(f"/api/v1/payments/{paid.body['id']}"))["amount_disputed"] == 3000
    again = await system.post(f"/api/v1/disputes/{dispute['id']}/accept")
    assert (again.status, again.body["code"]) == (409, "wrong_state")
    twice = await system.post("/simulated/disputes", {"payment": paid.body["id"]})
    assert (twice.status, twice.body["code"]) == (422, "not_refundable")


async def test_of_a_top_up_the_wallet_pays_for_a_lost_dispute_as_far_as_it_can(system: System) -> None:
    # Given a wallet that has spent half
    filled = await top_up(system, "dispute-2", 1000)
    spent = await system.post(
        "/api/v1/transfers", {"from_customer": "dispute-2", "to_customer": "other", "amount": 400, "currency": "USD"}
    )
    before = await books(system, spent.position)
    # When its top-up is disputed and lost
    opened = await system.post("/simulated/disputes", {"payment": filled.body["id"]})
    lost = await system.post(f"/simulated/disputes/{opened.body['id']}/close", {"outcome": "lost"})
    assert (lost.status, lost.body["status"]) == (200, "lost")
    # Then what is left in it pays, and the rest is ours
    assert await system.balance("liabilities:wallets:dispute-2", lost.position) == 0
    assert moved(before, await books(system, lost.position)) == {AVAILABLE: -1000 - FEE, FEES: FEE, LOSSES: 400}
    await must_verify(system)


async def test_what_is_no_dispute_cannot_be_acted_on(system: System) -> None:
    for path in ("/api/v1/disputes/dsp_none/accept", "/simulated/disputes/dsp_none/close"):
        answer = await system.post(path, {"outcome": "won"} if "close" in path else {})
        assert (answer.status, answer.body["code"]) == (404, "not_found")
    unknown = await system.post("/simulated/disputes", {"payment": "pay_none"})
    assert (unknown.status, unknown.body["code"]) == (404, "not_found")
