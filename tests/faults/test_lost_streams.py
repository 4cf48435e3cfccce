"""JetStream's store is lost, or an older copy of it is put back, and the streams are made again by themselves."""

import asyncio
import contextlib
import os
import random
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from pocketpay.embedded.orphan import command_line
from tests.walks.frames import Frame, stream
from tests.walks.load import Load, under_load
from tests.walks.system import System, short_directory, up
from tests.walks.whole import becomes, must_be_whole

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

PAYMENTS = 600
EVENTS_PATH = "/api/v1/events/stream"

_NUMBERED = """
select j.id, p.stream_seq from payments.journal j join payments.published p
    on p.partition = j.partition and p.journal_seq = j.seq where j.stream = 'EVENTS'
union all
select j.id, p.stream_seq from ledger.journal j join ledger.published p
    on p.partition = j.partition and p.journal_seq = j.seq where j.stream = 'EVENTS'"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A system of its own for each story."""
    with short_directory() as directory:
        yield directory


async def told_from(system: System, place: str) -> list[Frame]:
    """All frames from a place on, until it is quiet."""
    found: list[Frame] = []
    async with stream(system.http, EVENTS_PATH, place) as frames:
        while True:
            try:
                found.append(await asyncio.wait_for(anext(frames), 2))
            except TimeoutError:
                return found


async def must_hold_the_journals(system: System, *loads: Load) -> list[Frame]:
    """Nothing is lost or doubled, in the tables and for who reads all from the beginning."""
    for load in loads:
        await must_be_whole(system, load)
    told = await told_from(system, "0")
    async with system.books() as books:
        noted = sorted((row["stream_seq"], row["id"]) for row in await books.fetch(_NUMBERED))
    assert [(int(str(frame.id).partition("-")[2]), frame.data["id"]) for frame in told] == noted
    return told


@contextlib.asynccontextmanager
async def interrupted_load(system: System, name: str) -> AsyncIterator[Load]:
    """Inside, payments are being made; their clients are sent away at the end, and may not have their answers."""
    load = Load(name, PAYMENTS)
    making = asyncio.create_task(_made(system, load))
    try:
        yield load
    finally:
        making.cancel()
        with contextlib.suppress(asyncio.CancelledError, ExceptionGroup):
            await making


async def _made(system: System, load: Load) -> None:
    async with under_load(system, load.name, load.count) as made:
        load.told = made.told


async def finished(system: System, load: Load) -> Load:
    """The same orders with the same keys once more: what clients do who were never answered."""
    async with under_load(system, load.name, load.count) as again:
        pass
    for key, answer in load.told.items():
        assert again.told[key][0] == answer[0], "an answer that was given has changed"
        assert again.told[key][1].get("id") == answer[1].get("id")
    return again


def store_of(data_dir: Path) -> Path:
    return data_dir / "nats" / "jetstream"


def put_back(copy: Path, data_dir: Path) -> None:
    shutil.rmtree(store_of(data_dir))
    shutil.copytree(copy, store_of(data_dir))


async def test_a_deleted_store_is_made_again_number_by_number(data_dir: Path) -> None:
    # Given payments that were made, a reader who has heard of all
    async with up(data_dir) as system:
        async with under_load(system, "before", PAYMENTS) as load:
            pass
        before = await must_hold_the_journals(system, load)
    # When the store is deleted and all is started again
    shutil.rmtree(store_of(data_dir))
    async with up(data_dir) as system:
        # Then every event has its number and its bytes, from wherever one asks
        assert await told_from(system, "0") == before
        for place in (1, len(before) // 2, len(before) - 1):
            assert await told_from(system, str(before[place].id)) == before[place + 1 :]
        # And new payments go on behind
        async with under_load(system, "after", PAYMENTS) as more:
            pass
        told = await must_hold_the_journals(system, load, more)
        assert told[: len(before)] == before


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_a_store_deleted_after_a_stop_under_load_costs_nothing_that_was_acknowledged(
    data_dir: Path, draw: random.Random, how: signal.Signals
) -> None:
    # Given a launcher that is stopped or killed in the middle of payments, and a reader
    async with up(data_dir) as system, interrupted_load(system, "cut") as load:
        await load.until(draw.randint(50, PAYMENTS // 2))
        before = await told_from_now_and_then(system)
        os.kill(system.launcher.pid, how)
        await system.launcher.wait()
    # When the store is gone
    await until_ended(data_dir)
    shutil.rmtree(store_of(data_dir))
    # Then all is there once, and the reader goes on with the same numbers or is told that it cannot
    async with up(data_dir) as system:
        after = await told_from(system, str(before[len(before) // 2].id))
        whole = await finished(system, load)
        told = await must_hold_the_journals(system, whole)
        must_continue(before, after, told)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_an_older_copy_of_the_store_is_brought_up_to_date(
    data_dir: Path, draw: random.Random, how: signal.Signals
) -> None:
    # Given a copy of the store, taken between two starts, and payments after it
    async with up(data_dir) as system:
        async with under_load(system, "copied", PAYMENTS) as first:
            pass
        await must_be_whole(system, first)
    copy = data_dir / "copy"
    shutil.copytree(store_of(data_dir), copy)
    async with up(data_dir) as system, interrupted_load(system, "later") as load:
        await load.until(draw.randint(50, PAYMENTS // 2))
        before = await told_from_now_and_then(system)
        os.kill(system.launcher.pid, how)
        await system.launcher.wait()
    # When the copy is put back
    await until_ended(data_dir)
    put_back(copy, data_dir)
    # Then all is there once, and the reader goes on with the same numbers or is told that it cannot
    async with up(data_dir) as system:
        after = await told_from(system, str(before[len(before) // 2].id))
        whole = await finished(system, load)
        told = await must_hold_the_journals(system, first, whole)
        must_continue(before, after, told)


@pytest.mark.parametrize("older", [False, True])
async def test_a_store_lost_while_actors_live_is_made_again_under_them(
    data_dir: Path, draw: random.Random, older: bool
) -> None:
    # Given actors at work, and perhaps an older copy of the store
    async with up(data_dir) as system:
        async with under_load(system, "early", PAYMENTS) as first:
            pass
        await must_be_whole(system, first)
    copy = data_dir / "copy"
    shutil.copytree(store_of(data_dir), copy)
    async with up(data_dir) as system:
        pids = system.running.pids
        async with under_load(system, "live", 2 * PAYMENTS) as load:
            await load.until(draw.randint(50, PAYMENTS))
            before = await told_from_now_and_then(system)
            # When NATS dies and its store with it
            os.kill(pids["nats"], signal.SIGKILL)
            await becomes(lambda: gone(pids["nats"]), expected=True)
            shutil.rmtree(store_of(data_dir))
            if older:
                shutil.copytree(copy, store_of(data_dir))
        # Then nothing is lost or doubled, and nobody but NATS had to start again
        told = await must_hold_the_journals(system, first, load)
        after = await told_from(system, str(before[len(before) // 2].id))
        must_continue(before, after, told)
        assert {name for name in pids if pids[name] != system.running.pids[name]} == {"nats"}


def must_continue(before: list[Frame], after: list[Frame], told: list[Frame]) -> None:
    """A reader who had `before` asked again from its middle: the same numbers and bytes, or one `reset`."""
    middle = len(before) // 2
    if after and after[0].event == "reset":
        assert str(told[-1].id).startswith("2-"), "a reset without a new epoch"
        return
    assert after[: len(before) - middle - 1] == before[middle + 1 :]
    assert [frame for frame in told if frame in before] == before


async def told_from_now_and_then(system: System) -> list[Frame]:
    """The first hundred frames since the beginning of what is kept, read under load."""
    found: list[Frame] = []
    async with stream(system.http, EVENTS_PATH, "0") as frames:
        while len(found) < 100:
            found.append(await asyncio.wait_for(anext(frames), 5))
    return found


async def until_ended(data_dir: Path) -> None:
    """All that a launcher started has ended, also when it was killed."""
    await becomes(lambda: gone(_pid(data_dir / "nats" / "nats.pid")), expected=True)


async def gone(pid: int | None) -> bool:
    return pid is None or command_line(pid) in ([], [""])


def _pid(file: Path) -> int | None:
    return int(file.read_text()) if file.exists() and file.read_text().strip() else None
