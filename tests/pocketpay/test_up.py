"""`pocketpay up` as people run it: a process of its own, with everything real below it."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from pocketpay import running
from pocketpay.embedded.orphan import command_line
from pocketpay.probe import get
from pocketpay.running import Running

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.timeout(180)  # each starts everything, some twice


@pytest.fixture
def data_dir() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="pocketpay-tests-", dir="/tmp"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)


async def command(data_dir: Path, *arguments: str) -> Process:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("POCKETPAY_")}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pocketpay", *arguments, "--data-dir", str(data_dir)),
        cwd=ROOT,
        env=environment,
        stdout=PIPE,
        stderr=STDOUT,
    )


async def output(data_dir: Path, *arguments: str) -> tuple[int | None, str]:
    process = await command(data_dir, *arguments)
    said, _ = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, said.decode()


async def until_said(process: Process, words: str) -> str:
    """Reads on until a line has the words, and returns all; fails with it when the process ends before."""
    assert process.stdout is not None
    said: list[str] = []
    async with asyncio.timeout(40):
        while not said or words not in said[-1]:
            line = await process.stdout.readline()
            if not line:
                pytest.fail("".join(said))
            said.append(line.decode())
    return "".join(said)


@contextlib.asynccontextmanager
async def up(data_dir: Path) -> AsyncIterator[tuple[Process, Running]]:
    """Ready to use; asked to stop at the end."""
    process = await command(data_dir, "up", "--port", "0")
    try:
        await until_said(process, "is ready after")
        now = running.read(data_dir)
        assert now is not None
        yield process, now
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.communicate(), 30)


def alive(now: Running) -> list[str]:
    return [name for name, pid in now.pids.items() if command_line(pid) not in ([], [""])]


async def all_ready(now: Running) -> bool:
    answers = await asyncio.gather(*(get(port, "/readyz") for port in now.ports.values()))
    return all(answer.status == 200 for answer in answers)


async def until_none_lives(now: Running) -> None:
    async with asyncio.timeout(10):
        while alive(now):
            await asyncio.sleep(0.05)


async def test_everything_runs_and_ctrl_c_leaves_nothing(data_dir: Path) -> None:
    # Given a running system
    async with up(data_dir) as (process, now):
        actors = {"payments", "ledger", "invoicing", "notifications", "access"}
        assert set(alive(now)) == {"postgres", "nats", *actors, "gateway", "monitor", "mails"}
        # Then its status says so, and a second launcher is told who is there
        code, said = await output(data_dir, "status", "--json")
        assert (code, json.loads(said)["status"]) == (0, "ok")
        code, said = await output(data_dir, "up", "--port", "0")
        assert (code, f"is in use by process {process.pid}" in said) == (1, True)
    # And after Ctrl-C nothing is left
    assert process.returncode == 0
    assert alive(now) == []
    code, said = await output(data_dir, "status")
    assert (code, "nothing runs on" in said) == (1, True)


async def test_kill_9_of_the_launcher_leaves_nothing_and_the_next_start_finds_the_data(
    data_dir: Path,
) -> None:
    async with up(data_dir) as (process, now):
        books = json.loads((await output(data_dir, "verify", "--json"))[1])
        process.kill()
        await process.wait()
        await until_none_lives(now)
    async with up(data_dir) as (_, later):
        assert later.pids != now.pids
        assert json.loads((await output(data_dir, "verify", "--json"))[1]) == books
        assert await output(data_dir, "migrate") == (0, "nothing to do\n")


@pytest.mark.parametrize("name", ["payments", "gateway", "nats", "postgres"])
async def test_what_is_killed_comes_back(name: str, data_dir: Path) -> None:
    async with up(data_dir) as (process, now):
        os.kill(now.pids[name], signal.SIGKILL)
        await until_said(process, f"{name} died (SIGKILL), back in")
        async with asyncio.timeout(20):
            while not await all_ready(now):
                await asyncio.sleep(0.1)


async def test_a_port_that_is_taken_is_said_before_anything_starts(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = await output(data_dir, "up", "--port", str(port))
    assert (code, f"port {port} is in use" in said) == (1, True)
    assert not (data_dir / "postgres").exists()


async def test_wrong_usage_ends_with_2(data_dir: Path) -> None:
    assert (await output(data_dir, "up", "--port", "70000"))[0] == 2
