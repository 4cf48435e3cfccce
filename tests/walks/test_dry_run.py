"""Dry run: everything that would happen is told, nothing of it is done, and the real one then does exactly that."""

import asyncio
from collections import Counter

import pytest

from messages.ids import new_id
from messages.wire import Json
from tests.notifications.receiver import receiving
from tests.walks.system import Answer, System
from tests.walks.test_subscriptions import made, price

V1 = "/api/v1"
PATIENCE_SECONDS = 20.0
POSTED = "ledger.transaction.posted"
BESIDE = ("webhook.delivery.", "mail.sent", "ledger.head.")
"""What the clock and the outside world bring."""


async def rehearsed(system: System, path: str, body: Json, **headers: str) -> Json:
    """The dry run of a write."""
    answer = await system.post(f"{path}?dry_run=true", body, **headers)
    assert (answer.status, answer.body["object"]) == (200, "dry_run"), answer.body
    return answer.body


async def said_of(system: System, position: str, real: Answer, run: Json) -> list[Json]:
    """What followed from the request, once it is as much as was rehearsed; a little later, so that more is seen."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(await _said(system, position, real)) < len(run["events"]):
            await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)
    return await _said(system, position, real)


async def _said(system: System, position: str, real: Answer) -> list[Json]:
    """Others walk here at the same time: what all effects of a request carry on tells them apart."""
    whose = real.headers["Request-Id"]
    said = [each for each in await system.log(position) if each["correlation_id"] == whose]
    return [each for each in said if not each["type"].startswith(BESIDE)]


async def end_of(system: System) -> str:
    """Where the log ends."""
    page, after = {"has_more": True, "next_after": "0"}, "0"
    while page["has_more"]:
        page = await system.get(f"{V1}/events", after=after, limit="100")
        after = page["next_after"] or after
    return after


def types(events: list[Json]) -> Counter[str]:
    """Different actors say theirs at the same time, in no order."""
    return Counter(each["type"] for each in events)


def sides(entries: list[Json]) -> Counter[tuple[str, str, int]]:
    return Counter((each["account"], each["side"], each["amount"]) for each in entries)


async def subscribed(system: System) -> tuple[Json, str]:
    """A subscription of a customer with an address, and a dearer price."""
    await made(system, "customers", {"id": "dry-1", "name": "Ada", "email": "ada@dry.example"})
    ten, thirty = await price(system, 1000), await price(system, 3000)
    body = {"customer_id": "dry-1", "items": [{"price": ten}]}
    return await made(system, "subscriptions", body), thirty


async def test_a_change_does_exactly_what_its_dry_run_said(system: System) -> None:
    async with receiving() as receiver:
        # Given somebody who hears of the changes of a subscription
        hook = {"url": receiver.url, "types": ["invoice.paid", "subscription.*"], "rate_limit": 1000}
        endpoint = await made(system, "webhook-endpoints", hook)
        subscription, dearer = await subscribed(system)
        path = f"{V1}/subscriptions/{subscription['id']}"
        item = {"id": subscription["items"][0]["id"], "price": dearer}
        change: Json = {"items": [item], "proration": "invoice_now"}
        await mails_of(system, 2)
        before = await end_of(system)

        # When its change is rehearsed, nothing happens
        run = await rehearsed(system, f"{path}/change", change)
        await asyncio.sleep(1)
        assert await system.log(before, subscription=subscription["id"]) == []
        assert (await system.get(path))["version"] == subscription["version"]

        # Then the real one does what was told: its answer, events and postings
        real = await system.post(f"{path}/change", change)
        said = await said_of(system, before, real, run)
        assert (run["outcome"]["status"], run["outcome"]["body"]["items"]) == (real.status, real.body["items"])
        assert types(run["events"]) == types(said)
        posted = [line for each in said if each["type"] == POSTED for line in each["data"]["entries"]]
        assert sides(run["postings"]) == sides(posted)
        # And the invoice's lines, and what is asked of the provider
        [invoice] = (await system.get(f"{V1}/invoices", subscription=subscription["id"], limit="1"))["data"]
        assert [line["amount"] for line in run["invoice_lines"]] == [line["amount"] for line in invoice["lines"]]
        charge = {"provider": "simulated", "operation": "charge", "amount": invoice["total"], "currency": "USD"}
        assert run["provider_calls"] == [charge]
        # And the mails and webhooks
        mails = (await mails_of(system, 4))[:2]
        assert Counter(mail["template"] for mail in run["mails"]) == Counter(mail["template"] for mail in mails)
        assert {mail["to"] for mail in run["mails"]} == {"ada@dry.example"}
        hooks = (await system.get(f"{V1}/webhook-deliveries", endpoint=endpoint["id"], limit="100"))["data"]
        since = {each["id"] for each in said}
        ours = [each for each in run["webhooks"] if each["endpoint"] == endpoint["id"]]  # others have theirs
        assert types(ours) == types([each for each in hooks if each["event"] in since])


async def mails_of(system: System, count: int) -> list[Json]:
    """The newest first, once there are so many."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(mails := (await system.get(f"{V1}/mails", customer_id="dry-1"))["data"]) < count:
            await asyncio.sleep(0.1)
        return mails


@pytest.mark.parametrize(
    ("method", "status", "ends"),
    [("pm_card_visa", 201, "payment.succeeded"), ("pm_card_chargeDeclined", 402, "payment.failed")],
)
async def test_a_payment_is_rehearsed_with_its_end(system: System, method: str, status: int, ends: str) -> None:
    # Given a key
    key, body = new_id("key"), {"amount": 1000, "currency": "USD", "customer_id": "dry-2", "payment_method": method}
    before = await end_of(system)

    # When the payment is rehearsed under it, twice
    run = await rehearsed(system, f"{V1}/payments", body, Idempotency_Key=key)
    assert run == {**await rehearsed(system, f"{V1}/payments", body, Idempotency_Key=key), "outcome": run["outcome"]}

    # Then its end is told, and the key is free for the real one, which ends so
    assert (run["outcome"]["status"], run["events"][1]["type"]) == (status, ends)
    real = await system.post(f"{V1}/payments", body, Idempotency_Key=key)
    assert real.status == status
    assert types(run["events"]) == types(await said_of(system, before, real, run))


async def test_what_would_be_refused_says_so_and_what_cannot_be_read_is_a_problem(system: System) -> None:
    paid = await made(system, "payments", {"amount": 1000, "currency": "USD", "customer_id": "dry-3"})
    path = f"{V1}/payments/{paid['id']}/refunds"
    run = await rehearsed(system, path, {"amount": 1001})
    assert (run["outcome"]["status"], run["outcome"]["body"]["code"]) == (422, "refund_exceeds_captured")
    assert (run["events"], run["postings"], run["provider_calls"]) == ([], [], [])
    unread = await system.post(f"{path}?dry_run=true", {"amount": "10"})
    assert (unread.status, unread.body["code"]) == (422, "validation_failed")
    unknown = await system.post(f"{V1}/products?dry_run=true", {"name": "Pro"})
    assert (unknown.status, unknown.body["code"]) == (400, "invalid_parameter")


async def test_a_refund_from_a_wallet_is_rehearsed_through_the_ledger(system: System) -> None:
    # Given 10.00 in a wallet, of which 8.00 are spoken for
    top_up = await system.post(f"{V1}/wallets/dry-4/top-ups", {"amount": 1000, "currency": "USD"})
    await system.balance("liabilities:wallets:dry-4", top_up.position)
    await made(system, "holds", {"customer_id": "dry-4", "amount": 800, "currency": "USD"})
    path = f"{V1}/payments/{top_up.body['id']}/refunds"
    # When its refund is rehearsed, the ledger says no to the whole and yes to the rest
    assert (await rehearsed(system, path, {"amount": 1000}))["outcome"]["body"]["code"] == "insufficient_funds"
    run = await rehearsed(system, path, {"amount": 200})
    assert run["outcome"]["status"] == 201
    assert {"hold.created", "refund.created", "refund.succeeded", "hold.confirmed"} <= {
        each["type"] for each in run["events"]
    }
    assert run["provider_calls"] == [{"provider": "simulated", "operation": "refund", "amount": 200, "currency": "USD"}]
