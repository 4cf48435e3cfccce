"""A system of its own, as `pocketpay up` runs it, in a process of its own: whatever dies in it is started again."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGTERM

from pocketpay.plan import ACTORS, GATEWAY, MONITOR
from pocketpay.program import Program, StartFailed, spawn, stop, until_ready
from pocketpay.running import Running, read
from pocketpay.settings import PREFIX

READY_SECONDS = 120
STOP_SECONDS = 60
IMPATIENT = {"SWEEP_SECONDS": "1", "SWEEP_AFTER_SECONDS": "4", "BOOK_AFTER_SECONDS": "2", "BREAKER_RETRY_SECONDS": "1"}
"""What lost webhooks would have brought is found at once, and an account that was away is tried again at once."""


@asynccontextmanager
async def living(data_dir: Path) -> AsyncIterator[None]:
    """Inside, it is ready or coming back. Raises StartFailed when it does not start."""
    program = _program(data_dir)
    process = await spawn(program)
    try:
        await until_ready(program, process, lambda: _is_up(data_dir), READY_SECONDS)
        yield
    finally:
        await stop(program, process)


def running_in(data_dir: Path) -> Running:
    """Raises StartFailed when it is gone."""
    running = read(data_dir)
    if running is None:
        raise StartFailed(f"the simulated system ended by itself; its log is {data_dir / 'launcher.log'}")
    return running


async def _is_up(data_dir: Path) -> bool:
    running = read(data_dir)
    return running is not None and {*ACTORS, GATEWAY, MONITOR} <= running.pids.keys()


def _program(data_dir: Path) -> Program:
    """With no setting of whoever simulates: their database and their provider's keys are none of its business."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    env = inherited | {f"{PREFIX}{key}": value for key, value in IMPATIENT.items()}
    argv = (sys.executable, "-m", "pocketpay", "up", "--port", "0", "--data-dir", str(data_dir))
    log = data_dir / "launcher.log"
    return Program("up", argv, log, env, stop_seconds=STOP_SECONDS, orphan_signal=SIGTERM)
