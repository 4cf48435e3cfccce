"""A reader who is cut off again and again misses nothing and is told nothing twice."""

import asyncio
import random
import time
from collections.abc import Callable

import pytest

from tests.walks.frames import Frame, stream
from tests.walks.system import System

CUTS = 50
PAYMENTS = 400


async def make_payments(system: System, count: int) -> None:
    """Eight at a time."""

    async def some() -> None:
        for _ in range(count // 8):
            body = {"amount": 100, "currency": "USD", "customer_id": "readers"}
            assert (await system.post("/api/v1/payments", body)).status == 201

    await asyncio.gather(*(some() for _ in range(8)))


async def read_with_cuts(
    system: System, path: str, start: str, seed: int, under_load: Callable[[], bool]
) -> list[Frame]:
    """Every connection ends after some frames, at a random point; the next resumes with the last id it has."""
    draw, found, last = random.Random(seed), list[Frame](), start
    for _ in range(CUTS):
        wanted = draw.randint(0, 20)
        async with stream(system.http, path, last) as told:
            while wanted > 0:
                try:
                    frame = await asyncio.wait_for(anext(told), 1)
                except TimeoutError:
                    assert not under_load(), "nothing is told although payments are made"
                    break
                found.append(frame)
                last, wanted = str(frame.id), wanted - 1
    return found + await read_the_rest(system, path, last)


async def read_the_rest(system: System, path: str, last: str) -> list[Frame]:
    """Until it is quiet."""
    found: list[Frame] = []
    async with stream(system.http, path, last) as told:
        while True:
            try:
                found.append(await asyncio.wait_for(anext(told), 1))
            except TimeoutError:
                return found


@pytest.mark.parametrize("kind", ["", "payment.*"])
async def test_a_reader_cut_50_times_under_load_has_the_whole_story_once(system: System, kind: str) -> None:
    seed = time.time_ns() % 100_000
    print("seed", seed)  # noqa: T201 - shown when the walk fails
    body = {"amount": 100, "currency": "USD", "customer_id": "readers"}
    start = (await system.post("/api/v1/payments", body)).position
    # Given many payments being made
    load = asyncio.create_task(make_payments(system, PAYMENTS))
    # When a reader's connection is cut at random points, again and again
    path = f"/api/v1/events/stream?type={kind}" if kind else "/api/v1/events/stream"
    found = await read_with_cuts(system, path, start, seed, lambda: not load.done())
    await load
    found += await read_the_rest(system, path, str(found[-1].id))
    # Then what it has is the stream, event by event
    told = await system.log(start, **({"type": kind} if kind else {}))
    assert [frame.data for frame in found] == told
    assert len({event["id"] for event in told}) == len(told) >= 2 * PAYMENTS
    assert [frame.id for frame in found] == sorted({str(frame.id) for frame in found}, key=sequence)


async def test_the_beginning_of_a_payment_is_told_to_who_comes_late_and_then_what_follows(system: System) -> None:
    # Given a payment that waits for its customer
    body = {"amount": 1000, "currency": "USD", "customer_id": "readers", "capture_method": "manual"}
    authorised = await system.post("/api/v1/payments", body)
    told: list[str] = []
    async with asyncio.timeout(10), stream(system.http, f"{authorised.headers['Location']}/events") as frames:
        # When somebody reads its events, and it is captured meanwhile
        async for frame in frames:
            told.append(frame.event)
            if frame.event == "payment.authorized":
                assert (await system.post(f"{authorised.headers['Location']}/capture")).status == 200
            if frame.event == "ledger.transaction.posted":
                break
    # Then they have its history and what happened since, once
    assert told == [
        "payment.created",
        "payment.authorized",
        "payment.processing_started",
        "payment.succeeded",
        "ledger.transaction.posted",
    ]


async def test_a_place_of_another_numbering_is_said_to_be_lost(system: System) -> None:
    async with stream(system.http, "/api/v1/events/stream", "9-1") as told:
        frame = await asyncio.wait_for(anext(told), 5)
    assert (frame.event, frame.data) == ("reset", {"code": "cursor_ahead"})


def sequence(event_id: str) -> int:
    return int(event_id.partition("-")[2])
