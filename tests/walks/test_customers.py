"""Customers and the catalogue over HTTP; and what is personal, followed to all places where it may lie."""

import asyncio
import contextlib

import nats
import pytest
from nats.js.errors import NotFoundError
from pydantic_core import from_json, to_json

from messages.subjects import LATEST
from messages.wire import Json
from pocketpay.embedded.nats_users import VIEWER, inbox
from pocketpay.running import nats_url
from tests.walks.frames import frames
from tests.walks.system import System

CUSTOMERS = "/api/v1/customers"
ADA = {"name": "Ada Lovelace", "email": "ada.l@example.com", "phone": "+44 20 7946 0000", "time_zone": "Europe/London"}


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


async def put(system: System, customer_id: str, body: Json, **headers: str) -> tuple[int, Json]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with system.http.put(f"{CUSTOMERS}/{customer_id}", json=body, headers=named) as response:
        return response.status, await response.json(content_type=None)


async def last_word(system: System, customer_id: str) -> Json:
    """What LATEST holds of the customer."""
    client = await nats.connect(nats_url(system.data_dir, system.running, VIEWER), inbox_prefix=inbox(VIEWER))
    try:
        found = await client.jetstream(timeout=5).get_last_msg(LATEST, f"pocketpay.latest.demo.customer.{customer_id}")
        return from_json(found.data or b"{}")
    finally:
        await client.close()


async def told(system: System, customer_id: str, name: str | None) -> None:
    """Waits until LATEST has this name of theirs."""
    async with asyncio.timeout(10):
        while True:
            with contextlib.suppress(NotFoundError):
                if (await last_word(system, customer_id))["name"] == name:
                    return
            await asyncio.sleep(0.1)


async def places_of(system: System, text: str) -> list[str]:
    """Tables of ours in which a row holds the text: what is recorded, and what is kept."""
    tables = ("journal", "inbox", "parked", "call", "customer", "invoice_party")
    async with system.books() as books:
        sql = "select exists (select from invoicing.{table} r where to_jsonb(r)::text like '%' || $1 || '%')"
        return [table for table in tables if await books.fetchval(sql.format(table=table), text)]


async def test_a_customer_is_put_read_changed_and_erased_and_leaves_no_trace_of_their_name(system: System) -> None:
    # Given a customer who has only paid so far
    await system.post("/api/v1/payments", {"amount": 1000, "currency": "USD", "customer_id": "ada-1"})
    async with asyncio.timeout(10):
        while (await system.http.get(f"{CUSTOMERS}/ada-1")).status == 404:
            await asyncio.sleep(0.05)
    assert (await system.get(f"{CUSTOMERS}/ada-1"))["implicit"] is True
    # When they are filled in, with a key, and again with the same one
    status, made = await put(system, "ada-1", ADA, Idempotency_Key="ada-once")
    assert (status, made["name"], made["implicit"], made["version"]) == (200, ADA["name"], False, 2)
    assert await put(system, "ada-1", ADA, Idempotency_Key="ada-once") == (200, made)
    status, refused = await put(system, "ada-1", {**ADA, "name": "Ada Kingly"}, Idempotency_Key="ada-once")
    assert (status, refused["code"], refused["differing"]) == (422, "idempotency_mismatch", ["/"])
    changed = await system.patch(f"{CUSTOMERS}/ada-1", {"name": "Augusta Kingly", "phone": None})
    assert (changed.status, changed.body["name"], changed.body["phone"]) == (200, "Augusta Kingly", None)
    assert changed.headers["ETag"] == '"3"'

    # Then the profile is read, is on LATEST, and is in no other table than the customer's
    assert await system.get(f"{CUSTOMERS}/ada-1") == changed.body
    await told(system, "ada-1", "Augusta Kingly")
    for name in ("Augusta Kingly", "ada.l@example.com"):
        assert await places_of(system, name) == ["customer"]

    # When they are erased
    unexplained = await system.post(f"{CUSTOMERS}/ada-1/erase")
    assert (unexplained.status, unexplained.body["code"]) == (400, "invalid_header")
    erased = await system.post(f"{CUSTOMERS}/ada-1/erase", PocketPay_Reason="She asked for it.")
    assert (erased.status, erased.body["name"], erased.body["version"]) == (200, None, 4)
    assert erased.body["erased_at"] is not None

    # Then nothing of ours holds a trace, neither what was said nor what was recorded
    await told(system, "ada-1", None)
    events = await system.log(customer_id="ada-1", type="customer.*")
    assert [event["type"] for event in events] == [
        *("customer.created", "customer.updated", "customer.updated", "customer.erased"),
    ]
    for name in ("Augusta", "Lovelace", "ada.l@example.com", "20 7946"):
        assert await places_of(system, name) == []
        assert name not in to_json(events).decode()
    # And the customer stays erased
    assert (await put(system, "ada-1", ADA))[0] == 409
    assert await places_of(system, "Lovelace") == []


async def test_a_customer_without_an_id_gets_one_and_a_statement_without_invoices(system: System) -> None:
    made = await system.post(CUSTOMERS, ADA)
    path = f"{CUSTOMERS}/{made.body['id']}"
    assert (made.status, made.headers["Location"], made.body["id"][:4]) == (201, path, "cus_")
    again = await system.post(CUSTOMERS, {"id": made.body["id"]})
    assert (again.status, again.body["code"]) == (409, "already_exists")
    statement = await system.get(f"{path}/statement")
    assert (statement["owed"], statement["data"], statement["has_more"]) == ([], [], False)
    async with system.http.get(f"{CUSTOMERS}/nobody/statement") as response:
        assert response.status == 404


async def test_a_customer_who_is_made_live_is_shown_whole_in_the_outcome_and_in_no_event(system: System) -> None:
    headers = {"Accept": "text/event-stream"}
    async with system.http.post(CUSTOMERS, json=ADA, headers=headers) as response:
        told_live = [frame async for frame in frames(response)]
    assert [frame.event for frame in told_live] == ["customer.created", "outcome"]
    assert told_live[0].data["data"]["name"] is None
    assert told_live[1].data["body"]["name"] == ADA["name"]


async def test_a_customer_lives_by_the_time_of_their_clock(system: System) -> None:
    clock = await system.post("/api/v1/test-clocks", {"now": "2026-01-31T00:00:00Z"})
    made = await system.post(CUSTOMERS, {"test_clock": clock.body["id"]})
    assert (made.status, made.body["created_at"]) == (201, "2026-01-31T00:00:00.000Z")
    shown = await system.get(f"/api/v1/test-clocks/{clock.body['id']}")
    assert (shown["customers"], shown["version"]) == ([made.body["id"]], 1)


BAD: dict[str, tuple[str, str, Json, int, str]] = {
    "no country": ("POST", CUSTOMERS, {"address": {"country": "UK"}}, 422, "/address/country"),
    "no zone": ("POST", CUSTOMERS, {"time_zone": "Europe/Atlantis"}, 422, "/time_zone"),
    "no id": ("POST", CUSTOMERS, {"id": "a.b"}, 422, "/id"),
    "no mail": ("PUT", f"{CUSTOMERS}/bad-1", {"email": "a@b@c"}, 422, "/email"),
    "six tax ids": ("PUT", f"{CUSTOMERS}/bad-1", {"tax_ids": [{"type": "eu_vat", "value": "1"}] * 6}, 422, "/tax_ids"),
    "not theirs": ("PATCH", f"{CUSTOMERS}/bad-1", {"delinquent": True}, 422, "/delinquent"),
    "never null": ("PATCH", f"{CUSTOMERS}/bad-1", {"tax_exempt": None}, 422, "/tax_exempt"),
    "no name": ("POST", "/api/v1/products", {"name": ""}, 422, "/name"),
    "no product": ("POST", "/api/v1/prices", {"currency": "USD", "unit_amount": 1}, 422, "/product"),
    "no scheme": (
        "POST",
        "/api/v1/prices",
        {"product": "p", "currency": "USD", "billing_scheme": "x"},
        422,
        "/billing_scheme",
    ),
    "half a unit": (
        "POST",
        "/api/v1/prices",
        {"product": "p", "currency": "USD", "unit_amount": 0.5},
        422,
        "/unit_amount",
    ),
    "more than all": ("POST", "/api/v1/coupons", {"percent_off": "100.1"}, 422, "/percent_off"),
    "percent as number": ("POST", "/api/v1/coupons", {"percent_off": 25}, 422, "/percent_off"),
    "yesterday": (
        "POST",
        "/api/v1/coupons",
        {"percent_off": "5", "redeem_by": "2020-01-01T00:00:00Z"},
        422,
        "/redeem_by",
    ),
    "a day is no time": ("POST", "/api/v1/coupons", {"percent_off": "5", "redeem_by": "2099-01-01"}, 422, "/redeem_by"),
    "negative tax": ("POST", "/api/v1/tax-rates", {"display_name": "VAT", "percentage": "-1"}, 422, "/percentage"),
}


@pytest.mark.parametrize(("method", "path", "body", "status", "pointer"), BAD.values(), ids=BAD.keys())
async def test_what_cannot_be_is_refused_where_it_is_wrong(
    system: System, method: str, path: str, body: Json, status: int, pointer: str
) -> None:
    async with system.http.request(method, path, json=body) as response:
        problem = await response.json(content_type=None)
    assert (response.status, [error["pointer"] for error in problem["errors"]]) == (status, [pointer])
