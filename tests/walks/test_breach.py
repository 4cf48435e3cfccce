"""The books are changed behind everybody's back: operators are told which invariant is broken, until it is mended."""

import asyncio
import json
import os
import signal
import time
from pathlib import Path

import pytest

from messages.wire import Json
from pocketpay.monitor import AGAIN_AFTER_BREACH_SECONDS
from tests.walks.system import System, up
from tests.walks.tampering import behind_our_back

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

BROKEN = {"I1", "I2", "I11"}


async def until(system: System, verdict: str, within_seconds: float) -> Json:
    """What is told of the money, once it is so."""
    began, told = time.monotonic(), {}
    while time.monotonic() - began < within_seconds:
        async with system.http.get("/health/money") as answer:
            told = await answer.json()
        if told["status"] == verdict:
            return told
        await asyncio.sleep(0.2)
    raise AssertionError(told)


async def test_a_breach_is_told_by_name_until_it_is_mended(data_dir: Path) -> None:
    async with up(data_dir) as system:
        # Given a sale, and an entry of it that somebody has changed
        order = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}
        paid = await system.post("/api/v1/payments", order)
        assert await system.balance("income:sales", paid.position) == 1000
        assert (await system.command("status"))[0] == 0
        await behind_our_back(system, "update ledger.entry set amount = amount + 1 where path = 'income:sales'")
        # When all of it is looked at, as a monitor does that begins
        os.kill(system.running.pids["monitor"], signal.SIGKILL)
        async with asyncio.timeout(40):
            # The rounds see the row first, the full pass which sums it breaks.
            while {one["id"] for one in (await until(system, "breach", 40))["invariants"] if one["figure"]} != BROKEN:
                await asyncio.sleep(0.2)
        # Then it is said which invariants do not hold, in words too, and by the exit code
        code, said = await system.command("status")
        assert code == 1
        assert said.startswith("money          I1 is breached 1 times (every transaction balances")
        assert "money" in json.loads((await system.command("status", "--json"))[1])["services"]
        # And when it is mended, all is well by itself
        await behind_our_back(system, "update ledger.entry set amount = amount - 1 where path = 'income:sales'")
        await until(system, "ok", within_seconds=AGAIN_AFTER_BREACH_SECONDS + 30)
        assert (await system.command("status"))[0] == 0
