"""Refunds of top-ups go through two actors and back: commands and events of one author race on two streams."""

import asyncio
import os
import random
import signal
from typing import Any

import aiohttp
import pytest

from tests.walks.system import System
from tests.walks.whole import becomes, must_verify

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

TOP_UPS = 60
SALES = 300


@pytest.mark.parametrize("name", ["ledger", "payments"])
async def test_refunds_of_top_ups_and_sales_all_arrive_though_a_process_is_killed(
    system: System, draw: random.Random, name: str
) -> None:
    # Given topped-up wallets
    customer = f"refunds-{name}"
    before = await sales(system)
    topped_up = [
        (await persist(system, f"/api/v1/wallets/{customer}/top-ups", f"{name}-top-{n}", amount=700, currency="USD"))
        for n in range(TOP_UPS)
    ]
    # When all top-ups are refunded in part among sales, and the process is killed in the middle
    slots = asyncio.Semaphore(32)

    async def one(path: str, key: str, **body: Any) -> dict[str, Any]:
        async with slots:
            return await persist(system, path, key, **body)

    asked = [
        one(f"/api/v1/payments/{payment['id']}/refunds", f"{name}-ref-{n}", amount=300)
        for n, payment in enumerate(topped_up)
    ]
    asked += [
        one("/api/v1/payments", f"{name}-sale-{n}", amount=1000, currency="USD", customer_id=customer)
        for n in range(SALES)
    ]
    draw.shuffle(asked)
    tasks = [asyncio.ensure_future(each) for each in asked]
    while sum(task.done() for task in tasks) < len(tasks) // 3:
        await asyncio.sleep(0.01)
    os.kill(system.running.pids[name], signal.SIGKILL)
    told = await asyncio.gather(*tasks)
    # Then every one of them succeeded, the books have each once, and no step is left open
    assert {body["status"] for body in told} == {"succeeded"}

    async def available() -> list[int]:
        wallet = await system.get(f"/api/v1/wallets/{customer}")
        return [balance["available"] for balance in wallet["balances"]]

    await becomes(available, [TOP_UPS * 400])
    await becomes(lambda: sales(system), before + SALES * 1000)
    async with system.books() as books:
        assert await books.fetchval("select count(*) from payments.payment where operation is not null") == 0
        assert await books.fetchval("select count(*) from ledger.hold where status = 'open'") == 0
        assert await books.fetchval("select count(*) from ledger.parked") == 0
    await must_verify(system)


async def sales(system: System) -> int:
    """What the account of sales holds now."""
    balances = (await system.get("/api/v1/ledger/accounts/income:sales"))["balances"]
    return sum(balance["posted"] for balance in balances)


async def persist(system: System, path: str, key: str, **body: Any) -> dict[str, Any]:
    """Asks with one key until it is done, as a client should."""
    async with asyncio.timeout(90):
        while True:
            try:
                answer = await system.post(path, body, Idempotency_Key=key)
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.3)
                continue
            if answer.status == 201:
                return answer.body
            assert answer.status in (202, 503, 504), answer.body
            await asyncio.sleep(0.3)
