"""The stage with one running process of the tally actor."""

from collections.abc import AsyncIterator, Callable

import pytest

from actors.runtime import partition, pipeline
from actors.runtime.process import Servers
from tests.runtime.road import Road
from tests.runtime.stage import Stage, stage
from tests.runtime.tally import TABLE, Outside, tally_actor


@pytest.fixture
def outside() -> Outside:
    """The world that the actor calls."""
    return Outside()


@pytest.fixture
async def empty_stage(database: str, database_as: Callable[[str], str], nats_server: str) -> AsyncIterator[Stage]:
    """No process runs yet."""
    servers = Servers(nats_server, database_as("pocketpay_payments"), "127.0.0.1", 0)
    async with stage(database, servers, nats_server, TABLE) as play:
        yield play


@pytest.fixture
async def play(empty_stage: Stage, outside: Outside) -> Stage:
    """One process runs."""
    await empty_stage.start(tally_actor(outside))
    return empty_stage


@pytest.fixture
def road(monkeypatch: pytest.MonkeyPatch) -> Road:
    """Turns of two messages at most, each decided as soon as there is one."""
    monkeypatch.setattr(partition, "BATCH_MAX", 2)
    monkeypatch.setattr(partition, "AHEAD_MIN", 1)
    road = Road()
    monkeypatch.setattr(pipeline, "commit", road.commit)
    return road
