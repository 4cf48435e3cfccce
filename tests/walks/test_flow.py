"""Somebody looks at the walk while the ledger is killed: its station goes dark, payments pile up, and none is lost."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Callable

import pytest
from pydantic_core import from_json

from messages.wire import Json
from tests.walks.system import System, short_directory, up

PAYMENT = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}


@pytest.fixture(scope="module")
async def system() -> AsyncIterator[System]:
    """One of its own: an actor of it is killed."""
    with short_directory() as data_dir:
        async with up(data_dir) as running:
            yield running


async def frames(system: System) -> AsyncGenerator[Json, None]:
    """Of the flow, for as long as one likes."""
    async with system.http.get("/api/v1/flow") as answer:
        assert answer.status == 200
        async for line in answer.content:
            if line.startswith(b"data: "):
                yield from_json(line.removeprefix(b"data: "))


async def until(flow: AsyncIterator[Json], true: Callable[[Json], bool], seconds: float) -> Json:
    """The first frame of which it is true."""
    frame: Json = {}
    try:
        async with asyncio.timeout(seconds):
            async for frame in flow:
                if true(frame):
                    return frame
    except TimeoutError:
        pytest.fail(f"it did not come to that: {frame}")
    pytest.fail("the stream ended")


async def pay(system: System, count: int) -> None:
    answers = await asyncio.gather(*(system.post("/api/v1/payments", PAYMENT) for _ in range(count)))
    assert {answer.status for answer in answers} == {201}


async def test_the_walk_tells_of_a_killed_ledger_and_that_nothing_is_lost(system: System) -> None:
    async with contextlib.aclosing(frames(system)) as flow:
        await kill_the_ledger(system, flow)


async def kill_the_ledger(system: System, flow: AsyncIterator[Json]) -> None:
    # Given somebody who looks, and a few payments that walk through
    await until(flow, lambda frame: frame["stations"].get("ledger", {}).get("up", False), 20)
    await pay(system, 5)
    frame = await until(flow, lambda frame: frame["counters"]["finished"] == 5, 20)
    assert frame["counters"] == {"accepted": 5, "finished": 5, "on_their_way": 0, "lost": 0}
    assert frame["ledger"]["debits"] == frame["ledger"]["credits"]
    assert frame["ledger"]["debits"]["USD"] >= 5_000
    # When the ledger is killed and payments go on
    os.kill(system.running.pids["ledger"], signal.SIGKILL)
    await pay(system, 40)
    # Then its station is dark, and what it has not heard waits before it
    dark = await until(flow, lambda frame: not frame["stations"]["ledger"]["up"], 10)
    assert dark["counters"]["finished"] < 45
    await until(flow, lambda frame: frame["stations"]["ledger"]["waiting"] > 0, 10)
    # And when it is back, all are in the books and none is lost
    frame = await until(flow, lambda frame: frame["counters"]["finished"] == 45, 30)
    assert frame["counters"] == {"accepted": 45, "finished": 45, "on_their_way": 0, "lost": 0}
    frame = await until(flow, lambda frame: frame["stations"]["ledger"]["waiting"] == 0, 10)
    assert frame["stations"]["ledger"]["up"]
    assert frame["stations"]["ledger"]["decide_ms_p50"] is not None
