"""Somebody has a number, an address or a key in hand, and finds what it belongs to."""

from messages.ids import new_id
from messages.wire import Json
from tests.walks.system import System

V1 = "/api/v1"


async def test_what_is_in_hand_is_found(system: System) -> None:
    # Given a customer with a payment under a key, and an invoice with a number
    customer, key = new_id("ada"), new_id("order")
    email = f"{customer}@example.com"
    await system.post(f"{V1}/customers", {"id": customer, "name": "Ada Lovelace", "email": email})
    wish = {"amount": 41_250, "currency": "USD", "customer_id": customer}
    payment = await system.post(f"{V1}/payments", wish, Idempotency_Key=key)
    lines = [{"amount": 5000, "description": "Set-up"}]
    draft = await system.post(
        f"{V1}/invoices", {"customer_id": customer, "currency": "USD", "lines": lines, "auto_advance": False}
    )
    invoice = await system.post(f"{V1}/invoices/{draft.body['id']}/finalize")
    reference, transaction = payment.body["provider_reference"], await _transaction(system, payment.body["id"])

    # When they look for each
    async def found(q: str) -> list[tuple[str, str]]:
        hits = (await system.get(f"{V1}/search", q=q))["data"]
        return [(each["object"], each["id"]) for each in hits]

    # Then it is there
    assert await found(payment.body["id"]) == [("payment", payment.body["id"])]
    assert await found(payment.body["id"][:-3]) == [("payment", payment.body["id"])]
    assert ("payment", payment.body["id"]) in await found(reference)
    assert await found(email.upper()) == [("customer", customer)]
    assert (await found(customer))[:2] == [("customer", customer), ("payment", payment.body["id"])]
    assert await found(key) == [("command", payment.headers["PocketPay-Command"])]
    assert ("invoice", invoice.body["id"]) in await found(invoice.body["number"])
    assert await found(transaction) == [("transaction", transaction)]
    assert await found("nothing-of-ours") == []

    # And can be read where it says
    for q in (customer, key, payment.body["id"], transaction, invoice.body["number"]):
        for hit in (await system.get(f"{V1}/search", q=q))["data"]:
            assert (await system.get(hit["url"]))["id"] == hit["id"]


async def _transaction(system: System, payment: str) -> str:
    events: list[Json] = []
    while not events:
        events = [each for each in await system.log(payment=payment) if each["type"] == "ledger.transaction.posted"]
    return events[0]["data"]["id"]
