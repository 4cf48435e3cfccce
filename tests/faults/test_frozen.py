"""A process sleeps past its lease, another takes over, and the sleeper wakes into a world that went on."""

import asyncio
import os
import signal
import time

import pytest

from actors.runtime.partition import LEASE_SECONDS
from tests.faults.takeover import hand_over, holder, until_held_by
from tests.walks.load import PAYMENTS, under_load
from tests.walks.processes import another
from tests.walks.system import System
from tests.walks.telling import must_be_told, stream_end
from tests.walks.whole import must_be_whole

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.mark.parametrize("actor", ["payments", "ledger"])
async def test_a_process_that_slept_past_its_lease_writes_nothing_when_it_wakes(system: System, actor: str) -> None:
    began = await stream_end(system)
    sleeper = system.running.pids[actor]
    # Given a process that holds the partition, and one that stands by
    await until_held_by(system, actor, sleeper)
    async with another(system, actor) as (successor, _):
        async with under_load(system, f"frozen-{actor}") as load:
            await load.until(PAYMENTS // 4)
            # When the first freezes in the middle of its work, past its lease
            os.kill(sleeper, signal.SIGSTOP)
            try:
                await until_held_by(system, actor, successor.pid)
                taken = await holder(system, actor)
                await load.until(PAYMENTS // 2)
            finally:
                os.kill(sleeper, signal.SIGCONT)
            await asyncio.sleep(LEASE_SECONDS)
        # Then the other has gone on, and the sleeper has not taken the partition back: its epoch is over,
        # and no write happens without the epoch
        assert await holder(system, actor) == taken
        await must_be_whole(system, load)
        await must_be_told(system, began)
        assert await holder(system, actor) == taken
    assert system.running.pids[actor] == sleeper


async def test_a_process_that_is_asked_to_stop_hands_over_before_its_lease_is_over(system: System) -> None:
    """So that a rolling restart keeps nobody waiting."""
    began = await stream_end(system)
    async with another(system, "payments") as (successor, _):
        async with under_load(system, "rolling") as load:
            await load.until(PAYMENTS // 4)
            asked_at = time.monotonic()
            await hand_over(system, "payments", successor.pid)
            took_seconds = time.monotonic() - asked_at
        await must_be_whole(system, load)
        await must_be_told(system, began)
    assert took_seconds < LEASE_SECONDS


async def test_a_frozen_gateway_keeps_only_its_own_clients_waiting(system: System) -> None:
    sleeper = system.running.pids["gateway"]
    async with under_load(system, "frozen-gateway") as load:
        await load.until(PAYMENTS // 4)
        os.kill(sleeper, signal.SIGSTOP)
        await asyncio.sleep(LEASE_SECONDS)
        os.kill(sleeper, signal.SIGCONT)
    await must_be_whole(system, load)


async def test_a_frozen_nats_server_costs_time_and_nothing_else(system: System) -> None:
    began, sleeper = await stream_end(system), system.running.pids["nats"]
    async with under_load(system, "frozen-nats") as load:
        await load.until(PAYMENTS // 4)
        os.kill(sleeper, signal.SIGSTOP)
        await asyncio.sleep(2 * LEASE_SECONDS)
        os.kill(sleeper, signal.SIGCONT)
    await must_be_whole(system, load)
    await must_be_told(system, began)
