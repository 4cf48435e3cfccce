"""The process that takes payments is killed while it takes them, and no payment is lost or taken twice."""

import os
import signal

import pytest

from tests.walks.load import PAYMENTS, under_load
from tests.walks.system import System
from tests.walks.whole import must_be_whole


@pytest.mark.timeout(180)
async def test_payments_killed_under_load_loses_and_doubles_nothing(system: System) -> None:
    # Given 2,000 payments being made, 64 at a time
    killed = system.running.pids["payments"]
    async with under_load(system, "killed") as load:
        # When the actor dies in the middle of them
        await load.until(PAYMENTS // 4)
        os.kill(killed, signal.SIGKILL)
    # Then it is back by itself, and every payment is there once, whoever looks
    await must_be_whole(system, load)
    assert system.running.pids["payments"] != killed
