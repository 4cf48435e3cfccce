"""Usage on the real system: ten thousand events in one request, each once, whatever is repeated."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg

from actors.invoicing.io import save
from actors.invoicing.states import SubscriptionState
from messages.ids import new_id
from messages.subscriptions import Subscription
from messages.wire import Json, rfc3339
from pocketpay.running import database_url
from tests.walks.system import System
from tests.walks.whole import must_verify

BULK = "/api/v1/usage-events/bulk"
COUNTS = ("recorded", "duplicate", "late", "rejected")


async def metered(system: System, aggregation: str = "sum") -> str:
    """A subscription to a metered price, which began three days ago."""
    product = (await system.post("/api/v1/products", {"name": "Calls"})).body
    recurring = {"interval": "month", "usage_type": "metered", "aggregate_usage": aggregation}
    wish = {"product": product["id"], "currency": "USD", "unit_amount": 2, "recurring": recurring}
    price = (await system.post("/api/v1/prices", wish)).body
    name, start = f"sub_{uuid4().hex[:12]}", datetime.now(UTC) - timedelta(days=3)
    fields: Json = {
        "id": name,
        "status": "active",
        "customer_id": "abc123",
        "currency": "USD",
        "items": [{"id": f"si_{name[4:]}", "price": price["id"]}],
        "billing_cycle_anchor": start,
        "start_date": start,
        "current_period": {"start": start, "end": start + timedelta(days=28)},
        "created_at": start,
        "updated_at": start,
    }
    await _kept(system, SubscriptionState(tenant="demo", subscription=Subscription.model_validate(fields)))
    return name


async def _kept(system: System, state: SubscriptionState) -> None:
    settings = {"search_path": "invoicing"}
    url = database_url(system.data_dir, system.running)
    connection = await asyncpg.connect(url, timeout=10, server_settings=settings)
    try:
        for statement in save([state]):
            await connection.execute(statement.sql, *statement.args)
    finally:
        await connection.close(timeout=10)


def counts(body: Json) -> tuple[Any, ...]:
    return tuple(body[name] for name in COUNTS)


async def test_ten_thousand_events_count_once_each_whatever_is_repeated(system: System) -> None:
    # Given a metered subscription, and a month of its usage
    subscription, run = await metered(system), uuid4().hex[:8]
    events = [{"id": f"{run}-{n}", "subscription": subscription, "quantity": "0.5"} for n in range(10_000)]

    # When all of it is sent, and sent again with the same key, and with another
    first = await system.post(BULK, {"events": events}, Idempotency_Key=run)
    again = await system.post(BULK, {"events": events}, Idempotency_Key=run)
    other = await system.post(BULK, {"events": events[:700]})

    # Then it was recorded once
    assert (first.status, counts(first.body)) == (200, (10_000, 0, 0, 0)), first.body
    assert [each["id"] for each in first.body["data"]] == [event["id"] for event in events]
    assert (again.status, again.body) == (200, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status, counts(other.body)) == (200, (0, 700, 0, 0))

    # And that is what it comes to
    (used,) = (await system.get(f"/api/v1/subscriptions/{subscription}/usage"))["data"]
    assert (used["events"], used["quantity"], used["amount"]) == (10_000, "5000", 10_000)
    page = await system.get("/api/v1/usage-events", subscription=subscription, limit="100", status="recorded")
    rest = await system.get(
        "/api/v1/usage-events", subscription=subscription, limit="100", status="recorded", cursor=page["next_cursor"]
    )
    assert len({event["id"] for event in (*page["data"], *rest["data"])}) == 200
    await must_verify(system)


async def test_one_event_is_recorded_repeated_limited_and_voided(system: System) -> None:
    # Given a limit
    subscription, event = await metered(system, "unique_count"), f"call-{uuid4().hex[:8]}"
    path = f"/api/v1/subscriptions/{subscription}"
    item = f"si_{subscription[4:]}"
    limit = await system.post(f"{path}/usage-limits", {"subscription_item": item, "quantity": "1"})
    assert (limit.status, limit.body["quantity"], limit.body["reached_at"]) == (200, "1", None)

    # When it is used, and the report is repeated under another key
    first = await system.post(f"{path}/usage", {"id": event, "unique": "ada"}, Idempotency_Key=f"{event}-a")
    again = await system.post(f"{path}/usage", {"id": event, "unique": "bob"}, Idempotency_Key=f"{event}-b")

    # Then it is one event, and the limit is reached
    assert (first.status, first.headers["Location"]) == (201, f"/api/v1/usage-events/{event}")
    assert (again.status, again.body, again.headers["Idempotent-Replayed"]) == (200, first.body, "true")
    told = await system.log(type="usage.limit_reached", subscription=subscription)
    assert [each["data"]["id"] for each in told if each["data"]["id"] == item] == [item]

    # And what was wrong is voided, once
    assert (await system.post(f"/api/v1/usage-events/{event}/void")).body["status"] == "voided"
    assert (await system.post(f"/api/v1/usage-events/{event}/void")).body["code"] == "wrong_state"
    assert (await system.get(f"/api/v1/usage-events/{event}"))["status"] == "voided"
    (used,) = (await system.get(f"{path}/usage"))["data"]
    assert (used["events"], used["quantity"], used["amount"], used["limit"]) == (0, "0", 0, "1")

    # And what nobody can have used is refused
    early = {"occurred_at": rfc3339(datetime(2020, 1, 1, tzinfo=UTC))}
    assert (await system.post(f"{path}/usage", early)).status == 422
    assert (await system.post("/api/v1/subscriptions/sub_none/usage")).status == 404
    assert (await system.post(f"{path}/usage", {"subscription_item": "si_none"})).body["code"] == "reference_not_found"


async def test_names_that_callers_give_never_meet(system: System) -> None:
    # Given a product, and a customer with the name of a usage event
    subscription, name = await metered(system), f"meter-{uuid4().hex[:8]}"
    product = (await system.post("/api/v1/products", {"name": "Calls"})).body["id"]
    assert (await system.put(f"/api/v1/customers/{name}", {"name": "Ada"})).status == 201
    path = f"/api/v1/subscriptions/{subscription}/usage"
    assert (await system.post(path, {"id": name, "quantity": "1"})).status == 201

    # When both change equally often, and a customer is to get the id of a product, an event that of an item
    changed = await system.put(f"/api/v1/customers/{name}", {"name": "Ada L."})
    voided = await system.post(f"/api/v1/usage-events/{name}/void")
    put = await system.put(f"/api/v1/customers/{product}", {"name": "Ada"})
    paid = await system.post("/api/v1/payments", {"amount": 100, "currency": "USD", "customer_id": product})
    item = await system.post(path, {"id": new_id("si"), "quantity": "1"})

    # Then the first are two things, and the others are refused with the field that is wrong
    assert (changed.status, changed.body["version"], voided.status, voided.body["version"]) == (200, 2, 200, 2)
    places = [refused.body["errors"][0] for refused in (put, paid, item)]
    assert [place.get("pointer", place.get("parameter")) for place in places] == ["id", "/customer_id", "/id"]
    assert {refused.status for refused in (put, paid, item)} == {422}
    assert await system.command("parked", "list") == (0, "nothing is parked\n")
