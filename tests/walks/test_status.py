"""The monitor's story: a process freezes, everybody is told which, and all is well again by itself."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from messages.wire import Json
from tests.walks.system import System, up


@pytest.fixture
async def own(data_dir: Path) -> AsyncIterator[System]:
    """A system of one's own: others must not meet the frozen ledger."""
    async with up(data_dir) as running:
        yield running


async def _status(system: System) -> tuple[int, Json]:
    async with system.http.get("/status") as answer:
        return answer.status, await answer.json()


async def _becomes(system: System, wanted: str, within_seconds: float) -> Json:
    began = time.monotonic()
    while (seen := (await _status(system))[1])["status"] != wanted:
        assert time.monotonic() - began < within_seconds, seen
        await asyncio.sleep(0.1)
    return seen


async def _names(system: System, service: str, within_seconds: float) -> Json:
    """That this one isn't ready."""
    began = time.monotonic()
    while (seen := (await _status(system))[1])["services"][service]["status"] == "ready":
        assert time.monotonic() - began < within_seconds, seen
        await asyncio.sleep(0.1)
    return seen


async def test_a_frozen_ledger_is_named_and_all_is_well_once_it_wakes(own: System) -> None:
    # Given a system that is well
    await _becomes(own, "ok", within_seconds=10)

    # When the ledger freezes
    os.kill(own.running.pids["ledger"], signal.SIGSTOP)
    try:
        seen = await _names(own, "ledger", within_seconds=6)
        code, _ = await _status(own)
        async with own.http.get("/readyz") as readiness:
            ready = (readiness.status, await readiness.json())
        told, words = await own.command("status")
    finally:
        os.kill(own.running.pids["ledger"], signal.SIGCONT)

    # Then everybody is told which one it is, and that the whole is not down
    assert code == 200
    assert seen["status"] == "degraded"
    assert ready[0] in (200, 503)
    assert list(ready[1]["checks"]) == ["db", "bus", "provider"]
    assert told == 1
    assert words.startswith("ledger")

    # And when it wakes, all is well again with nothing done by hand
    await _becomes(own, "ok", within_seconds=15)
    paid = await own.post("/api/v1/payments", {"amount": 1000, "currency": "USD", "customer_id": "abc123"})
    assert await own.balance("income:sales", paid.position) == 1000


async def test_the_money_is_looked_at_while_it_moves(system: System) -> None:
    # Given a payment
    await system.post("/api/v1/payments", {"amount": 1000, "currency": "USD", "customer_id": "abc123"})

    # When somebody asks after the money
    began = time.monotonic()
    while (money := await system.get("/health/money"))["status"] == "unknown":
        assert time.monotonic() - began < 20, money
        await asyncio.sleep(0.2)

    # Then every invariant is there, is zero, and says how old that is
    assert {each["id"] for each in money["invariants"]} == {
        "I1",
        "I2",
        "I3",
        "I4",
        "I5",
        "I6",
        "I7",
        *("I8", "I11", "I12", "I13", "R1", "U1"),
    }
    assert all(each["figure"] == 0 for each in money["invariants"])
    assert {each["id"] for each in money["invariants"] if each["age_seconds"] < 60} >= {"I1", "I2", "I3", "I7"}
    assert money["stuck"] == {"count": 0, "amounts": [], "oldest_age_seconds": None, "items": []}


async def test_without_the_monitor_the_gateway_says_so(data_dir: Path) -> None:
    # Given a system whose monitor is away
    async with up(data_dir) as alone:
        os.kill(alone.running.pids["monitor"], signal.SIGSTOP)
        try:
            # When somebody asks
            code, seen = await _status(alone)
            async with alone.http.get("/health/money") as answer:
                problem = await answer.json()

            # Then nothing is made up, and payments go on
            assert (code, seen["status"], seen["services"]["monitor"]["status"]) == (200, "degraded", "down")
            assert (answer.status, problem["code"]) == (503, "unavailable")
            paid = await alone.post("/api/v1/payments", {"amount": 1000, "currency": "USD", "customer_id": "abc123"})
            assert paid.status == 201
        finally:
            os.kill(alone.running.pids["monitor"], signal.SIGCONT)
