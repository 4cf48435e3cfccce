"""Starts programs, starts them again when they die, and stops them, each in its own time."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from pocketpay.program import Program, StartFailed, in_words, log_bytes, spawn, stop, until_ready

REASON_CHARACTERS_MAX = 300
BACKOFF_FIRST_SECONDS = 0.2
BACKOFF_MOST_SECONDS = 5.0
HEALTHY_SECONDS = 30.0

Report = Callable[[str], None]
"""Is told of an incident, in a line for people."""

Noted = Callable[[str, int], None]
"""Is told the pid of a program that is ready."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A program, how to see that it is ready, and what to clear away before it starts once more.

    `ready_again` takes the place of `ready` from its second start on, and may set right what a crash broke.
    `lacks` says why it is not ready, in words; empty when it does not say.
    """

    program: Program
    ready: Callable[[], Awaitable[bool]]
    ready_seconds: float = 30
    clear: Callable[[], Awaitable[None]] | None = None
    ready_again: Callable[[], Awaitable[bool]] | None = None
    lacks: Callable[[], Awaitable[str]] | None = None


@asynccontextmanager
async def kept(*group: Watched, report: Report, noted: Noted) -> AsyncIterator[None]:
    """Inside, all of the group run and are ready; outside, none does.

    Raises an ExceptionGroup with StartFailed when one isn't ready the first time; later it tries for ever.
    """
    started = [asyncio.Event() for _ in group]
    async with asyncio.TaskGroup() as tasks:
        keeping = [
            tasks.create_task(_keep(watched, event, report, noted))
            for watched, event in zip(group, started, strict=True)
        ]
        try:
            for event in started:
                await event.wait()
            yield
        finally:
            for task in keeping:
                if not task.cancelling():  # a second cancellation would break off the stopping of its process
                    task.cancel()


async def _keep(watched: Watched, started: asyncio.Event, report: Report, noted: Noted) -> None:
    loop = asyncio.get_running_loop()
    process = await _start(watched)
    backoff = BACKOFF_FIRST_SECONDS
    while True:
        noted(watched.program.name, process.pid)
        started.set()
        ready_at = loop.time()
        try:
            code = await process.wait()
        finally:
            await stop(watched.program, process)
        died_at = loop.time()
        if died_at - ready_at > HEALTHY_SECONDS:
            backoff = BACKOFF_FIRST_SECONDS
        process, backoff = await _start_again(watched, backoff, report)
        report(f"{watched.program.name} {in_words(code)}, back in {loop.time() - died_at:.1f} s")


async def _start(watched: Watched) -> Process:
    log_from = log_bytes(watched.program)
    process = await spawn(watched.program)
    try:
        await until_ready(watched.program, process, watched.ready, watched.ready_seconds, watched.lacks, log_from)
    except BaseException:
        await stop(watched.program, process)
        raise
    return process


async def _start_again(watched: Watched, backoff: float, report: Report) -> tuple[Process, float]:
    while True:
        await asyncio.sleep(backoff)
        backoff = min(2 * backoff, BACKOFF_MOST_SECONDS)
        try:
            if watched.clear is not None:
                await watched.clear()
            again = replace(watched, ready=watched.ready_again or watched.ready)
            return await _start(again), backoff
        except (StartFailed, OSError) as error:
            report(f"{_in_a_line(error)}; next try in {backoff:.1f} s, its log is {watched.program.log}")


def _in_a_line(error: Exception) -> str:
    """What happened, and what its log ends with: there a process says which setting it cannot take."""
    happened, *log = str(error).splitlines()
    return f"{happened}: {log[-1][:REASON_CHARACTERS_MAX]}" if log[1:] else happened
