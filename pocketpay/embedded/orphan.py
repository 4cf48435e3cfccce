"""Ends a server that outlived a killed launcher. Only what provably is that server is touched."""

import asyncio
import os
import signal
import subprocess
from pathlib import Path


def command_line(pid: int) -> list[str]:
    """The arguments of a running process; empty for one that is gone, or is dead and not yet reaped."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        if Path("/proc/self").exists():
            return []
    command = ["ps", "-p", str(pid), "-o", "command="]  # where there is no /proc
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5)
    return done.stdout.split()


def is_server_of(pid: int, program: str, path: Path) -> bool:
    """Whether the process runs this program on this data folder or configuration file."""
    arguments = command_line(pid)
    return bool(arguments) and Path(arguments[0]).name == program and str(path) in arguments


def pid_in(pid_file: Path) -> int | None:
    """The first line of a pid file."""
    try:
        return int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None


async def stop_orphan(pid_file: Path, program: str, path: Path, sig: signal.Signals, timeout_seconds: float) -> None:
    """Stops the server that the pid file names, if it still runs; a pid of anything else is left alone."""
    pid = pid_in(pid_file)
    if pid is None or not is_server_of(pid, program, path):
        return
    os.kill(pid, sig)
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    while is_server_of(pid, program, path):
        if asyncio.get_running_loop().time() > deadline:
            os.kill(pid, signal.SIGKILL)
            deadline += timeout_seconds
        await asyncio.sleep(0.02)


async def until_left(directory: Path, program: str, timeout_seconds: float) -> None:
    """Waits until no process of this program works in this folder; kills those that stay."""
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    while pids := _working_in(directory, program):
        if asyncio.get_running_loop().time() > deadline:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            deadline += timeout_seconds
        await asyncio.sleep(0.02)


def _working_in(directory: Path, program: str) -> list[int]:
    pids: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            same = (process / "comm").read_text().strip() == program
            if same and (process / "cwd").readlink() == directory:
                pids.append(int(process.name))
        except OSError:  # ended meanwhile, or another user's: ours we can always read
            continue
    return pids
