"""What Stripe tells by itself, over HTTP from one end to the other: signed by localstripe, or found by the sweep."""

from collections.abc import AsyncIterator

import pytest

from messages.provider_events import kept_id
from messages.wire import Json
from tests.payments.contract.stripe_double import KEY, Double, stripe_double
from tests.walks.system import Answer, System, short_directory, up
from tests.walks.whole import becomes, must_verify

SECRET = "whsec_of_the_double"
FREE, PENDING = "assets:psp:stripe:available", "assets:psp:stripe:pending"


@pytest.fixture(scope="module")
async def stripe() -> AsyncIterator[Double]:
    async with stripe_double() as double:
        yield double


@pytest.fixture(scope="module")
async def shop(stripe: Double) -> AsyncIterator[System]:
    """Sweeps each second what is four seconds old: a webhook of localstripe's comes after one, of a booking none."""
    settings = {"STRIPE_KEY": KEY, "STRIPE_ADDRESS": stripe.address, "STRIPE_WEBHOOK_SECRETS": f"whsec_old,{SECRET}"}
    with short_directory() as data_dir:
        sweep = {"SWEEP_SECONDS": "1", "SWEEP_AFTER_SECONDS": "4", "BOOK_AFTER_SECONDS": "0"}
        async with up(data_dir, "--provider", "stripe", **settings, **sweep) as running:
            yield running


async def waiting(shop: System, stripe: Double) -> Answer:
    """A payment whose customer has yet to authenticate."""
    method = await stripe.method("pm_card_threeDSecure2Required")
    body: Json = {"amount": 1000, "currency": "EUR", "customer_id": "ada", "payment_method": method}
    made = await shop.post("/api/v1/payments", {**body, "return_url": "https://shop.example/"})
    assert (made.status, made.body["status"]) == (201, "requires_action")
    return made


async def heard(shop: System, stripe: Double, intent: str) -> list[tuple[str, str]]:
    """How the events of this intent were recorded: by whom they were found, and what became of them."""
    events = (await stripe.ask("GET", "/v1/events?limit=100"))["data"]
    kept = [kept_id("stripe", "demo", each["id"]) for each in events if each["data"]["object"].get("id") == intent]
    query = "select found_by, status from payments.provider_event where id = any($1)"
    async with shop.books() as books:
        return [(row["found_by"], row["status"]) for row in await books.fetch(query, kept)]


async def test_a_webhook_signed_by_localstripe_says_that_the_customer_has_paid(shop: System, stripe: Double) -> None:
    # Given an endpoint that Stripe knows, and a payment that waits for its customer
    await stripe.tell(f"{shop.http._base_url}/webhooks/stripe/demo", SECRET)
    made = await waiting(shop, stripe)
    # When they authenticate, and nobody tells us but Stripe
    await stripe.authenticate(made.body["provider_reference"], success=True)

    # Then the payment has succeeded, and its money is in the books
    async def status() -> str:
        return (await shop.get(made.headers["Location"]))["status"]

    await becomes(status, "succeeded")
    assert await heard(shop, stripe, made.body["provider_reference"]) == [("webhook", "applied")]
    assert stripe.charged()[made.body["id"]] == 1
    events = (await shop.get(f"/api/v1/payments/{made.body['id']}/events"))["data"]
    assert "payment.succeeded" in [each["type"] for each in events]
    await must_verify(shop)


async def test_a_webhook_that_somebody_else_signed_says_nothing(shop: System, stripe: Double) -> None:
    await stripe.tell(f"{shop.http._base_url}/webhooks/stripe/demo", "whsec_of_nobody")
    made = await waiting(shop, stripe)
    await stripe.authenticate(made.body["provider_reference"], success=True)

    # Then it is known only once Stripe is asked
    async def found() -> list[tuple[str, str]]:
        return await heard(shop, stripe, made.body["provider_reference"])

    await becomes(found, [("sweep", "applied")])


async def test_what_no_webhook_brought_is_found_by_asking(shop: System, stripe: Double) -> None:
    # Given Stripe's webhooks go nowhere
    await stripe.tell("http://127.0.0.1:9/nowhere", SECRET)
    made = await waiting(shop, stripe)
    # When the customer authenticates
    await stripe.authenticate(made.body["provider_reference"], success=True)

    # Then the sweep finds it
    async def status() -> str:
        return (await shop.get(made.headers["Location"]))["status"]

    await becomes(status, "succeeded")
    assert await heard(shop, stripe, made.body["provider_reference"]) == [("sweep", "applied")]
    assert stripe.charged()[made.body["id"]] == 1


async def test_while_the_browser_may_pay_the_wallet_does_not(shop: System, stripe: Double) -> None:
    # Given a payment without method, whose intent the customer's browser may pay
    body: Json = {"amount": 1000, "currency": "EUR", "customer_id": "ada"}
    made = await shop.post("/api/v1/payments", body)
    # When the wallet is to pay it
    refused = await shop.post(f"{made.headers['Location']}/confirm", {"payment_method": "wallet"})
    # Then it is not asked, and what the browser pays counts
    assert (refused.status, refused.body["code"]) == (409, "wrong_state")
    method = await stripe.method("pm_card_visa")
    await stripe.ask(
        "POST", f"/v1/payment_intents/{made.body['provider_reference']}/confirm", {"payment_method": method}
    )

    async def paid() -> tuple[str, str, int]:
        payment = await shop.get(made.headers["Location"])
        return payment["status"], payment["provider"], payment["amount_captured"]

    await becomes(paid, ("succeeded", "stripe", 1000))
    assert stripe.charged()[made.body["id"]] == 1


@pytest.mark.parametrize("taken", [1700, 400])
async def test_what_stripe_booked_is_known_of_the_payment_and_free_in_the_books(
    shop: System, stripe: Double, taken: int
) -> None:
    # Given all that was charged before is free, and a card that is charged now, wholly or in part
    await becomes(lambda: shop.balance(PENDING, "0", "EUR"), 0)
    before = await shop.balance(FREE, "0", "EUR")
    body: Json = {"amount": 1700, "currency": "EUR", "customer_id": "ada", "capture_method": "manual"}
    paid = await shop.post("/api/v1/payments", {**body, "payment_method": await stripe.method("pm_card_visa")})
    assert (paid.status, paid.body["balance_transaction"]) == (201, None)
    captured = await shop.post(f"/api/v1/payments/{paid.body['id']}/capture", {"amount": taken})
    assert captured.status == 200
    # When Stripe was asked for what it booked

    async def known() -> tuple[int, int | None]:
        payment = await shop.get(paid.headers["Location"])
        return payment["amount_available"], payment["fee"]

    # Then the payment knows its fee and its balance transaction, and the books that the money is free
    await becomes(known, (taken, 0))
    payment = await shop.get(paid.headers["Location"])
    assert payment["balance_transaction"].startswith("txn_")

    async def moved() -> tuple[int, int]:
        free, pending = [await shop.balance(each, captured.position, "EUR") for each in (FREE, PENDING)]
        return free - before, pending

    await becomes(moved, (taken, 0))
    await must_verify(shop)
