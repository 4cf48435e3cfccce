"""An invoice that is paid by a late success and by a retry: one payment stays, the other is given back by itself."""

import asyncio
import time

from messages.wire import Json
from tests.walks.system import Answer, System

API = "/api/v1"


async def _until(system: System, path: str, field: str, wanted: object) -> Json:
    """The resource, once it is there and says so."""
    deadline, found = time.monotonic() + 15, {}
    while found.get(field) != wanted and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
        async with system.http.get(path) as response:
            found = await response.json(content_type=None)
    assert found.get(field) == wanted, found
    return found


async def _both_at_once(system: System, *paths: str) -> list[Answer]:
    await system.patch("/simulated/settings", {"latency_ms": 800})
    try:
        return await asyncio.gather(*(system.post(path, {"payment_method": "pm_card_visa"}) for path in paths))
    finally:
        await system.patch("/simulated/settings", {})


async def _until_given_back(system: System) -> list[Json]:
    deadline, found = time.monotonic() + 15, list[Json]()
    while sum(each["amount_refunded"] for each in found) < 5000 and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
        found = (await system.get(f"{API}/payments", customer_id="paid-twice", status="succeeded"))["data"]
    return found


async def test_a_late_success_beside_a_retry_is_given_back_and_says_so(system: System) -> None:
    # Given an invoice whose first try was declined
    wish = {
        "customer_id": "paid-twice",
        "currency": "USD",
        "lines": [{"amount": 5000, "description": "Work"}],
        "payment_method": "pm_card_chargeDeclined",
    }
    made = await system.post(f"{API}/invoices", wish)
    path = f"{API}/invoices/{made.body['id']}"
    await system.post(f"{path}/finalize", {"auto_advance": True})
    invoice = await _until(system, path, "attempt_count", 1)
    [first] = invoice["payments"]
    declined = await _until(system, f"{API}/payments/{first}", "status", "requires_payment_method")
    assert declined["destination"] == {"type": "invoice", "invoice": made.body["id"]}

    # When the customer gives the first payment another card, and a retry is made while the provider takes its time
    late, paid = await _both_at_once(system, f"{API}/payments/{first}/confirm", f"{path}/pay")
    assert (late.status, late.body["status"]) == (200, "succeeded"), late.body
    assert (paid.status, paid.body["status"]) == (200, "paid"), paid.body

    # Then one payment stays and the other goes back, whole
    [retry] = [each for each in paid.body["payments"] if each != first]
    found = await _until_given_back(system)
    assert {each["id"] for each in found} == {first, retry}
    assert sorted((each["amount_captured"], each["amount_refunded"]) for each in found) == [(5000, 0), (5000, 5000)]
    invoice = await system.get(path)
    assert (invoice["status"], invoice["amount_paid"], invoice["amount_remaining"]) == ("paid", 5000, 0)

    # And it is said once
    said = await system.log(customer_id="paid-twice", type="invoice.*")
    assert [each["type"] for each in said].count("invoice.overpayment_returned") == 1
    assert [each["type"] for each in said].count("invoice.paid") == 1

    # And the books owe the customer nothing, nor they us
    [refund] = (await system.get(f"{API}/refunds", customer_id="paid-twice"))["data"]
    assert (refund["amount"], refund["status"]) == (5000, "succeeded")
    assert (await system.command("verify"))[0] == 0
