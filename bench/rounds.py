"""The rounds: both contestants in turn, who begins changes, then the limits."""

import asyncio
import os
from dataclasses import dataclass

import asyncpg

from bench import limits
from bench.loading import load
from bench.result import Load, Rival, Round
from bench.rivals import Contestant
from pocketpay.embedded.postgres import Postgres

PAUSE_SECONDS = 1.0
WARM_UP_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Field:
    """Who is measured, on what, and how: `open_requests` at a time, for `seconds` a run."""

    contestants: dict[Rival, Contestant]
    server: Postgres
    open_requests: int
    seconds: float


async def warm_up(field: Field) -> None:
    """A run of each that does not count: connections open, statements are prepared, tables are no longer empty."""
    for contestant in field.contestants.values():
        await load(contestant, field.open_requests, seconds=WARM_UP_SECONDS)


async def measure(field: Field, number: int) -> Round:
    """One round."""
    names: list[Rival] = ["pocketpay", "direct"] if number % 2 == 0 else ["direct", "pocketpay"]
    return Round(
        busy={name: await _run(field, name, field.open_requests) for name in names},
        single={name: await _run(field, name, 1) for name in names},
        pgbench_per_second=await limits.pgbench_per_second(field.server, field.seconds),
        fdatasync_per_second=await limits.fdatasync_per_second(field.server),
        load_average=os.getloadavg()[0],
    )


async def breaches_of_direct(contestant: Contestant) -> list[str]:
    """A rival that loses money would be fast too."""
    connection = await asyncpg.connect(contestant.database_url, timeout=10)
    try:
        figures = await connection.fetchrow(BOOKS)
    finally:
        await connection.close(timeout=10)
    return [f"the direct way: {name} {figure}" for name, figure in dict(figures or {}).items() if figure]


BOOKS = """
select (select count(*) from payment) - (select count(*) from transaction) as "payments without a transaction",
       2 * (select count(*) from transaction) - (select count(*) from entry) as "missing entries",
       (select sum(balance) from account) - (select sum(amount) from entry) as "balances beside their entries",
       (select sum(amount * case side when 'debit' then 1 else -1 end) from entry) as "debits less credits\""""


async def _run(field: Field, name: Rival, open_requests: int) -> Load:
    await asyncio.sleep(PAUSE_SECONDS)
    (bystander,) = (other for rival, other in field.contestants.items() if rival != name)
    return await load(field.contestants[name], open_requests, seconds=field.seconds, bystander=bystander)
