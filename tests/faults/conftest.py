"""A system per file of faults: what one fault leaves behind, the next must live with."""

import os
import random
import time
from collections.abc import AsyncIterator

import pytest

from tests.walks.system import System, short_directory, up


@pytest.fixture(scope="module")
async def system() -> AsyncIterator[System]:
    """Started before the first fault, asked to stop after the last."""
    with short_directory() as data_dir:
        async with up(data_dir) as running:
            yield running


@pytest.fixture
def draw() -> random.Random:
    """Chance, with its seed told when the test fails. POCKETPAY_TEST_SEED repeats one."""
    seed = int(os.environ.get("POCKETPAY_TEST_SEED", time.time_ns() % 1_000_000))
    print("POCKETPAY_TEST_SEED =", seed)  # noqa: T201 - pytest shows it with a failure
    return random.Random(seed)
