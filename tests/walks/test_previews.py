"""A preview is what the invoice will be, and changes nothing."""

from messages.wire import Json
from tests.walks.system import System
from tests.walks.test_subscriptions import SUBSCRIPTIONS, made, price

INVOICES = "/api/v1/invoices"


def _of(invoice: Json) -> list[tuple[int, str, str]]:
    return [(line["amount"], line["period"]["start"], line["period"]["end"]) for line in invoice["lines"]]


async def test_what_is_previewed_is_what_is_invoiced(system: System) -> None:
    # Given a subscription under a clock
    clock = await made(system, "test-clocks", {"now": "2026-04-30T00:00:00Z"})
    customer = await made(system, "customers", {"test_clock": clock["id"]})
    basic, pro = await price(system, 1000), await price(system, 3000)
    wish = {"customer_id": customer["id"], "items": [{"price": basic, "quantity": 1}]}
    first = await system.post(
        f"{INVOICES}/preview", {"customer_id": customer["id"], "change": {"items": wish["items"]}}
    )
    assert (first.status, first.body["total"], first.body["billing_reason"]) == (200, 1000, "upcoming"), first.body
    subscription = (await system.post(SUBSCRIPTIONS, wish)).body
    await system.post(f"/api/v1/test-clocks/{clock['id']}/advance", {"to": "2026-05-15T00:00:00Z"})

    # When a change is previewed, then nothing has happened
    items = [{"id": subscription["items"][0]["id"], "price": pro}]
    asked = {"subscription": subscription["id"], "change": {"items": items}}
    preview = await system.post(f"{INVOICES}/preview", asked)
    assert preview.status == 200, preview.body
    assert [preview.body[name] for name in ("number", "status", "pdf_url")] == [None, "draft", None]
    assert (await system.get(f"{SUBSCRIPTIONS}/{subscription['id']}"))["items"][0]["price"] == basic
    before = (await system.get(INVOICES, customer_id=customer["id"]))["data"]

    # And when it is made, the next invoice is that one
    await system.post(f"{SUBSCRIPTIONS}/{subscription['id']}/change", {"items": items})
    upcoming = await system.get(f"{INVOICES}/upcoming", subscription=subscription["id"])
    await system.post(f"/api/v1/test-clocks/{clock['id']}/advance", {"to": "2026-05-31T00:00:00Z"})
    known = {each["id"] for each in before}
    [real] = [e for e in (await system.get(INVOICES, customer_id=customer["id"]))["data"] if e["id"] not in known]
    assert _of(preview.body) == _of(upcoming) == _of(real)
    assert preview.body["total"] == upcoming["total"] == real["total"] == 4000


async def test_what_a_change_gives_back_is_previewed_as_it_will_be(system: System) -> None:
    # Given a first month of 30.00 with half off, once, and a fifth of taxes on top
    clock = await made(system, "test-clocks", {"now": "2026-04-30T00:00:00Z"})
    customer = await made(system, "customers", {"test_clock": clock["id"]})
    basic, pro = await price(system, 1000), await price(system, 3000)
    coupon = await made(system, "coupons", {"percent_off": "50", "duration": "once"})
    rate = await made(system, "tax-rates", {"display_name": "VAT", "percentage": "20", "inclusive": False})
    wish = {"customer_id": customer["id"], "items": [{"price": pro}], "coupons": [coupon["id"]]}
    subscription = (await system.post(SUBSCRIPTIONS, {**wish, "default_tax_rates": [rate["id"]]})).body
    await system.post(f"/api/v1/test-clocks/{clock['id']}/advance", {"to": "2026-05-15T00:00:00Z"})

    # When a cheaper price is previewed, and then made
    items = [{"id": subscription["items"][0]["id"], "price": basic}]
    change = {"items": items, "default_tax_rates": [], "proration": "invoice_now"}
    preview = await system.post(f"{INVOICES}/preview", {"subscription": subscription["id"], "change": change})
    await system.post(f"{SUBSCRIPTIONS}/{subscription['id']}/change", change)

    # Then half of the 15.00 is given back, -7.50 with -1.50 of taxes, 5.00 is asked for, and the rest is carried on
    [real] = [
        each
        for each in (await system.get(INVOICES, customer_id=customer["id"]))["data"]
        if each["billing_reason"] == "subscription_update"
    ]
    told = [
        [(line["amount"], line["discount"], [tax["amount"] for tax in line["taxes"]]) for line in each["lines"]]
        for each in (preview.body, real)
    ]
    assert told == 2 * [[(-750, 0, [-150]), (500, 0, []), (400, 0, [])]]


async def test_a_change_that_would_be_refused_is_refused(system: System) -> None:
    asked = {"subscription": "sub_none", "change": {"items": [{"price": "price_none"}]}}
    assert (await system.post(f"{INVOICES}/preview", asked)).status == 404
    # And so is what could be read in two ways, or of nobody
    change, both = {"items": [{"price": "price_none"}]}, {"subscription": "sub_none", "customer_id": "abc123"}
    for unclear in ({}, both, {"customer_id": "abc123"}, {"subscription": "sub_none", "change": change, "cancel": {}}):
        assert (await system.post(f"{INVOICES}/preview", unclear)).status == 422, unclear
    async with system.http.post(f"{INVOICES}/preview") as bodiless:
        assert bodiless.status == 422


async def test_what_begins_with_a_trial_is_previewed_with_it(system: System) -> None:
    # Given a customer under a clock, and a price
    clock = await made(system, "test-clocks", {"now": "2026-04-30T00:00:00Z"})
    customer = await made(system, "customers", {"test_clock": clock["id"]})
    items, end = [{"price": await price(system, 1000)}], "2026-05-10T00:00:00.000Z"

    # When they would begin with a trial, then the first invoice is that of its end
    asked = {"customer_id": customer["id"], "change": {"items": items, "trial_end": end}}
    preview = (await system.post(f"{INVOICES}/preview", asked)).body
    assert _of(preview) == [(1000, end, "2026-06-10T00:00:00.000Z")]


async def test_what_was_used_by_now_is_on_the_next_invoice(system: System) -> None:
    # Given a metered subscription under a clock
    clock = await made(system, "test-clocks", {"now": "2026-04-30T00:00:00Z"})
    customer = await made(system, "customers", {"test_clock": clock["id"]})
    metered = await price(system, 5, recurring={"interval": "month", "usage_type": "metered"})
    wish = {"customer_id": customer["id"], "items": [{"price": metered}]}
    subscription = (await system.post(SUBSCRIPTIONS, wish)).body["id"]

    # When something was used
    usage = {"quantity": "100", "occurred_at": "2026-04-30T00:00:00Z"}
    assert (await system.post(f"{SUBSCRIPTIONS}/{subscription}/usage", usage)).status == 201

    # Then the next invoice asks for it, and so does the one that comes
    assert (await system.get(f"{INVOICES}/upcoming", subscription=subscription))["total"] == 500
    await system.post(f"/api/v1/test-clocks/{clock['id']}/advance", {"to": "2026-06-01T00:00:00Z"})
    [real] = (await system.get(INVOICES, customer_id=customer["id"]))["data"]
    assert real["total"] == 500
