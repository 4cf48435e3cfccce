"""Paying with what is in the wallet, at once or later, and getting it back."""

from messages.wire import Json
from tests.walks.frames import stream, until
from tests.walks.system import Answer, System
from tests.walks.test_wallet_money import balance, top_up
from tests.walks.whole import must_verify

SALES, REFUNDS = "income:sales", "contra:refunds"


async def pay(system: System, customer_id: str, amount: int, key: str | None = None, **more: str) -> Answer:
    wish = {"amount": amount, "currency": "USD", "customer_id": customer_id, "payment_method": "wallet", **more}
    return await system.post("/api/v1/payments", wish, **({"Idempotency_Key": key} if key else {}))


async def test_a_payment_from_the_wallet_is_income_and_no_providers_business(system: System) -> None:
    # Given
    filled = await top_up(system, "wp-1", 1000)
    earned, at_provider = (
        await system.balance(SALES, filled.position),
        await system.balance("assets:psp:simulated:pending", filled.position),
    )
    # When
    paid = await pay(system, "wp-1", 700, key="wp-1 pays")
    # Then
    assert (paid.status, paid.body["status"], paid.body["provider"]) == (201, "succeeded", "wallet")
    assert paid.body["provider_reference"].startswith("txn_")
    assert await balance(system, "wp-1", paid.position) == {"posted": 300, "held": 0, "available": 300}
    assert await system.balance(SALES, paid.position) == earned + 700
    assert await system.balance("assets:psp:simulated:pending", paid.position) == at_provider
    posted = await system.get("/api/v1/ledger/transactions", source_id=paid.body["id"])
    assert [each["id"] for each in posted["data"]] == [paid.body["provider_reference"]]
    # And the same key is the same payment
    again = await pay(system, "wp-1", 700, key="wp-1 pays")
    assert (again.body, again.headers["Idempotent-Replayed"]) == (paid.body, "true")


async def test_a_wallet_that_has_too_little_says_so_and_the_payment_may_go_on_with_a_card(system: System) -> None:
    filled = await top_up(system, "wp-2", 500)
    refused = await pay(system, "wp-2", 700)
    assert (refused.status, refused.body["code"]) == (402, "insufficient_funds")
    assert refused.body["balance"]["available"] == 500
    payment: Json = refused.body["payment"]
    assert payment["status"] == "requires_payment_method"
    assert payment["last_error"]["code"] == "insufficient_funds"
    assert refused.headers["Location"] == f"/api/v1/payments/{payment['id']}"
    assert await balance(system, "wp-2", filled.position) == {"posted": 500, "held": 0, "available": 500}
    with_card = await system.post(f"{refused.headers['Location']}/confirm", {"payment_method": "pm_card_visa"})
    assert (with_card.status, with_card.body["status"], with_card.body["provider"]) == (200, "succeeded", "simulated")
    unusable = await system.post(
        "/api/v1/wallets/wp-2/top-ups", {"amount": 1, "currency": "USD", "payment_method": "wallet"}
    )
    assert (unusable.status, unusable.body["code"]) == (422, "payment_method_unusable")


async def test_held_money_is_captured_in_part_and_the_rest_is_free_again(system: System) -> None:
    filled = await top_up(system, "wp-3", 1000)
    earned = await system.balance(SALES, filled.position)
    held = await pay(system, "wp-3", 600, capture_method="manual")
    assert (held.status, held.body["status"], held.body["amount_capturable"]) == (201, "requires_capture", 600)
    wallet = {"posted": 1000, "held": 600, "available": 400}
    assert await balance(system, "wp-3", await _said_by_ledger(system, "hold.created", filled.position)) == wallet
    captured = await system.post(f"{held.headers['Location']}/capture", {"amount": 250})
    assert (captured.status, captured.body["amount_captured"]) == (200, 250)
    assert await balance(system, "wp-3", captured.position) == {"posted": 750, "held": 0, "available": 750}
    assert await system.balance(SALES, captured.position) == earned + 250
    posted = await system.get("/api/v1/ledger/transactions", reference=held.body["id"])
    assert [each["source"]["kind"] for each in posted["data"]] == ["confirmed", "created"]


async def test_a_canceled_payment_gives_the_held_money_back(system: System) -> None:
    await top_up(system, "wp-4", 1000)
    held = await pay(system, "wp-4", 600, capture_method="manual")
    canceled = await system.post(f"{held.headers['Location']}/cancel")
    assert (canceled.status, canceled.body["status"]) == (200, "canceled")
    assert await balance(system, "wp-4", canceled.position) == {"posted": 1000, "held": 0, "available": 1000}


async def test_what_the_wallet_paid_is_given_back_to_it_at_once(system: System) -> None:
    filled = await top_up(system, "wp-5", 1000)
    returned = await system.balance(REFUNDS, filled.position)
    paid = await pay(system, "wp-5", 800)
    refund = await system.post(f"{paid.headers['Location']}/refunds", {"amount": 300})
    assert (refund.status, refund.body["status"], refund.body["provider"]) == (201, "succeeded", "wallet")
    assert await balance(system, "wp-5", refund.position) == {"posted": 500, "held": 0, "available": 500}
    assert await system.balance(REFUNDS, refund.position) == returned + 300
    assert await system.balance("liabilities:refunds_in_flight", refund.position) == 0
    too_much = await system.post(f"{paid.headers['Location']}/refunds", {"amount": 501})
    assert too_much.body["code"] == "refund_exceeds_captured"
    await must_verify(system)


async def test_a_post_that_streams_ends_although_nothing_more_is_posted(system: System) -> None:
    await top_up(system, "wp-6", 100)
    wish = {"amount": 100, "currency": "USD", "customer_id": "wp-6", "payment_method": "wallet"}
    async with system.http.post("/api/v1/payments", json=wish, headers={"Accept": "text/event-stream"}) as response:
        text = (await response.read()).decode()
    told = [line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event: ")]
    assert told == ["payment.created", "ledger.transaction.posted", "payment.succeeded", "outcome"]


async def test_a_withdrawal_that_streams_tells_its_hold_and_its_posting(system: System) -> None:
    await top_up(system, "wp-7", 100)
    path, wish = "/api/v1/wallets/wp-7/withdrawals", {"amount": 100, "currency": "USD"}
    async with system.http.post(path, json=wish, headers={"Accept": "text/event-stream"}) as response:
        text = (await response.read()).decode()
    told = [line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event: ")]
    posted = "ledger.transaction.posted"
    assert told == [posted, "payout.created", "payout.sent", posted, "outcome"]
    sent = (await system.get("/api/v1/payouts", customer_id="wp-7"))["data"][0]["id"]
    assert (await system.post(f"/simulated/payouts/{sent}/paid")).body["status"] == "paid"


async def _said_by_ledger(system: System, event: str, after: str) -> str:
    async with stream(system.http, f"/api/v1/events/stream?type={event}", after) as told:
        return str((await until(told, lambda frame: frame.event == event))[-1].id)
