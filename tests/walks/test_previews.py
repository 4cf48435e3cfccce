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
    assert (preview.body["number"], preview.body["status"]) == (None, "draft")
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


async def test_a_change_that_would_be_refused_is_refused(system: System) -> None:
    asked = {"subscription": "sub_none", "change": {"items": [{"price": "price_none"}]}}
    assert (await system.post(f"{INVOICES}/preview", asked)).status == 404
    assert (await system.post(f"{INVOICES}/preview", {})).status in (404, 422)
