"""Breaks what the plan says, when so many requests were answered."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

from messages.wire import Json
from pocketpay.importing.calling import Gateway
from pocketpay.program import StartFailed
from pocketpay.simulate.faults import Fault
from pocketpay.simulate.living import running_in

SETTINGS = "/simulated/settings"
LOOK_SECONDS = 0.01
ATTEMPTS_MAX = 300

Answered = Callable[[], int | None]
"""How many requests were answered; None once nobody asks any more."""


async def break_all(gateway: Gateway, data_dir: Path, faults: tuple[Fault, ...], answered: Answered) -> list[str]:
    """What was broken, in order and in words. At the end the provider is as it was."""
    done: list[str] = []
    provider: Json = {}

    async def one(fault: Fault) -> None:
        now = await _moment(fault, answered)
        if now is None:
            return
        match fault.kind:
            case "kill":
                if _killed(data_dir, fault.process):
                    done.append(f"after {now} answers: {fault.process} killed")
            case "webhooks":
                done.append(f"after {now} answers: webhooks {_in_words(fault)}")
                await _tell(gateway, provider, {"webhooks": fault.webhooks})
            case "outage":
                done.append(f"after {now} answers: the provider away for {fault.seconds} s")
                await _tell(gateway, provider, {"outage": True})
                await asyncio.sleep(fault.seconds)
                await _tell(gateway, provider, {"outage": False})

    async with asyncio.TaskGroup() as breaking:
        for fault in faults:
            breaking.create_task(one(fault))
    await _tell(gateway, {}, {})
    return done


async def _moment(fault: Fault, answered: Answered) -> int | None:
    """How many were answered when its time came; None when it never did."""
    while True:
        now = answered()
        if now is None or now >= fault.after:
            return now
        await asyncio.sleep(LOOK_SECONDS)


def _killed(data_dir: Path, process: str) -> bool:
    """False while it is dead still from the last time."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(running_in(data_dir).pids[process], signal.SIGKILL)
        return True
    return False


def _in_words(fault: Fault) -> str:
    travel = fault.webhooks or {}
    return f"{travel.get('lose', 0)} % lost, {travel.get('double', 0)} % doubled, shuffled"


async def _tell(gateway: Gateway, provider: Json, change: Json) -> None:
    """Again and again while the last change is under way: whoever makes it may just have been killed."""
    provider |= change
    answer = await gateway.write("PATCH", SETTINGS, dict(provider))
    for _ in range(ATTEMPTS_MAX):
        if answer.code != "outcome_pending":
            break
        await asyncio.sleep(0.2)
        answer = await gateway.write("PATCH", SETTINGS, dict(provider))
    if answer.status != 200:
        raise StartFailed(f"the simulated provider cannot be set: {answer.status} {answer.body.get('detail', '')}")
