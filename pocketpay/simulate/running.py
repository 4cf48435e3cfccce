"""One simulation from its plan to its report."""

import asyncio
import time
from pathlib import Path

from pocketpay.importing.calling import Gateway, session
from pocketpay.simulate.acting import PAUSES_SECONDS, Record, act, counted
from pocketpay.simulate.breaking import break_all
from pocketpay.simulate.comparing import findings
from pocketpay.simulate.living import living, running_in
from pocketpay.simulate.looking import look, until_quiet
from pocketpay.simulate.plan import Plan
from pocketpay.simulate.report import Report
from pocketpay.targets import Door, gateway_of
from storage.breaches import Finding
from storage.progress import Progress


async def simulate(plan: Plan, kinds: tuple[str, ...], data_dir: Path, progress: Progress) -> Report:
    """Raises StartFailed when the system does not start, or cannot be asked any more."""
    began, record = time.monotonic(), Record()
    async with living(data_dir), session(Door(gateway_of(running_in(data_dir)))) as http:
        gateway = Gateway(http, PAUSES_SECONDS)
        broken = await _act_and_break(gateway, plan, record, data_dir, progress)
        invariants, unready = await until_quiet(data_dir)
        now = await look(gateway, plan, record, data_dir)
    return Report(
        seed=plan.seed,
        days=plan.days,
        faults=kinds,
        seconds=round(time.monotonic() - began, 1),
        requests=sum(1 for _ in plan.steps),
        answered=len(record.told),
        done=dict(counted(record)),
        broken=broken,
        invariants=len(invariants),
        found=[*unready, *_breached(invariants), *findings(record, now)],
    )


async def _act_and_break(gateway: Gateway, plan: Plan, record: Record, data_dir: Path, progress: Progress) -> list[str]:
    async with asyncio.TaskGroup() as group:
        breaking = group.create_task(
            break_all(gateway, data_dir, plan.faults, lambda: None if record.ended else len(record.told))
        )
        group.create_task(act(gateway, plan, record, progress))
    return breaking.result()


def _breached(invariants: list[Finding]) -> list[str]:
    return [f"{each.id} {each.title}: {each.detail}" for each in invariants if each.figure]
