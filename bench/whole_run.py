"""All measurements, one after the other, on servers that exist only for them."""

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from bench import limits
from bench.bars import rate
from bench.machine import machine
from bench.result import Memory, Result, Round
from bench.rivals import Contestant, pocketpay, settings, the_direct_way
from bench.rounds import Field, breaches_of_direct, measure, warm_up
from bench.soak import soak
from pocketpay.running import database_url
from pocketpay.targets import running_here
from storage.migrate import VERIFIER
from storage.verify import run as verify

HOME = Path(".pocketpay/bench")
"""In the working folder and not in the system's temporary one, which may be memory that never syncs."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. `soak_payments` 0 leaves memory out."""

    rounds: int
    seconds: float
    open_requests: int
    soak_payments: int
    direct_pool: int


async def measure_all(plan: Plan) -> Result:
    """Raises RuntimeError when the two Postgres differ in what a commit costs, or a payment of the soak fails."""
    at, here = datetime.now(UTC), machine()
    with _folder() as folder:
        memory = await _memory(plan, folder)
    with _folder() as folder:
        async with (
            pocketpay(folder / "ours") as ours,
            the_direct_way(folder / "direct", plan.direct_pool) as (theirs, server),
        ):
            field = Field({"pocketpay": ours, "direct": theirs}, server, plan.open_requests, plan.seconds)
            return Result(
                at=at,
                seconds=plan.seconds,
                open_requests=plan.open_requests,
                direct_pool=plan.direct_pool,
                machine=here,
                postgres=await _same_settings(ours, theirs),
                rounds=await _rounds(field, plan.rounds),
                memory=memory,
                breaches=[*await _breaches(folder / "ours"), *await breaches_of_direct(theirs)],
            )


async def _memory(plan: Plan, folder: Path) -> list[Memory]:
    if not plan.soak_payments:
        return []
    typer.echo(f"soak of {plan.soak_payments:,} payments")
    return await soak(folder, plan.soak_payments, plan.open_requests)


async def _same_settings(ours: Contestant, theirs: Contestant) -> dict[str, str]:
    one, other = await settings(ours), await settings(theirs)
    if one != other:
        raise RuntimeError(f"the two Postgres differ: {one} and {other}")
    return one


async def _rounds(field: Field, count: int) -> list[Round]:
    await limits.prepare(field.server)
    await warm_up(field)
    done: list[Round] = []
    for number in range(count):
        done.append(await measure(field, number))
        rates = ", ".join(f"{name} {rate(load):,.0f}/s" for name, load in done[-1].busy.items())
        typer.echo(f"round {number + 1} of {count}: {rates}")
    return done


async def _breaches(data_dir: Path) -> list[str]:
    findings = await verify(database_url(data_dir, running_here(data_dir), VERIFIER))
    return [f"{found.id}: {found.title} {found.detail}" for found in findings if found.figure != 0]


@contextmanager
def _folder() -> Generator[Path]:
    """A data folder that goes away again, also the parts of it that lie elsewhere."""
    HOME.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=HOME)).resolve()
    try:
        yield folder
    finally:
        for link in folder.rglob("postgres"):
            if link.is_symlink():
                shutil.rmtree(link.resolve())
        shutil.rmtree(folder)
