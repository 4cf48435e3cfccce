"""Two years of a monthly subscription under a test clock; every line of every invoice was computed by hand.

Basic is 10.00, Pro 30.00 a month, VAT 20 % on top. Days are UTC midnights. The parts of months, to the second:

- 15 May 2026 is 15 of the 31 days after 30 April: 16/31 of Basic go back, 10.00 - round(4.8387) = 5.16, and
  16/31 of Pro are charged, 30.00 - round(14.5161) = 15.48. VAT on them: round(-1.032) = -1.03, round(3.096) = 3.10.
- 10 September 2026 leaves 20 of the 30 days before 30 September: 20/30 of Pro is 20.00.
"""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from messages.wire import Json
from tests.walks.system import System, up

API: Final = "/api/v1"
ADA: Final = "two-years"
ADVANCE_SECONDS: Final = 90.0
"""That an advance over many months may take on a busy machine."""

Line = tuple[int, int, str, str]
"""Amount and tax in minor units, and the days between which it was used."""

BASIC: Final = (1000, 200)
PRO: Final = (3000, 600)

INVOICES: Final[Sequence[tuple[str, str, Sequence[Line], int, str]]] = [
    # issued on, number, lines, total, status
    ("2026-01-31", "INV-2026-000001", [(*BASIC, "2026-01-31", "2026-02-28")], 1200, "paid"),
    ("2026-02-28", "INV-2026-000002", [(*BASIC, "2026-02-28", "2026-03-31")], 1200, "paid"),
    ("2026-03-31", "INV-2026-000003", [(*BASIC, "2026-03-31", "2026-04-30")], 1200, "paid"),
    ("2026-04-30", "INV-2026-000004", [(*BASIC, "2026-04-30", "2026-05-31")], 1200, "paid"),
    # 15 May: from Basic to Pro
    (
        "2026-05-31",
        "INV-2026-000005",
        [
            (-516, -103, "2026-05-15", "2026-05-31"),
            (1548, 310, "2026-05-15", "2026-05-31"),
            (*PRO, "2026-05-31", "2026-06-30"),
        ],
        4839,
        "paid",
    ),
    ("2026-06-30", "INV-2026-000006", [(*PRO, "2026-06-30", "2026-07-31")], 3600, "paid"),
    # 10 July until 10 September: paused, nothing is invoiced
    ("2026-09-10", "INV-2026-000007", [(2000, 400, "2026-09-10", "2026-09-30")], 2400, "paid"),
    ("2026-09-30", "INV-2026-000008", [(*PRO, "2026-09-30", "2026-10-31")], 3600, "paid"),
    ("2026-10-31", "INV-2026-000009", [(*PRO, "2026-10-31", "2026-11-30")], 3600, "paid"),
    # 15 November: the card fails; 30 November, 1, 3, 5, 7 December: five tries, then unpaid, until 10 January
    ("2026-11-30", "INV-2026-000010", [(*PRO, "2026-11-30", "2026-12-31")], 3600, "paid"),
    # The draft of 31 December is opened by hand
    ("2027-01-10", "INV-2027-000001", [(*PRO, "2026-12-31", "2027-01-31")], 3600, "paid"),
    ("2027-01-31", "INV-2027-000002", [(*PRO, "2027-01-31", "2027-02-28")], 3600, "paid"),
    ("2027-02-28", "INV-2027-000003", [(*PRO, "2027-02-28", "2027-03-31")], 3600, "paid"),
    ("2027-03-31", "INV-2027-000004", [(*PRO, "2027-03-31", "2027-04-30")], 3600, "paid"),
    # 5 April: to be canceled at the period's end; 10 April: no, after all
    ("2027-04-30", "INV-2027-000005", [(*PRO, "2027-04-30", "2027-05-31")], 3600, "paid"),
    ("2027-05-31", "INV-2027-000006", [(*PRO, "2027-05-31", "2027-06-30")], 3600, "paid"),
    ("2027-06-30", "INV-2027-000007", [(*PRO, "2027-06-30", "2027-07-31")], 3600, "paid"),
    ("2027-07-31", "INV-2027-000008", [(*PRO, "2027-07-31", "2027-08-31")], 3600, "paid"),
    ("2027-08-31", "INV-2027-000009", [(*PRO, "2027-08-31", "2027-09-30")], 3600, "paid"),
    ("2027-09-30", "INV-2027-000010", [(*PRO, "2027-09-30", "2027-10-31")], 3600, "paid"),
    ("2027-10-31", "INV-2027-000011", [(*PRO, "2027-10-31", "2027-11-30")], 3600, "paid"),
    ("2027-11-30", "INV-2027-000012", [(*PRO, "2027-11-30", "2027-12-31")], 3600, "paid"),
    ("2027-12-31", "INV-2027-000013", [(*PRO, "2027-12-31", "2028-01-31")], 3600, "paid"),
    ("2028-01-31", "INV-2028-000001", [(*PRO, "2028-01-31", "2028-02-29")], 3600, "paid"),
]


@pytest.mark.timeout(240)
async def test_two_years_are_billed_as_computed_by_hand(data_dir: Path) -> None:
    async with up(data_dir, SWEEP_SECONDS="3600") as alone:
        await _two_years(alone)


async def _two_years(alone: System) -> None:
    # Given a customer under a clock, and a subscription with a trial of 14 days
    story = Story(alone, (await _done(alone, "test-clocks", {"now": "2026-01-17T00:00:00Z"}, 201))["id"])
    await _given_a_customer(story)
    await story.subscribe()

    # When two years go by
    await story.until("2026-05-15")
    await story.change({"items": [{"id": story.item, "price": story.pro}]})
    await story.until("2026-07-10")
    await story.act("pause", {"behavior": "none"})
    await story.until("2026-09-10")
    await story.act("resume", {})
    await story.until("2026-11-15")
    await story.pays_with("pm_card_chargeDeclined")
    await story.until("2026-12-02")
    assert (await story.subscription())["status"] == "past_due"
    await story.until("2027-01-10")
    assert (await story.subscription())["status"] == "unpaid"
    await story.mend()
    await story.until("2027-04-05")
    await story.act("cancel", {"at": "period_end"})
    await story.until("2027-04-10")
    await story.act("uncancel", {})
    await story.until("2028-01-31")

    # Then every invoice and every line of it is as computed
    found = await story.invoices()
    assert [_as_computed(each) for each in found] == list(INVOICES)
    assert (await story.subscription())["status"] == "active"

    # And one took five tries
    [tried] = [each for each in found if each["number"] == "INV-2026-000010"]
    assert (tried["attempt_count"], len(tried["payments"])) == (6, 6)

    # And the numbers of each year are 1..n
    for series, count in (("INV-2026", 10), ("INV-2027", 13), ("INV-2028", 1)):
        audit = await alone.get(f"{API}/invoice-series/{series}/audit")
        assert (audit["gapless"], audit["count"], audit["last"]) == (True, count, count)

    # And the books say the same
    await story.must_tie(found)


class Story:
    """One subscription and its clock."""

    def __init__(self, system: System, clock: str) -> None:
        self.system, self.clock = system, clock
        self.basic = self.pro = self.rate = self.id = self.item = ""

    async def subscribe(self) -> None:
        """Basic with VAT, first on trial."""
        wish = {
            "customer_id": ADA,
            "items": [{"price": self.basic, "quantity": 1}],
            "trial_days": 14,
            "default_tax_rates": [self.rate],
        }
        made = await _done(self.system, "subscriptions", wish, 201)
        assert (made["status"], made["trial"]["end"]) == ("trialing", "2026-01-31T00:00:00.000Z")
        self.id, self.item = made["id"], made["items"][0]["id"]

    async def until(self, day: str) -> None:
        """The clock shows that midnight, and everything before it has settled."""
        wish = {"to": f"{day}T00:00:00Z"}
        answer = await self.system.post(f"{API}/test-clocks/{self.clock}/advance", wish)
        assert answer.status in (200, 202), answer.body
        clock, deadline = answer.body, time.monotonic() + ADVANCE_SECONDS
        while clock["status"] != "ready" and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
            clock = await self.system.get(f"{API}/test-clocks/{self.clock}")
        assert (clock["status"], clock["now"][:10]) == ("ready", day)

    async def act(self, verb: str, wish: Json) -> Json:
        """A command of the subscription."""
        return await _done(self.system, f"subscriptions/{self.id}/{verb}", wish, 200)

    async def change(self, wish: Json) -> Json:
        """Of its items, prorated."""
        return await self.act("change", wish)

    async def pays_with(self, method: str) -> None:
        """From now on."""
        answer = await self.system.patch(f"{API}/customers/{ADA}", {"default_payment_method": method})
        assert answer.status == 200, answer.body

    async def mend(self) -> None:
        """A good card pays what is open, and the draft that came meanwhile."""
        await self.pays_with("pm_card_visa")
        [failed] = (await self.system.get(f"{API}/invoices", customer_id=ADA, status="open"))["data"]
        await _done(self.system, f"invoices/{failed['id']}/pay", {}, 200)
        assert (await self.subscription())["status"] == "active"
        [draft] = (await self.system.get(f"{API}/invoices", customer_id=ADA, status="draft"))["data"]
        await _done(self.system, f"invoices/{draft['id']}/finalize", {"auto_advance": True}, 200)

    async def subscription(self) -> Json:
        """As it stands."""
        return await self.system.get(f"{API}/subscriptions/{self.id}")

    async def invoices(self) -> list[Json]:
        """All of them, in the order of their numbers."""
        found = (await self.system.get(f"{API}/invoices", customer_id=ADA, limit="100"))["data"]
        return sorted(found, key=lambda each: each["number"])

    async def must_tie(self, found: Sequence[Json]) -> None:
        """Nothing is owed, the tax is owed on, and what is not earned yet is deferred."""
        asked = sum(each["total"] for each in found)
        tax = sum(each["tax"] for each in found)
        code, said = await self.system.command("verify")
        assert code == 0, said
        balance = await self._trial_balance()
        assert balance.get(f"assets:receivable:{ADA}", 0) == 0
        assert balance["liabilities:tax_payable:DE"] == tax
        assert balance["income:subscriptions"] + balance["liabilities:deferred_revenue"] == asked - tax
        assert balance["liabilities:deferred_revenue"] == 3000  # of 31 January 2028 on, all is still to come

    async def _trial_balance(self) -> dict[str, int]:
        lines = (await self.system.get(f"{API}/ledger/trial-balance"))["data"]
        return {line["account"]: line["debit"] + line["credit"] for line in lines}


async def _given_a_customer(story: Story) -> None:
    system = story.system
    customer = {"name": "Ada", "default_payment_method": "pm_card_visa", "test_clock": story.clock}
    async with system.http.put(f"{API}/customers/{ADA}", json=customer) as response:
        assert response.status in (200, 201), await response.text()
    vat = {"display_name": "VAT", "percentage": "20", "country": "DE", "tax_type": "vat"}
    story.rate = (await _done(system, "tax-rates", vat, 201))["id"]
    story.basic, story.pro = [await _monthly(system, name, amount) for name, amount in (("Basic", 1000), ("Pro", 3000))]


async def _monthly(system: System, name: str, amount: int) -> str:
    product = await _done(system, "products", {"name": name}, 201)
    price = {"product": product["id"], "currency": "EUR", "unit_amount": amount, "recurring": {"interval": "month"}}
    return (await _done(system, "prices", price, 201))["id"]


async def _done(system: System, path: str, wish: Json, status: int, **headers: str) -> Json:
    answer = await system.post(f"{API}/{path}", wish, **headers)
    assert answer.status == status, answer.body
    return answer.body


def _as_computed(invoice: Json) -> tuple[str, str, list[Line], int, str]:
    lines = [
        (line["amount"], sum(tax["amount"] for tax in line["taxes"]), _day(line, "start"), _day(line, "end"))
        for line in invoice["lines"]
    ]
    return invoice["finalized_at"][:10], invoice["number"], lines, invoice["total"], invoice["status"]


def _day(line: Json, end: str) -> str:
    return line["period"][end][:10]
