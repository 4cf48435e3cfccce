"""One running system for all walks of a worker."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.walks.browsing import Browser, opened
from tests.walks.system import System, short_directory, up


@pytest.fixture(scope="session")
async def system() -> AsyncIterator[System]:
    """Started before the first walk, asked to stop after the last.

    The provider is not asked for what it booked: fees of one walk would come into the books of another.
    """
    with short_directory() as data_dir:
        async with up(data_dir, SWEEP_SECONDS="3600") as running:
            yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser of its own for each walk."""
    async with opened() as seen:
        yield seen


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """For walks that start and stop a system of their own."""
    with short_directory() as directory:
        yield directory
