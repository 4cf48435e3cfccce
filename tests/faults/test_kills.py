"""kill -9, of one or of all, while payments are made."""

import asyncio
import contextlib
import os
import random
import signal
from pathlib import Path

import asyncpg
import pytest

from pocketpay.running import database_url
from tests.walks.load import PAYMENTS, under_load
from tests.walks.system import System
from tests.walks.whole import must_be_whole

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


def kill(*pids: int) -> None:
    """All of them at once."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("name", ["payments", "ledger", "gateway", "nats", "postgres"])
async def test_a_killed_process_comes_back_and_nothing_is_lost_or_doubled(
    system: System, draw: random.Random, name: str
) -> None:
    before = system.running.pids
    async with under_load(system, f"kill-{name}") as load:
        await load.until(draw.randint(1, PAYMENTS * 3 // 4))
        kill(before[name])
    await must_be_whole(system, load)
    after = system.running.pids
    assert {each for each in before if before[each] != after[each]} == {name}


async def test_all_processes_killed_at_once_come_back(system: System, draw: random.Random) -> None:
    before = system.running.pids
    async with under_load(system, "kill-all") as load:
        await load.until(draw.randint(1, PAYMENTS * 3 // 4))
        kill(*before.values())
    await must_be_whole(system, load)
    assert not set(before.values()) & set(system.running.pids.values())


@pytest.mark.parametrize("role", ["pocketpay_payments", "pocketpay_ledger"])
async def test_a_backend_of_postgres_that_is_killed_takes_all_connections_along(
    system: System, draw: random.Random, role: str
) -> None:
    """The postmaster then ends every other backend and reads its log again: it cannot trust shared memory."""
    async with under_load(system, f"backend-{role}") as load:
        await load.until(draw.randint(1, PAYMENTS * 3 // 4))
        kill(await a_backend(system, role))
    await must_be_whole(system, load)


async def test_connections_that_are_ended_again_and_again_cost_a_retry(system: System, draw: random.Random) -> None:
    async with under_load(system, "ended") as load:
        superuser = await asyncpg.connect(database_url(system.data_dir, system.running), timeout=10)
        while len(load.told) < load.count * 3 // 4:
            await superuser.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = any($1)",
                ["pocketpay_payments", "pocketpay_ledger"],
            )
            await asyncio.sleep(draw.uniform(0.1, 0.5))
        await superuser.close(timeout=10)
    await must_be_whole(system, load)


async def test_actors_killed_again_and_again_get_through(system: System, draw: random.Random) -> None:
    async with under_load(system, "again") as load:
        for quarter in range(3):
            await load.until(load.count * (quarter + 1) // 5)
            with contextlib.suppress(ProcessLookupError):  # it may be dead still from the last time
                kill(system.running.pids[draw.choice(["payments", "ledger"])])
            await asyncio.sleep(draw.uniform(0, 1))
    await must_be_whole(system, load)


async def a_backend(system: System, role: str) -> int:
    """The process behind one connection of the role."""
    connection = await asyncpg.connect(database_url(system.data_dir, system.running), timeout=10)
    try:
        pid = await connection.fetchval(
            "select pid from pg_stat_activity where usename = $1 order by state_change desc limit 1", role
        )
    finally:
        await connection.close(timeout=10)
    assert Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    return pid
