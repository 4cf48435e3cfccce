"""Customers and the catalogue over HTTP; and what is personal, followed to all places where it may lie."""

from tests.walks.system import System

CUSTOMERS = "/api/v1/customers"
ADA = {"name": "Ada Lovelace", "email": "ada@example.com", "phone": "+44 20 7946 0000", "time_zone": "Europe/London"}


async def test_a_catalogue_is_made_found_changed_and_archived(system: System) -> None:
    # Given a product with a price
    product = (await system.post("/api/v1/products", {"name": "Pro"})).body
    monthly = {"product": product["id"], "currency": "USD", "unit_amount": 1200, "recurring": {"interval": "month"}}
    made = await system.post("/api/v1/prices", {**monthly, "lookup_key": "walk-pro"})
    assert (made.status, made.headers["Location"]) == (201, f"/api/v1/prices/{made.body['id']}")

    # When somebody else wants the lookup key, they are told who has it
    refused = await system.post("/api/v1/prices", {**monthly, "lookup_key": "walk-pro"})
    assert (refused.status, refused.body["code"]) == (409, "already_exists")

    # Then the price is found by it, and cannot change but in its labels
    found = await system.get("/api/v1/prices", lookup_key="walk-pro", active="true", product=product["id"])
    assert found["data"] == [made.body]
    path = f"/api/v1/prices/{made.body['id']}"
    assert (await system.patch(path, {"unit_amount": 1})).status == 422
    archived = await system.patch(path, {"active": False, "nickname": "Old", "metadata": {"a": "b"}})
    assert (archived.status, archived.body["version"], archived.body["active"]) == (200, 2, False)
    assert (await system.get("/api/v1/prices", lookup_key="walk-pro", active="true"))["data"] == []

    # And of coupons and tax rates the same
    coupon = (await system.post("/api/v1/coupons", {"percent_off": "25"})).body
    assert (await system.patch(f"/api/v1/coupons/{coupon['id']}", {"valid": False})).body["valid"] is False
    rate = (await system.post("/api/v1/tax-rates", {"display_name": "VAT", "percentage": "20", "country": "GB"})).body
    assert await system.get(f"/api/v1/tax-rates/{rate['id']}") == rate


async def test_a_customer_is_put_and_read(system: System) -> None:
    made = await system.post(CUSTOMERS, {**ADA, "id": "ada-1"})
    assert (made.status, made.body["name"]) == (201, "Ada Lovelace")
    assert await system.get(f"{CUSTOMERS}/ada-1") == made.body
