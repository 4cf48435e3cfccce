"""The whole system with Stripe as its provider, over HTTP from one end to the other; Stripe is localstripe."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from messages.wire import Json
from tests.payments.contract.stripe_double import KEY, Double, stripe_double
from tests.walks.frames import Frame, stream, until
from tests.walks.system import Answer, System, short_directory, up


@pytest.fixture(scope="module")
async def stripe() -> AsyncIterator[Double]:
    async with stripe_double() as double:
        yield double


@pytest.fixture(scope="module")
async def shop(stripe: Double) -> AsyncIterator[System]:
    settings = {"STRIPE_KEY": KEY, "STRIPE_ADDRESS": stripe.address}
    with short_directory() as data_dir:
        async with up(data_dir, "--provider", "stripe", **settings) as running:
            yield running


async def pay(shop: System, payment_method: str | None, **more: str | bool) -> Answer:
    body: Json = {"amount": 1000, "currency": "EUR", "customer_id": "ada", **more}
    return await shop.post("/api/v1/payments", body | ({"payment_method": payment_method} if payment_method else {}))


async def act(shop: System, payment: Json, step: str, **body: str | int) -> Answer:
    return await shop.post(f"/api/v1/payments/{payment['id']}/{step}", dict(body))


async def until_told(shop: System, path: str, field: str, wanted: object) -> Json:
    """The resource, once the field is as wanted."""
    async with asyncio.timeout(20):
        while (told := await shop.get(path))[field] != wanted:
            await asyncio.sleep(0.05)
        return told


async def sales(shop: System, position: str) -> int:
    return await shop.balance("income:sales", position, "EUR")


async def test_a_card_is_charged_and_the_books_say_by_whom(shop: System, stripe: Double) -> None:
    paid = await pay(shop, await stripe.method("pm_card_visa"))
    assert (paid.status, paid.body["status"], paid.body["provider"]) == (201, "succeeded", "stripe")
    assert paid.body["provider_reference"].startswith("pi_")
    assert stripe.charged()[paid.body["id"]] == 1
    assert await shop.balance("assets:psp:stripe:pending", paid.position, "EUR") >= 1000


async def test_a_lost_answer_charges_nobody_twice(shop: System, stripe: Double) -> None:
    method = await stripe.method("pm_card_visa")
    stripe.faults = ["500", "cut", "500", "cut"]
    paid = await pay(shop, method)
    assert (paid.status, paid.body["status"]) == (201, "succeeded")
    assert stripe.charged()[paid.body["id"]] == 1


@pytest.mark.parametrize(("asked", "taken"), [({}, 1000), ({"amount": 400}, 400)])
async def test_what_is_authorised_is_captured_later_wholly_or_in_part(
    shop: System, stripe: Double, asked: dict[str, int], taken: int
) -> None:
    # Given an authorised payment, which is no income yet
    authorised = await pay(shop, await stripe.method("pm_card_visa"), capture_method="manual")
    assert (authorised.status, authorised.body["status"]) == (201, "requires_capture")
    before = await sales(shop, authorised.position)
    # When it is captured
    captured = await act(shop, authorised.body, "capture", **asked)
    # Then that much is income, and there is nothing left to capture
    assert (captured.status, captured.body["status"]) == (200, "succeeded")
    assert (captured.body["amount_captured"], captured.body["amount_capturable"]) == (taken, 0)
    assert await sales(shop, captured.position) - before == taken


async def test_what_is_authorised_can_be_canceled(shop: System, stripe: Double) -> None:
    authorised = await pay(shop, await stripe.method("pm_card_visa"), capture_method="manual")
    canceled = await act(shop, authorised.body, "cancel")
    assert (canceled.status, canceled.body["status"]) == (200, "canceled")
    there = await stripe.ask("GET", f"/v1/payment_intents/{authorised.body['provider_reference']}")
    assert there["status"] == "canceled"


async def test_money_is_given_back_in_parts(shop: System, stripe: Double) -> None:
    paid = await pay(shop, await stripe.method("pm_card_visa"))
    first, rest = await act(shop, paid.body, "refunds", amount=300), await act(shop, paid.body, "refunds")
    assert (first.status, first.body["status"], first.body["amount"]) == (201, "succeeded", 300)
    assert (rest.status, rest.body["amount"]) == (201, 700)
    there = await stripe.ask("GET", f"/v1/refunds/{rest.body['provider_reference']}")
    assert (there["amount"], there["metadata"]["pocketpay_refund_id"]) == (700, rest.body["id"])


@pytest.mark.parametrize(("success", "status"), [(True, "succeeded"), (False, "requires_payment_method")])
async def test_the_bank_says_whether_the_customer_authenticated(
    shop: System, stripe: Double, success: bool, status: str
) -> None:
    # Given a card whose bank wants to see its customer
    waiting = await pay(shop, await stripe.method("pm_card_threeDSecure2Required"), return_url="https://shop.example/")
    assert (waiting.status, waiting.body["status"]) == (201, "requires_action")
    assert waiting.body["next_action"]["redirect_to_url"]["return_url"] == "https://shop.example/"
    assert waiting.body["client_secret"].startswith(waiting.body["provider_reference"])
    assert (await shop.get(waiting.headers["Location"]))["client_secret"] is None
    # When they have been there, whatever they say of it
    await stripe.authenticate(waiting.body["provider_reference"], success=success)
    settled = await shop.post(f"/simulated/payments/{waiting.body['id']}/authenticate", {"outcome": "succeed"})
    # Then it is as the bank says
    assert (settled.status, settled.body["status"]) == (200, status)
    assert stripe.charged()[waiting.body["id"]] == int(success)


async def test_a_declined_payment_succeeds_with_another_card(shop: System, stripe: Double) -> None:
    declined = await pay(shop, await stripe.method("pm_card_chargeDeclined"))
    assert (declined.status, declined.body["code"]) == (402, "card_declined")
    payment = declined.body["payment"]
    assert payment["status"] == "requires_payment_method"
    paid = await act(shop, payment, "confirm", payment_method=await stripe.method("pm_card_visa"))
    assert (paid.status, paid.body["status"], paid.body["last_error"]) == (200, "succeeded", None)
    assert stripe.charged()[payment["id"]] == 1


async def test_a_payment_without_method_waits_at_stripe_and_only_its_maker_has_the_secret(
    shop: System, stripe: Double
) -> None:
    # When a payment is made without a method
    made = await pay(shop, None)
    # Then who made it may let the customer's browser pay it
    assert (made.status, made.body["status"]) == (201, "requires_payment_method")
    secret = made.body["client_secret"]
    assert secret.startswith(made.body["provider_reference"])
    # And nobody else hears the secret
    assert (await shop.get(made.headers["Location"]))["client_secret"] is None

    def is_prepared(frame: Frame) -> bool:
        return frame.event == "payment.updated" and frame.data["subject"] == made.body["id"]

    async with stream(shop.http, "/api/v1/events/stream", "0") as told:
        assert secret not in repr(await until(told, is_prepared))
    # And it is paid, or given up, at the same place
    canceled = await act(shop, made.body, "cancel")
    assert (canceled.status, canceled.body["status"]) == (200, "canceled")
    there = await stripe.ask("GET", f"/v1/payment_intents/{made.body['provider_reference']}")
    assert there["status"] == "canceled"


async def test_a_customer_saves_a_card_at_stripe_pays_off_session_and_forgets_it(shop: System, stripe: Double) -> None:
    # When two cards are saved
    path = "/api/v1/customers/grace/payment-methods"
    theirs = [await stripe.method("pm_card_visa") for _ in range(2)]
    saved = [await shop.post(path, {"payment_method": each}) for each in theirs]
    assert [(each.status, each.body["provider_reference"]) for each in saved] == [(201, each) for each in theirs]
    assert saved[0].body["card"]["brand"] == "visa"
    # Then they are listed, and both are of one customer at Stripe
    listed = (await shop.get(path))["data"]
    assert [each["id"] for each in listed] == [saved[1].body["id"], saved[0].body["id"]]
    (customer,) = (each for each in stripe.all("customer") if each.metadata == {"pocketpay_customer_id": "grace"})
    at_stripe = await stripe.ask("GET", f"/v1/payment_methods?customer={customer.id}&type=card")
    assert {each["id"] for each in at_stripe["data"]} == set(theirs)
    again = await shop.post(path, {"payment_method": theirs[0]})
    assert (again.status, again.body["code"]) == (409, "already_exists")
    # When one pays while nobody is there, at once and where a payment waits for its method
    order: Json = {"amount": 1000, "currency": "EUR", "customer_id": "grace"}
    ours = {"payment_method": saved[0].body["id"], "off_session": True}
    paid = await shop.post("/api/v1/payments", order | ours)
    assert (paid.status, paid.body["status"], paid.body["payment_method"]) == (201, "succeeded", saved[0].body["id"])
    waiting = await shop.post("/api/v1/payments", order)
    confirmed = await shop.post(f"{waiting.headers['Location']}/confirm", ours)
    assert (confirmed.status, confirmed.body["status"]) == (200, "succeeded")
    for each in (paid, confirmed):
        there = await stripe.ask("GET", f"/v1/payment_intents/{each.body['provider_reference']}")
        assert (there["customer"], there["payment_method"]) == (customer.id, theirs[0])
        assert stripe.charged()[each.body["id"]] == 1
    # And is detached
    gone = await shop.post(f"/api/v1/payment-methods/{saved[0].body['id']}/detach")
    assert (gone.status, gone.body["status"]) == (200, "detached")
    assert (await stripe.ask("GET", f"/v1/payment_methods/{theirs[0]}"))["customer"] is None
    refused = await shop.post("/api/v1/payments", order | ours)
    assert (refused.status, refused.body["code"]) == (422, "payment_method_unusable")


async def test_an_invoice_without_a_method_falls_behind_and_leaves_nothing_open_at_stripe(
    shop: System, stripe: Double
) -> None:
    # Given an invoice of a customer without a method
    lines = [{"amount": 2000, "description": "Set-up"}]
    order: Json = {"customer_id": "hedy", "currency": "EUR", "lines": lines}
    path = f"/api/v1/invoices/{(await shop.post('/api/v1/invoices', order)).body['id']}"
    # When it is to be charged
    await shop.post(f"{path}/finalize", {"auto_advance": True})
    # Then that has failed, and is tried again by the plan
    failed = {"code": "payment_method_unusable", "decline_code": None}
    assert (await until_told(shop, path, "last_payment_error", failed))["next_payment_attempt"] is not None
    assert (await shop.get("/api/v1/customers/hedy"))["delinquent"] is True
    # And who names no method is told so
    by_hand = await shop.post(f"{path}/pay")
    assert (by_hand.status, by_hand.body["code"]) == (422, "payment_method_unusable")
    # And no intent stays open
    for id_ in (await shop.get(path))["payments"]:
        payment = await until_told(shop, f"/api/v1/payments/{id_}", "status", "canceled")
        there = await stripe.ask("GET", f"/v1/payment_intents/{payment['provider_reference']}")
        assert there["status"] == "canceled"
    # And a card pays it
    paid = await shop.post(f"{path}/pay", {"payment_method": await stripe.method("pm_card_visa")})
    assert (paid.status, paid.body["status"]) == (200, "paid")


async def test_the_key_is_in_no_log_and_no_other_process(shop: System) -> None:
    for log in Path(shop.data_dir / "logs").iterdir():
        assert KEY not in log.read_text(), log.name
    for name, pid in shop.running.pids.items():
        environment = Path(f"/proc/{pid}/environ").read_text()
        assert (f"POCKETPAY_STRIPE_KEY={KEY}" in environment) == (name == "payments"), name
