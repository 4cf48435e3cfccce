"""So many subscriptions fall due at once, beside many more that don't: how many are invoiced a second."""

import asyncio
from datetime import datetime, timedelta
from typing import Final, cast

import asyncpg
import typer

from bench.billing.fill import TENANT, fill
from bench.line import Bar, Line
from bench.servers import Servers
from pocketpay import plan
from pocketpay.supervisor import kept
from storage.partition import database_time

PART: Final = "billing"
SUBSCRIPTIONS: Final = 100_000
DUE: Final = 3_000
PER_SECOND: Final = 300
PATIENCE_SECONDS: Final = 120.0
START_SECONDS: Final = 15
LATER_SECONDS: Final = 3_600
_COUNT: Final = "select count(*) from invoicing.invoice where tenant = $1 and status <> 'draft'"


async def measure(here: Servers, rounds: int) -> list[Line]:
    """Invoices finalised a second, from the moment they fall due until the last has its number."""
    rates: list[float] = []
    database = await asyncpg.connect(here.owner_url, timeout=10)
    try:
        await fill(database, SUBSCRIPTIONS, 0, await _soon(database, LATER_SECONDS), prefix="later")
        for number in range(rounds):
            rates.append(await _one_round(here, database, number))
            typer.echo(f"billing: {rates[-1]:,.0f} invoices/s")
    finally:
        await database.close(timeout=10)
    figure = f"invoices/s, {DUE:,} of {SUBSCRIPTIONS:,} subscriptions due at once"
    return [Line(part=PART, figure=figure, ours=rates, bar=Bar(of="median", must_be="≥", value=PER_SECOND))]


async def _one_round(here: Servers, database: asyncpg.Connection, number: int) -> float:
    before = await _invoiced(database)
    due_at = await _soon(database, START_SECONDS)
    await fill(database, DUE, DUE, due_at, prefix=f"r{number}")
    async with kept(plan.actor("invoicing", here.options, here.running), report=typer.echo, noted=_ignore):
        if (waits := await _seconds_to(database, due_at)) < 0:
            raise TimeoutError(f"the process was not there {START_SECONDS} s after its work was written down")
        await asyncio.sleep(waits)
        while await _invoiced(database) < before + DUE:
            if await _seconds_to(database, due_at) < -PATIENCE_SECONDS:
                raise TimeoutError(f"not all of {DUE} were invoiced in {PATIENCE_SECONDS:g} s")
            await asyncio.sleep(0.05)
        return DUE / -await _seconds_to(database, due_at)


async def _invoiced(database: asyncpg.Connection) -> int:
    return cast("int", await database.fetchval(_COUNT, TENANT))


async def _soon(database: asyncpg.Connection, seconds: int) -> datetime:
    return (await database_time(database)).replace(microsecond=0) + timedelta(seconds=seconds)


async def _seconds_to(database: asyncpg.Connection, moment: datetime) -> float:
    return (moment - await database_time(database)).total_seconds()


def _ignore(_: str, __: int) -> None:
    """No one asks for its pid."""
