"""A process dies at the very points between which something could be lost or doubled; another takes over."""

import asyncio
import random
import signal

import pytest

from tests.faults.takeover import hand_over
from tests.walks.load import under_load
from tests.walks.processes import another
from tests.walks.system import System
from tests.walks.telling import must_be_told, stream_end
from tests.walks.whole import must_be_whole

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

PASSES = {
    "mid_batch": (10, 40),  # per turn
    "after_commit": (10, 40),  # per turn
    "mid_publish": (1, 1500),  # per message
    "after_publish": (10, 40),  # per turn
    "after_provider": (1, 1500),  # per call
}
"""At each point the range from which the pass is drawn that ends the process."""


POINTS = [(actor, point) for actor in ("payments", "ledger") for point in PASSES]
POINTS.remove(("ledger", "after_provider"))  # it calls nobody


@pytest.mark.parametrize(("actor", "point"), POINTS)
async def test_a_crash_at_a_named_point_loses_and_doubles_nothing(
    system: System, draw: random.Random, actor: str, point: str
) -> None:
    began = await stream_end(system)
    crash_at = f"{point}:{draw.randint(*PASSES[point])}"
    # Given a process that will die at that point, and that has taken over
    async with another(system, actor, POCKETPAY_CRASH_AT=crash_at) as (doomed, _):
        await hand_over(system, actor, doomed.pid)
        # When it dies under load
        async with under_load(system, f"{actor}-{point}") as load:
            await asyncio.wait_for(doomed.wait(), 60)
            answered = len(load.told)
    assert doomed.returncode == -signal.SIGKILL
    assert answered < load.count, f"{crash_at} came after the load"
    # Then the launcher's own process has gone on, and everything is there once
    await must_be_whole(system, load)
    await must_be_told(system, began)
