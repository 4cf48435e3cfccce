"""Invoices taken back over HTTP: money goes where it came from, days to come earn less, and the books tie."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from messages.wire import Json
from tests.walks.system import System, up

API: Final = "/api/v1"
SETTLED_SECONDS: Final = 30.0
BOB: Final = "credited"

pytestmark = pytest.mark.timeout(120)


async def done(system: System, path: str, wish: Json, status: int = 200) -> Json:
    answer = await system.post(f"{API}/{path}", wish)
    assert answer.status == status, f"{answer.body}"
    return answer.body


@pytest.fixture
async def system(data_dir: Path) -> AsyncIterator[System]:
    """One of its own: here every amount of the books is of this story."""
    async with up(data_dir, SWEEP_SECONDS="3600") as alone:
        yield alone


@pytest.fixture
async def clock(system: System) -> str:
    """Bob lives by it, from New Year on."""
    made = await done(system, "test-clocks", {"now": "2026-01-01T00:00:00Z"}, 201)
    customer = {"name": "Bob", "default_payment_method": "pm_card_visa", "test_clock": made["id"]}
    async with system.http.put(f"{API}/customers/{BOB}", json=customer) as response:
        assert response.status in (200, 201), await response.text()
    return made["id"]


async def until(system: System, clock: str, day: str) -> None:
    await done(system, f"test-clocks/{clock}/advance", {"to": f"{day}T12:00:00Z"})


async def issued(system: System, wish: Json) -> Json:
    draft = await done(system, "invoices", {"customer_id": BOB, "currency": "USD", **wish}, 201)
    return await done(system, f"invoices/{draft['id']}/finalize", {})


async def settled(system: System, path: str, **expected: object) -> Json:
    """The resource once it is there and has these fields."""
    deadline = time.monotonic() + SETTLED_SECONDS
    while True:
        async with system.http.get(f"{API}/{path}") as response:
            found: Json = await response.json(content_type=None)
        if all(found.get(name) == value for name, value in expected.items()) or time.monotonic() > deadline:
            assert {name: found.get(name) for name in expected} == expected, f"{found}"
            return found
        await asyncio.sleep(0.1)


async def tied(system: System) -> tuple[int, int]:
    """What is deferred and what was earned, once invoicing and the books say the same."""
    deadline = time.monotonic() + SETTLED_SECONDS
    while True:
        [total] = (await system.get(f"{API}/reports/revenue", **{"from": "2026-01", "to": "2026-12"}))["totals"]
        differences = total["deferred_difference"], total["income_difference"]
        if differences == (0, 0) or time.monotonic() > deadline:
            assert differences == (0, 0), total
            return total["deferred"], total["income"]
        await asyncio.sleep(0.1)


async def test_what_is_taken_back_goes_where_it_came_from_and_is_not_earned(system: System, clock: str) -> None:
    # Given thirty days that a card has paid in advance, ten of them over
    january = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-31T00:00:00Z"}
    lines = [{"amount": 6_000, "description": "January", "period": january}]
    invoice = await issued(system, {"lines": lines, "auto_advance": True})
    paid = await settled(system, f"invoices/{invoice['id']}", status="paid")
    await until(system, clock, "2026-01-11")
    assert await tied(system) == (4_000, 2_000)

    # When half of it is credited
    line = invoice["lines"][0]["id"]
    wish = {"invoice": invoice["id"], "lines": [{"invoice_line": line, "amount": 3_000}], "reason": "order_change"}
    note = await done(system, "credit-notes", wish, 201)

    # Then the card gets it back, and the days to come earn half
    assert (note["number"], note["total"], note["refund_amount"]) == ("CN-2026-000001", 3_000, 3_000)
    assert note["amount_deferred"] == 2_000
    refund = await settled(system, f"refunds/{note['refunds'][0]}", status="succeeded")
    assert (refund["amount"], refund["credit_note"], refund["payment"]) == (3_000, note["id"], paid["payments"][0])
    await settled(system, f"credit-notes/{note['id']}", version=2)
    assert await tied(system) == (2_000, 1_000)

    # And an open invoice is asked for less, then for all of it again
    set_up = [{"amount": 500, "description": "Set-up"}]
    opened = await issued(system, {"lines": set_up, "collection_method": "send_invoice"})
    wish = {"invoice": opened["id"], "lines": [{"invoice_line": opened["lines"][0]["id"], "amount": 200}]}
    lower = await done(system, "credit-notes", wish, 201)
    assert (lower["number"], lower["invoice_amount"], lower["refund_amount"]) == ("CN-2026-000002", 200, 0)
    assert (await system.get(f"{API}/invoices/{opened['id']}"))["amount_remaining"] == 300
    assert await tied(system) == (2_000, 1_300)
    assert (await done(system, f"credit-notes/{lower['id']}/void", {}))["status"] == "void"
    assert (await system.get(f"{API}/invoices/{opened['id']}"))["amount_remaining"] == 500
    listed = await system.get(f"{API}/credit-notes", customer_id=BOB, status="void")
    assert [each["id"] for each in listed["data"]] == [lower["id"]]
    answer = await system.post(f"{API}/credit-notes", {"invoice": opened["id"], "wallet_amount": 500})
    assert (answer.status, answer.body["code"]) == (422, "credit_exceeds_invoice")

    # And a day can be read line by line, the whole is verified
    [day] = (await system.get(f"{API}/reports/revenue/2026-01-20", currency="USD", test_clock=clock))["data"]
    assert (day["id"], day["amount"]) == (invoice["id"], 100)
    await until(system, clock, "2026-02-02")
    assert await tied(system) == (0, 3_500)
    code, said = await system.command("verify")
    assert code == 0, said


async def test_what_was_refunded_by_hand_or_is_disputed_the_wallet_does_not_get(system: System, clock: str) -> None:
    # Given 60.00 that a card paid, and 10.00 of it refunded by hand
    _ = clock
    invoice = await issued(system, {"lines": [{"amount": 6_000, "description": "Work"}], "auto_advance": True})
    paid = await settled(system, f"invoices/{invoice['id']}", status="paid")
    await done(system, f"payments/{paid['payments'][0]}/refunds", {"amount": 1_000}, 201)

    # When the wallet is to get all of it, then that is refused as soon as the refund was heard of
    assert await here(system, invoice["id"]) == 5_000

    # And half to the wallet, half by the card comes to what is here
    wish = {"invoice": invoice["id"], "wallet_amount": 2_500, "refund_amount": 3_500}
    note = await done(system, "credit-notes", wish, 201)
    await settled(system, f"credit-notes/{note['id']}", version=2, refund_amount=3_500, wallet_amount=2_500)
    await settled(system, f"payments/{paid['payments'][0]}", amount_refunded=3_500)

    # And of a payment that the bank disputes, the wallet gets nothing
    fields = {"auto_advance": True, "payment_method": "pm_card_createDispute"}
    invoice = await issued(system, {"lines": [{"amount": 6_000, "description": "Work"}], **fields})
    await settled(system, f"invoices/{invoice['id']}", status="paid")
    assert await here(system, invoice["id"]) == 0


async def here(system: System, invoice: str) -> int:
    """What a note could give at once, when that is no longer all of it."""
    deadline = time.monotonic() + SETTLED_SECONDS
    while True:
        run = await done(system, "credit-notes?dry_run=true", {"invoice": invoice, "wallet_amount": 6_000})
        outcome: Json = run["outcome"]
        if outcome["status"] == 422 or time.monotonic() > deadline:
            assert (outcome["status"], outcome["body"]["code"]) == (422, "credit_exceeds_invoice"), outcome
            return outcome["body"]["left"]
        await asyncio.sleep(0.1)
