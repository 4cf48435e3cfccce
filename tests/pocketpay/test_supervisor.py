"""Keeping real processes running."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from pocketpay.program import Program, StartFailed
from pocketpay.supervisor import Watched, kept

STAYS = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STAYS
DIES = "print('no such luck'); raise SystemExit(3)"


class Diary:
    """What the supervisor told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pids: list[tuple[str, int]] = []

    def report(self, line: str) -> None:
        self.lines.append(line)

    def noted(self, name: str, pid: int) -> None:
        self.pids.append((name, pid))

    async def until_started(self, times: int) -> None:
        async with asyncio.timeout(20):
            while len(self.pids) < times:
                await asyncio.sleep(0.02)


def watched(directory: Path, name: str, code: str = STAYS, stop_seconds: float = 5) -> Watched:
    sign = directory / f"{name}.ready"

    async def ready() -> bool:
        return sign.exists()

    async def clear() -> None:
        sign.unlink(missing_ok=True)

    argv = (sys.executable, "-c", code, str(sign))
    return Watched(Program(name, argv, directory / f"{name}.log", stop_seconds=stop_seconds), ready, 10, clear)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_inside_all_are_ready_and_outside_none_runs(tmp_path: Path) -> None:
    diary = Diary()
    group = watched(tmp_path, "one"), watched(tmp_path, "two")
    async with kept(*group, report=diary.report, noted=diary.noted):
        assert sorted(name for name, _ in diary.pids) == ["one", "two"]
        assert all(is_alive(pid) for _, pid in diary.pids)
    assert not any(is_alive(pid) for _, pid in diary.pids)
    assert diary.lines == []


async def test_what_is_killed_comes_back_and_that_is_told_in_a_line(tmp_path: Path) -> None:
    diary = Diary()
    async with kept(watched(tmp_path, "payments"), report=diary.report, noted=diary.noted):
        # When it is killed twice
        for times in (1, 2):
            os.kill(diary.pids[-1][1], signal.SIGKILL)
            await diary.until_started(times + 1)
    # Then it came back twice
    assert [line.partition(", back in ")[0] for line in diary.lines] == ["payments died (SIGKILL)"] * 2
    assert not any(is_alive(pid) for _, pid in diary.pids)


async def test_a_first_start_that_fails_says_why_and_leaves_nothing_running(tmp_path: Path) -> None:
    diary = Diary()
    with pytest.raises(ExceptionGroup) as caught:
        async with kept(
            watched(tmp_path, "good"), watched(tmp_path, "bad", DIES), report=diary.report, noted=diary.noted
        ):
            pytest.fail("one of them never became ready")
    (error,) = caught.value.exceptions
    assert isinstance(error, StartFailed)
    assert str(error).startswith("bad ended with exit code 3")
    assert "no such luck" in str(error)
    assert not any(is_alive(pid) for _, pid in diary.pids)


async def test_what_does_not_come_back_is_tried_again_ever_later(tmp_path: Path) -> None:
    # Given a program that from its second start on dies at once
    diary = Diary()
    mark = tmp_path / "started"
    once = f"import pathlib; mark = pathlib.Path({str(mark)!r}); mark.exists() and exit(3); mark.touch()"
    code = f"{once}; {STAYS}"
    async with kept(watched(tmp_path, "ledger", code), report=diary.report, noted=diary.noted):
        # When it is killed
        os.kill(diary.pids[0][1], signal.SIGKILL)
        async with asyncio.timeout(20):
            while len(diary.lines) < 2:
                await asyncio.sleep(0.02)
    # Then every line says when the next try is
    assert diary.lines[0].startswith("ledger ended with exit code 3; next try in 0.4 s")
    assert diary.lines[1].startswith("ledger ended with exit code 3; next try in 0.8 s")


async def test_what_does_not_come_back_says_why_in_the_line(tmp_path: Path) -> None:
    diary, mark = Diary(), tmp_path / "started"
    once = f"import pathlib; mark = pathlib.Path({str(mark)!r}); mark.exists() and exit('A_SETTING is wrong')"
    code = f"{once}; mark.touch(); {STAYS}"
    async with kept(watched(tmp_path, "invoicing", code), report=diary.report, noted=diary.noted):
        os.kill(diary.pids[0][1], signal.SIGKILL)
        async with asyncio.timeout(20):
            while not diary.lines:
                await asyncio.sleep(0.02)
    assert diary.lines[0].startswith("invoicing ended with exit code 1: A_SETTING is wrong; next try in ")


async def test_what_does_not_listen_is_killed_at_its_deadline(tmp_path: Path) -> None:
    diary = Diary()
    deaf = watched(tmp_path, "deaf", DEAF, stop_seconds=0.3)
    async with asyncio.timeout(10), kept(deaf, report=diary.report, noted=diary.noted):
        pass
    assert not is_alive(diary.pids[0][1])
