"""A child process as a value: how to start and end it, and that nothing of it outlives a killed launcher."""

import asyncio
import ctypes
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LOG_TAIL_BYTES = 2000
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded here: a forked child must not load libraries


@dataclass(frozen=True, slots=True)
class Program:
    """What to start. `user` is whom root becomes for it, `stop_signal` what asks it to end in peace."""

    name: str
    argv: tuple[str, ...]
    log: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10
    orphan_signal: signal.Signals = signal.SIGKILL


class StartFailed(Exception):
    """A program ended or stayed silent instead of getting ready; the message may end with its log's tail."""


def _end_with_parent(sig: signal.Signals, parent_pid: int) -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, sig)
    if os.getppid() != parent_pid:
        os._exit(1)


async def spawn(program: Program) -> Process:
    """Starts it in its own session, so that Ctrl-C reaches only the launcher. Its log is appended to."""
    program.log.parent.mkdir(parents=True, exist_ok=True)
    with program.log.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *program.argv,
            env=_without_settings(os.environ) if program.env is None else program.env,
            cwd=program.cwd,
            stdin=DEVNULL,
            stdout=log,
            stderr=STDOUT,
            start_new_session=True,
            preexec_fn=partial(_end_with_parent, program.orphan_signal, os.getpid()),
            user=program.user,
            group=_group_of(program.user),
            extra_groups=None if program.user is None else [],
        )


def _group_of(user: str | None) -> int | None:
    if user is None:
        return None
    import pwd

    return pwd.getpwnam(user).pw_gid


async def stop(program: Program, process: Process) -> None:
    """Asks it to end and, past its deadline, kills its whole session."""
    if process.returncode is not None:
        return
    process.send_signal(program.stop_signal)
    try:
        await asyncio.wait_for(process.wait(), program.stop_seconds)
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def until_ready(
    program: Program,
    process: Process,
    probe: Callable[[], Awaitable[bool]],
    timeout_seconds: float,
    lacks: Callable[[], Awaitable[str]] | None = None,
    log_from: int = 0,
) -> None:
    """Asks `probe` again and again. Raises StartFailed when the program ends or the time is over.

    It says what the program `lacks`, or what stands in its log since it has so many bytes.
    """
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    while not await probe():
        if process.returncode is not None:
            raise StartFailed(f"{program.name} {in_words(process.returncode)}\n{log_tail(program.log, log_from)}")
        if asyncio.get_running_loop().time() > deadline:
            why = f": {told}" if lacks is not None and (told := await lacks()) else ""
            tail = f"--- {program.log}" if why else log_tail(program.log, log_from)
            raise StartFailed(f"{program.name} is not ready after {timeout_seconds:g} s{why}\n{tail}")
        await asyncio.sleep(0.02)


async def run(program: Program, timeout_seconds: float) -> None:
    """Runs it to its end. Raises StartFailed when that isn't a zero exit in time."""
    process = await spawn(program)
    try:
        await asyncio.wait_for(process.wait(), timeout_seconds)
    except TimeoutError:
        raise StartFailed(f"{program.name} took more than {timeout_seconds:g} s\n{log_tail(program.log)}") from None
    finally:
        await stop(program, process)
    if process.returncode:
        raise StartFailed(f"{program.name} {in_words(process.returncode)}\n{log_tail(program.log)}")


def in_words(returncode: int) -> str:
    """`died (SIGKILL)` or `ended with exit code 1`."""
    if returncode < 0:
        return f"died ({signal.Signals(-returncode).name})"
    return f"ended with exit code {returncode}"


def log_bytes(program: Program) -> int:
    """How long its log is."""
    return program.log.stat().st_size if program.log.exists() else 0


def log_tail(log: Path, since_bytes: int = 0) -> str:
    """The last lines of a log, and where it lies."""
    if not log.exists():
        return f"(there is no log at {log})"
    with log.open("rb") as file:
        file.seek(max(since_bytes, log.stat().st_size - _LOG_TAIL_BYTES))
        return f"--- {log}\n{file.read().decode(errors='replace').rstrip()}"


def _without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """For servers that are not ours: what they need of the environment, and no secret of ours."""
    return {key: value for key, value in environment.items() if not key.startswith("POCKETPAY_")}
