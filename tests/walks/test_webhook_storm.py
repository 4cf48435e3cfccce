"""Webhooks that get lost, doubled and shuffled: in the end everything stands as after a run in which none did."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from asyncpg import Connection

from actors.payments.simulated_journal import journal
from messages.wire import Json
from pocketpay.settings import Settings, simulated_file
from tests.walks.system import System, rows, up
from tests.walks.whole import becomes, must_verify

AT_ONCE = 8
"""Few enough that webhooks keep up: were all of them late, the sweep would have found everything before them."""

FEW, MANY = 120, 5000
TRAVEL_SECONDS = 300
BAD = {"webhooks": {"lose": 30, "double": 30, "shuffle": True, "seed": 7}}
GOOD: Json = {"webhooks": {}}
METHODS = (
    "pm_card_visa",
    "pm_card_createDispute",
    "pm_card_pendingRefund",
    "pm_card_createDispute",
    "pm_card_refundFail",
)

_ENDS = """
select p.id, p.status, p.amount_captured, p.amount_refunded, (p.body ->> 'amount_disputed')::bigint as disputed,
       r.status as refund, d.status as dispute, d.amount_withdrawn, d.fee, d.reinstated
from payments.payment p
left join payments.refund r on r.tenant = p.tenant and r.payment = p.id
left join payments.dispute d on d.tenant = p.tenant and d.payment = p.id
where p.customer_id = $1"""

_BALANCES = "select path || ' ' || currency as account, balance from ledger.account"


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended: its payments by what was asked, what the books and the provider's journal gained."""

    payments: Counter[tuple[object, ...]]
    books: dict[str, int]
    provider: Counter[tuple[str, int]]


async def pay(system: System, customer_id: str, number: int) -> None:
    """A payment, and what follows of its kind: a part refunded, or a dispute (closed once it is known)."""
    method = METHODS[number % len(METHODS)]
    order = {"amount": 1000 + number, "currency": "USD", "customer_id": customer_id, "payment_method": method}
    paid = await system.post("/api/v1/payments", order)
    assert paid.status == 201, paid.body
    if "Refund" in method or "refund" in method:
        refund = await system.post(f"/api/v1/payments/{paid.body['id']}/refunds", {"amount": 100 + number})
        assert refund.status == 201, refund.body


async def close(system: System, dispute: str, number: int) -> None:
    if number % 3 == 0:
        answer = await system.post(f"/api/v1/disputes/{dispute}/evidence", {"uncategorized_text": "Signed."})
        assert answer.status == 200, answer.body
    if number % 5:
        outcome = "won" if number % 2 else "lost"
        answer = await system.post(f"/simulated/disputes/{dispute}/close", {"outcome": outcome})
        assert answer.status == 200, answer.body


async def each(count: int, work: Callable[[int], Awaitable[None]]) -> None:
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with slots:
            await work(number)

    await asyncio.gather(*map(one, range(count)))


async def run(system: System, customer_id: str, count: int, settings: Json) -> End:
    answer = await system.patch("/simulated/settings", settings)
    assert answer.status == 200, answer.body
    before, noted = await balances(system), len(lines(system))
    await each(count, lambda number: pay(system, customer_id, number))
    disputed = sum(METHODS[number % len(METHODS)] == "pm_card_createDispute" for number in range(count))
    async with system.books() as books:
        mine = "payments.dispute where customer_id = '" + customer_id + "' and amount_withdrawn > 0"
        await becomes(lambda: rows(books, mine), disputed)
        found = await books.fetch(
            "select d.id, p.amount from payments.dispute d join payments.payment p on p.id = d.payment "
            "where d.customer_id = $1",
            customer_id,
        )
        closing = {row["id"]: row["amount"] - 1000 for row in found}
        await each(len(closing), lambda place: close(system, *list(closing.items())[place]))
        await becomes(lambda: unheard(system, books), 0)
        await no_longer_on_their_way(system)
        await becomes(lambda: unbooked(system, books), 0)
        await becomes(lambda: rows(books, "payments.refund where status = 'pending'"), 0)
        await becomes(lambda: rows(books, "payments.due where entity like 'ref_%'"), 0)
        await must_verify(system)
        ends = await books.fetch(_ENDS, customer_id)
    after = await balances(system)
    gained = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    told = Counter((line["kind"], line["amount"]) for line in lines(system)[noted:])
    return End(Counter(tuple(row.values())[1:] for row in ends), gained, told)


async def balances(system: System) -> dict[str, int]:
    async with system.books() as books:
        return {row["account"]: row["balance"] for row in await books.fetch(_BALANCES)}


def provider_file(system: System) -> Path:
    return simulated_file(Settings(data_dir=system.data_dir))


def lines(system: System) -> list[Json]:
    return journal(provider_file(system))


def told(system: System, after: int = 0) -> Counter[str]:
    """The provider's events, the first so many left out, by what became of their webhook."""
    with sqlite3.connect(provider_file(system)) as books:
        found = books.execute("select state, count(*) from events where seq > ? group by state", (after,)).fetchall()
    books.close()
    return Counter(dict(found))


async def unheard(system: System, books: Connection) -> int:
    """Events of the provider that are not recorded and applied here."""
    return told(system).total() - await rows(books, "payments.provider_event where status = 'applied'")


async def unbooked(system: System, books: Connection) -> int:
    """Of what the provider booked, its fees too: what is not in the books here."""
    with sqlite3.connect(provider_file(system)) as provider:
        (booked,) = provider.execute("select count(*) from bookings").fetchone()
    provider.close()
    return booked - await rows(books, "payments.balance_transaction where booking is null")


async def no_longer_on_their_way(system: System) -> None:
    """Every webhook was sent or got lost, also those of events that the sweep found meanwhile."""
    async with asyncio.timeout(TRAVEL_SECONDS):
        while told(system)["waiting"]:
            await asyncio.sleep(0.5)


async def agree(system: System, payments: int) -> None:
    """Everything is old enough to have been compared, and no difference is open."""
    compared = 0
    async with asyncio.timeout(TRAVEL_SECONDS):
        while compared < payments:
            run = await system.post("/api/v1/reconciliation/run", {}, Prefer="wait=60")
            compared = run.body["units_compared"] if run.status == 200 else 0
            await asyncio.sleep(0.5)
    assert (await system.get("/api/v1/reconciliation", status="open"))["data"] == []


async def swept(system: System) -> int:
    async with system.books() as books:
        found = await books.fetchval("select (body ->> 'events_swept')::bigint from payments.provider")
        kept = await rows(books, "payments.provider_event where found_by = 'sweep'")
    assert found == kept
    return kept


async def missed_as_told(system: System) -> int:
    """What the events `provider.webhooks_missed` say, the last of them."""
    told_last = """
        select message::jsonb -> 'data' ->> 'events_swept' from payments.journal
        where type = 'provider.webhooks_missed' order by seq desc limit 1"""
    async with system.books() as books:
        return int(await books.fetchval(told_last) or 0)


async def counted(system: System) -> float:
    """What the process says of itself; a turn that the database refuses is counted once more."""
    metrics = await (await system.http.get(f"http://127.0.0.1:{system.running.ports['payments']}/metrics")).text()
    return float(metrics.partition("\npocketpay_provider_events_swept_total ")[2].partition("\n")[0])


async def story(data_dir: Path, count: int) -> None:
    # Given a clean run
    async with up(data_dir, SWEEP_SECONDS="1", SWEEP_AFTER_SECONDS="4", BOOK_AFTER_SECONDS="4") as system:
        clean = await run(system, "clean", count, GOOD)
        assert "lost" not in told(system)
        before, events = await swept(system), told(system).total()
        # When the same happens while webhooks travel badly
        bad = await run(system, "bad", count, BAD)
        # Then all has come to the same, with what the sweep has found
        assert bad == clean
        travelled, found = told(system, events), await swept(system) - before
        assert travelled.total() < 4 * travelled["lost"], "about 30 % should get lost"
        assert travelled["lost"] <= found < travelled.total()
        assert await missed_as_told(system) == found + before
        assert await counted(system) >= found + before
        # And provider, payments and ledger agree on every one
        await agree(system, 2 * count)


async def test_lost_doubled_and_shuffled_webhooks_change_nothing_in_the_end(data_dir: Path) -> None:
    await story(data_dir, FEW)


@pytest.mark.faults
@pytest.mark.timeout(900)
async def test_nor_do_they_among_thousands(data_dir: Path) -> None:
    await story(data_dir, MANY)
