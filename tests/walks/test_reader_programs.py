"""The readers of docs/readers, cut off and killed again and again, have the whole story in order."""

import asyncio
import contextlib
import shutil
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from messages.ids import new_id
from tests.walks.relay import Relay, relayed
from tests.walks.system import ROOT, System

READERS = ROOT / "docs" / "readers"
NO_NODE = "NOT TESTED: no Node.js here, so nobody ran docs/readers/read_events.mjs; install node and run again"
PYTHON = [sys.executable, str(READERS / "read_events.py")]
NODE = ["node", str(READERS / "read_events.mjs")]
PAYMENTS = 12
"""Before each interruption."""

EVENTS_OF_A_PAYMENT = 3
CUTS = 4
COMES = 4
PROGRAMS = pytest.mark.parametrize(
    "program",
    [
        pytest.param(PYTHON, id="python"),
        pytest.param(NODE, id="node", marks=pytest.mark.skipif(shutil.which("node") is None, reason=NO_NODE)),
    ],
)


@contextlib.asynccontextmanager
async def running(program: Sequence[str], url: str, place: Path, printed: list[str]) -> AsyncIterator[Process]:
    """The reader, killed in the end; whole lines that it prints are added."""
    process = await asyncio.create_subprocess_exec(*program, url, str(place), stdout=PIPE, stderr=DEVNULL)
    output = process.stdout
    assert output is not None

    async def take() -> None:
        while (line := await output.readline()).endswith(b"\n"):
            printed.append(line.decode().rstrip("\n"))

    taking = asyncio.create_task(take())
    try:
        yield process
    finally:
        process.kill()
        await asyncio.wait_for(process.wait(), 10)
        await asyncio.wait_for(taking, 10)


async def pay(system: System, customer: str) -> None:
    for _ in range(PAYMENTS):
        body = {"amount": 100, "currency": "USD", "customer_id": customer}
        assert (await system.post("/api/v1/payments", body)).status == 201


async def until_as_many(printed: list[str], wanted: int) -> None:
    async with asyncio.timeout(20):
        while len(set(printed)) < wanted:
            await asyncio.sleep(0.05)


async def story_of(system: System, customer: str, payments: int) -> list[str]:
    """The log as the readers print it, once the books have followed, and the customer is known."""
    async with asyncio.timeout(20):
        while len(log := await system.log(customer_id=customer)) < EVENTS_OF_A_PAYMENT * payments + 1:
            await asyncio.sleep(0.05)
    return [f"{event['id']} {event['type']} {event['subject']}" for event in log]


async def interrupted(system: System, relay: Relay, customer: str) -> None:
    """Payments go on while the network does not."""
    paying = asyncio.create_task(pay(system, customer))
    while not paying.done() or relay.cuts < CUTS:
        relay.cut()
        await asyncio.sleep(0.4)
    await paying


@pytest.mark.timeout(120)
@PROGRAMS
async def test_a_reader_that_is_cut_and_killed_has_the_whole_story(
    system: System, tmp_path: Path, program: Sequence[str]
) -> None:
    customer, place, printed = new_id("cus"), tmp_path / "place.txt", list[str]()
    async with relayed(system.running.ports["gateway"]) as relay:
        url = f"http://127.0.0.1:{relay.port}/api/v1/events/stream?customer_id={customer}"
        # Given a reader whose connections are cut while payments are made
        async with running(program, url, place, printed):
            await pay(system, customer)
            await until_as_many(printed, PAYMENTS)
            await interrupted(system, relay, customer)
            await until_as_many(printed, len(await story_of(system, customer, 2 * PAYMENTS)))
        # When it is killed as well, misses a part, and is started again
        await pay(system, customer)
        story = await story_of(system, customer, 3 * PAYMENTS)
        async with running(program, url, place, printed):
            await until_as_many(printed, len(story))
    # Then it has printed all there is, in order, and no more than one event again where it was killed
    assert relay.cuts >= CUTS
    assert list(dict.fromkeys(printed)) == story
    assert len(story) <= len(printed) <= len(story) + 1


@PROGRAMS
async def test_a_reader_comes_again_when_the_stream_says_so_also_after_half_a_letter(
    tmp_path: Path, program: Sequence[str]
) -> None:
    times = list[float]()

    async def answer(asked: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        times.append(time.monotonic())
        await asked.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nretry: 50\nid: 1-7\n\nid: 1-8\ndata: \xc3")
        writer.close()

    # Given a stream that breaks off in the middle of an event, and says how long to wait
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        url, place = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", tmp_path / "place.txt"
        printed = list[str]()
        # When it is read, then the reader comes again so soon, from the last whole frame
        async with running(program, url, place, printed), asyncio.timeout(20):
            while len(times) < COMES:
                await asyncio.sleep(0.01)
    assert min(b - a for a, b in pairwise(times)) < 0.5
    assert (place.read_text(), printed) == ("1-7", [])


@pytest.mark.parametrize("program", [pytest.param(PYTHON, id="python")])
async def test_a_reader_that_may_not_read_ends_and_says_why(
    system: System, tmp_path: Path, program: Sequence[str]
) -> None:
    url = f"http://127.0.0.1:{system.running.ports['gateway']}/api/v1/events/stream?nonsense=1"
    process = await asyncio.create_subprocess_exec(*program, url, str(tmp_path / "place.txt"), stderr=PIPE)
    _, said = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, b"invalid_parameter" in said) == (1, True)
