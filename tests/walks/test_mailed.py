"""What people get by mail, as the page of the embedded mail server shows it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from messages.wire import Json, rfc3339
from tests.walks.system import System
from tests.walks.test_subscriptions import V1, made, price


async def sink(system: System, path: str = "/mails.json") -> Any:
    """JSON of the page that shows what was sent."""
    url = f"http://127.0.0.1:{system.running.ports['mails']}{path}"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http, http.get(url) as response:
        return await response.json() if path.endswith(".json") else await response.read()


async def sent_to(system: System, address: str, count: int) -> list[Json]:
    """The newest first, once there are so many."""
    async with asyncio.timeout(30):
        while True:
            found = [mail for mail in (await sink(system))["data"] if address in mail["to"]]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.2)


async def test_the_invoice_of_a_subscription_is_mailed_once_with_its_pdf(system: System) -> None:
    # Given a customer with an address, who lives by a test clock and subscribes
    clock = await made(system, "test-clocks", {"now": rfc3339(datetime(2026, 1, 31, tzinfo=UTC))})
    customer = {"id": "mailed-1", "name": "Ada", "email": "ada@mailed.example", "preferred_locales": ["de-DE"]}
    await made(system, "customers", {**customer, "test_clock": clock["id"]})
    body = {"customer_id": "mailed-1", "items": [{"price": await price(system, 1200)}]}
    await made(system, "subscriptions", body)
    # When two months go by
    to = rfc3339(datetime(2026, 1, 31, tzinfo=UTC) + timedelta(days=65))
    assert (await system.post(f"{V1}/test-clocks/{clock['id']}/advance", {"to": to})).status == 200
    # Then each of the three invoices has come once, beside a receipt for each, and nothing else
    mails = await sent_to(system, "ada@mailed.example", 6)
    listed = (await system.get(f"{V1}/mails", customer_id="mailed-1"))["data"]
    assert sorted(each["template"] for each in listed) == ["invoice"] * 3 + ["receipt"] * 3
    assert {each["status"] for each in listed} == {"sent"}
    assert {each["to"] for each in listed} == {"ada@mailed.example"}
    await asyncio.sleep(1)
    assert len(await sent_to(system, "ada@mailed.example", 6)) == len(mails) == 6
    assert {each["repeats"] for each in mails} == {0}
    # And the invoice's PDF is the one that the API gives, and its link leads to its page
    for invoice in (await system.get(f"{V1}/invoices", customer_id="mailed-1"))["data"]:
        [mail] = [each for each in mails if invoice["number"] in each["subject"]]
        shown = await sink(system, f"/mails/{mail['id']}.json")
        [attachment] = shown["attachments"]
        assert attachment["name"] == f"{invoice['number']}.pdf"
        pdf = await sink(system, f"/mails/{mail['id']}/attachments/0")
        async with system.http.get(f"{V1}/invoices/{invoice['id']}.pdf") as response:
            assert pdf == await response.read()
        text = (await sink(system, f"/mails/{mail['id']}/text")).decode()
        assert invoice["hosted_url"].rpartition("/i/")[2] in text


async def test_the_void_invoice_of_a_paused_subscription_is_mailed_to_nobody(system: System) -> None:
    # Given a customer with an address, whose subscription pauses in such a way that its invoices are void
    clock = await made(system, "test-clocks", {"now": rfc3339(datetime(2026, 1, 1, tzinfo=UTC))})
    await made(system, "customers", {"id": "mailed-void", "email": "void@mailed.example", "test_clock": clock["id"]})
    body = {"customer_id": "mailed-void", "items": [{"price": await price(system, 1200)}]}
    subscription = await made(system, "subscriptions", body)
    paused = await system.post(f"{V1}/subscriptions/{subscription['id']}/pause", {"behavior": "void"})
    assert paused.status == 200
    # When a month goes by
    to = rfc3339(datetime(2026, 2, 2, tzinfo=UTC))
    assert (await system.post(f"{V1}/test-clocks/{clock['id']}/advance", {"to": to})).status == 200
    [void, first] = (await system.get(f"{V1}/invoices", customer_id="mailed-void"))["data"]
    assert (void["status"], first["status"]) == ("void", "paid")
    # Then the first invoice and its receipt went out, and the mail of the void one did not
    async with asyncio.timeout(15):
        while len(listed := (await system.get(f"{V1}/mails", customer_id="mailed-void"))["data"]) < 3 or any(
            each["status"] == "queued" for each in listed
        ):
            await asyncio.sleep(0.1)
    told = sorted((each["template"], each["resource"] == void["id"], each["status"]) for each in listed)
    assert told == [("invoice", False, "sent"), ("invoice", True, "suppressed"), ("receipt", False, "sent")]
    assert not [mail for mail in (await sink(system))["data"] if void["number"] in mail["subject"]]


async def test_who_wants_no_mails_gets_none_and_an_erased_customer_is_forgotten(system: System) -> None:
    # Given two customers, one of whom wants no receipts
    for customer in ("mailed-2", "mailed-3"):
        await made(system, "customers", {"id": customer, "email": f"{customer}@mailed.example"})
    wish = {"email": "Mailed-2@mailed.example", "templates": ["receipt"], "reason": "requested"}
    suppression = await made(system, "mail-suppressions", wish)
    assert "mailed.example" not in repr(suppression)
    # When both pay
    for customer in ("mailed-2", "mailed-3"):
        await made(system, "payments", {"amount": 1000, "currency": "USD", "customer_id": customer})
    # Then one gets a receipt
    assert len(await sent_to(system, "mailed-3@mailed.example", 1)) == 1
    assert await statuses(system, "mailed-2") == ["suppressed"]
    assert await statuses(system, "mailed-3") == ["sent"]
    # When that one is erased, nobody can tell any more where it went
    erased = await system.post(f"{V1}/customers/mailed-3/erase", PocketPay_Reason="They asked for it.")
    assert erased.status == 200
    async with asyncio.timeout(15):
        while (await system.get(f"{V1}/mails", customer_id="mailed-3"))["data"][0]["to"] is not None:
            await asyncio.sleep(0.1)
    async with system.books() as books:
        sql = "select count(*) from notifications.{} r where to_jsonb(r)::text like '%mailed-3@%'"
        for table in ("mail", "journal", "inbox", "call", "parked"):
            assert await books.fetchval(sql.format(table)) == 0, table


async def statuses(system: System, customer: str) -> list[str]:
    """Of their mails, once none is on its way."""
    async with asyncio.timeout(15):
        while True:
            found = [each["status"] for each in (await system.get(f"{V1}/mails", customer_id=customer))["data"]]
            if found and "queued" not in found:
                return found
            await asyncio.sleep(0.1)
