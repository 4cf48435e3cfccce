"""Subscriptions as a client meets them: subscribed, paid, changed and canceled, a year by a clock, and bad input."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from messages.ids import new_id
from messages.wire import Json
from tests.walks.system import Answer, System

V1 = "/api/v1"
SUBSCRIPTIONS = f"{V1}/subscriptions"
MONTH: Json = {"interval": "month"}


async def made(system: System, path: str, body: Json) -> Json:
    """The resource of a 201."""
    answer = await system.post(f"{V1}/{path}", body)
    assert answer.status == 201, answer.body
    return answer.body


async def price(system: System, amount: int, **fields: Any) -> str:
    """Of a product of its own."""
    product = await made(system, "products", {"name": "Pro"})
    body = {"product": product["id"], "currency": "USD", "unit_amount": amount, "recurring": MONTH, **fields}
    return (await made(system, "prices", body))["id"]


async def subscribe(system: System, *prices: str, **fields: Any) -> Answer:
    """A customer of its own, unless `customer_id` names one."""
    items = [{"price": each} for each in prices]
    return await system.post(SUBSCRIPTIONS, {"customer_id": new_id("cus"), "items": items, **fields})


async def told(system: System, subscription: str) -> list[str]:
    """Its events so far."""
    return [each["type"] for each in await system.log(subscription=subscription)]


async def test_a_subscription_is_paid_changed_and_canceled(system: System) -> None:
    # Given two prices of a month
    ten, fifteen = await price(system, 1000), await price(system, 1500)

    # When a customer subscribes, their first invoice is paid before they are answered
    answer = await subscribe(system, ten, metadata={"shop": "berlin"})
    assert (answer.status, answer.body["status"]) == (201, "active"), answer.body
    path = f"{SUBSCRIPTIONS}/{answer.body['id']}"
    assert answer.headers["Location"] == path
    assert await system.get(path, min_position=answer.position) == answer.body

    # And changes to the dearer one
    item = answer.body["items"][0]["id"]
    change = await system.post(f"{path}/change", {"items": [{"id": item, "price": fifteen, "quantity": 2}]})
    assert change.body["items"] == [{"id": item, "price": fifteen, "quantity": 2}]

    # And pauses, goes on, wants to leave, thinks better of it, and leaves
    for verb, status in (("pause", "paused"), ("resume", "active"), ("cancel", "canceled")):
        if verb == "cancel":
            later = await system.post(f"{path}/cancel", {"at": "period_end"})
            assert later.body["cancel_at_period_end"]
            assert not (await system.post(f"{path}/uncancel")).body["cancel_at_period_end"]
        after = await system.post(f"{path}/{verb}")
        assert (after.status, after.body["status"]) == (200, status), after.body
    assert (await system.post(f"{path}/cancel")).body["code"] == "wrong_state"

    # Then its story was told step by step, and lists find it
    facts = [each for each in await told(system, answer.body["id"]) if each.startswith("subscription.")]
    assert facts == [
        *("subscription.created", "subscription.activated", "subscription.updated", "subscription.paused"),
        *("subscription.resumed", "subscription.cancel_scheduled", "subscription.uncanceled", "subscription.canceled"),
    ]
    listed = await system.get(SUBSCRIPTIONS, customer_id=answer.body["customer_id"], status="active,canceled")
    assert [each["id"] for each in listed["data"]] == [answer.body["id"]]


async def test_a_card_that_is_declined_leaves_it_incomplete(system: System) -> None:
    answer = await subscribe(system, await price(system, 1000), default_payment_method="pm_card_chargeDeclined")
    assert (answer.status, answer.body["status"]) == (201, "incomplete"), answer.body


async def test_a_clock_is_advanced_by_a_year(system: System) -> None:
    # Given a customer under a clock who subscribes with 14 days of trial
    start = datetime(2026, 1, 17, tzinfo=UTC)
    clock = await made(system, "test-clocks", {"now": start.isoformat()})
    customer = await made(system, "customers", {"test_clock": clock["id"]})
    answer = await subscribe(system, await price(system, 1000), customer_id=customer["id"], trial_days=14)
    assert (answer.status, answer.body["status"]) == (201, "trialing"), answer.body

    # When a year goes by
    to = (start + timedelta(days=365)).isoformat()
    advanced = await system.post(f"{V1}/test-clocks/{clock['id']}/advance", {"to": to}, Prefer="wait=60")
    assert (advanced.status, advanced.body["status"]) == (200, "ready"), advanced.body

    # Then it was renewed month by month, on the last days of short ones
    after = await system.get(f"{SUBSCRIPTIONS}/{answer.body['id']}", min_position=advanced.position)
    assert (after["status"], after["current_period"]["start"]) == ("active", "2026-12-31T00:00:00.000Z")
    types = await told(system, answer.body["id"])
    assert types.count("subscription.renewed") == 11
    assert types.count("invoice.paid") == 12

    # And when the clock is deleted, it is over
    async with system.http.delete(f"{V1}/test-clocks/{clock['id']}") as response:
        assert (response.status, (await response.json())["deleted"]) == (200, True)
        position = response.headers["PocketPay-Position"]
    gone = await system.get(f"{SUBSCRIPTIONS}/{answer.body['id']}", min_position=position)
    assert gone["status"] == "canceled"
    async with system.http.get(f"{V1}/test-clocks/{clock['id']}") as response:
        assert response.status == 404
    wished = {"customer_id": customer["id"], "items": [{"price": await price(system, 1000)}]}
    for path, body in (("customers", {"id": customer["id"]}), ("subscriptions", wished)):
        refused = await system.post(f"{V1}/{path}", body)
        assert (refused.status, refused.body["code"]) == (404, "not_found"), refused.body


async def test_coupons_that_overlap_leave_nothing_to_pay(system: System) -> None:
    coupons = [
        (await made(system, "coupons", {"amount_off": off, "currency": "USD", "duration": "forever"}))["id"]
        for off in (800, 700)
    ]
    answer = await subscribe(system, await price(system, 1000), coupons=coupons)
    assert (answer.status, answer.body["status"], answer.body["coupons"]) == (201, "active", coupons), answer.body


@pytest.fixture
async def offers(system: System) -> dict[str, str]:
    """A price of each kind."""
    return {
        "month": await price(system, 1000),
        "euro": await price(system, 1000, currency="EUR"),
        "year": await price(system, 9000, recurring={"interval": "year"}),
        "once": await price(system, 1000, recurring=None),
    }


BAD: dict[str, tuple[Json, int, str]] = {
    "no items": ({"items": []}, 422, "validation_failed"),
    "too many items": ({"items": [{"price": "month"}] * 21}, 422, "validation_failed"),
    "a negative quantity": ({"items": [{"price": "month", "quantity": -1}]}, 422, "validation_failed"),
    "half of one": ({"items": [{"price": "month", "quantity": 0.5}]}, 422, "validation_failed"),
    "an unknown price": ({"items": [{"price": "price_none"}]}, 422, "reference_not_found"),
    "a price that is paid once": ({"items": [{"price": "once"}]}, 422, "validation_failed"),
    "two currencies": ({"items": [{"price": "month"}, {"price": "euro"}]}, 422, "mixed_currencies"),
    "two intervals": ({"items": [{"price": "month"}, {"price": "year"}]}, 422, "mixed_intervals"),
    "30 February": ({"trial_end": "2027-02-30T00:00:00Z"}, 422, "validation_failed"),
    "a trial in the past": ({"trial_end": "2020-01-01T00:00:00Z"}, 422, "validation_failed"),
    "a year of no calendar": ({"cancel_at": "10000-01-01T00:00:00Z"}, 422, "validation_failed"),
    "days beyond two years": ({"trial_days": 731}, 422, "validation_failed"),
    "an unknown coupon": ({"coupons": ["cpn_none"]}, 422, "reference_not_found"),
    "an unknown tax rate": ({"default_tax_rates": ["txr_none"]}, 422, "reference_not_found"),
    "an unknown field": ({"colour": "red"}, 422, "validation_failed"),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_cannot_be_subscribed_to(system: System, offers: dict[str, str], name: str) -> None:
    body, status, code = BAD[name]
    items = [
        {**item, "price": offers.get(item["price"], item["price"])} for item in body.get("items", [{"price": "month"}])
    ]
    answer = await system.post(SUBSCRIPTIONS, {"customer_id": "bad-subscriber", **body, "items": items})
    assert (answer.status, answer.body["code"]) == (status, code), answer.body
    assert (await system.get(SUBSCRIPTIONS, customer_id="bad-subscriber"))["data"] == []


async def test_what_cannot_be_changed(system: System, offers: dict[str, str]) -> None:
    made_ = await subscribe(system, offers["month"])
    path, item = f"{SUBSCRIPTIONS}/{made_.body['id']}/change", made_.body["items"][0]["id"]
    euro = await system.post(path, {"items": [{"id": item, "price": offers["euro"]}]})
    assert (euro.status, euro.body["code"]) == (422, "currency_mismatch")
    stale = await system.post(path, {"description": "x"}, If_Match='"1"')
    assert (stale.status, stale.body["code"]) == (412, "version_conflict")
    nobody = await system.post(f"{SUBSCRIPTIONS}/sub_none/change", {"description": "x"})
    assert (nobody.status, nobody.body["code"]) == (404, "not_found")
