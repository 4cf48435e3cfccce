"""A wallet is spent by many at once while both actors are killed: every order is done once, or is told no."""

import asyncio
import os
import signal
from collections import Counter

import aiohttp
import pytest

from actors.payments.simulated_journal import journal
from messages.wire import Json
from pocketpay.settings import Settings, simulated_file
from tests.walks.system import System
from tests.walks.test_wallet_money import top_up
from tests.walks.whole import becomes, must_verify, until_all_ready

CUSTOMER, FILLED, ORDERS, AT_ONCE = "killed-wallet", 30_000, 300, 32
PATIENCE_SECONDS = 90

Told = dict[int, tuple[int, Json]]


def _order(number: int) -> tuple[str, Json]:
    """Every third is a withdrawal. Together they ask for half as much again as there is."""
    amount = {"amount": number + 1, "currency": "USD"}
    if number % 3 == 0:
        return f"/api/v1/wallets/{CUSTOMER}/withdrawals", amount
    return "/api/v1/payments", {**amount, "customer_id": CUSTOMER, "payment_method": "wallet"}


async def _ask(http: aiohttp.ClientSession, number: int) -> tuple[int, Json]:
    """Until the answer is definite, with the same key."""
    path, order = _order(number)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                async with http.post(path, json=order, headers={"Idempotency-Key": f"kw-{number}"}) as response:
                    body = await response.json(content_type=None)
                if response.status < 500 and response.status != 202:
                    return response.status, body
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.2)


async def _until(told: Told, count: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(told) < count:
            await asyncio.sleep(0.01)


@pytest.mark.timeout(240)
async def test_a_wallet_spent_under_kills_is_spent_exactly_once(system: System) -> None:
    # Given
    await top_up(system, CUSTOMER, FILLED)
    told: Told = {}
    numbers = iter(range(ORDERS))

    async def client() -> None:
        for number in numbers:
            told[number] = await _ask(system.http, number)

    # When both actors die in the middle
    async with asyncio.TaskGroup() as clients:
        for _ in range(AT_ONCE):
            clients.create_task(client())
        for name, after in (("payments", ORDERS // 5), ("ledger", ORDERS // 2), ("payments", ORDERS * 2 // 3)):
            await _until(told, after)
            os.kill(system.running.pids[name], signal.SIGKILL)
    await until_all_ready(system)
    # Then what was told yes is what has left the wallet
    yes = {number: body for number, (status, body) in told.items() if status == 201}
    no = {number: body for number, (status, body) in told.items() if status != 201}
    assert {(told[number][0], body["code"]) for number, body in no.items()} == {(402, "insufficient_funds")}
    left = FILLED - sum(number + 1 for number in yes)
    wallet: Json = {"posted": left, "held": 0, "available": left}
    assert left >= 0

    async def balance() -> Json:
        found = (await system.get(f"/api/v1/wallets/{CUSTOMER}"))["balances"][0]
        return {name: found[name] for name in wallet}

    await becomes(balance, wallet)
    # And each is there once, at the provider too
    await _must_be_there_once(system, list(yes.values()))
    await must_verify(system)


async def _must_be_there_once(system: System, told: list[Json]) -> None:
    async with system.books() as books:
        made = await books.fetch("select id from payments.payout where customer_id = $1 and version > 0", CUSTOMER)
        paid = await books.fetch(
            "select id from payments.payment where customer_id = $1 and status = 'succeeded' and provider = 'wallet'",
            CUSTOMER,
        )
    payouts, payments = ([body["id"] for body in told if body["object"] == kind] for kind in ("payout", "payment"))
    assert sorted(row["id"] for row in made) == sorted(payouts)
    assert sorted(row["id"] for row in paid) == sorted(payments)
    lines = journal(simulated_file(Settings(data_dir=system.data_dir)))
    sent = Counter(line["payment"] for line in lines if line["kind"] == "payout_sent" and line["payment"] in payouts)
    assert sent == dict.fromkeys(payouts, 1)
