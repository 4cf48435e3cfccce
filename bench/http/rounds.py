"""Full payments: both contestants in turn, who begins changes, then the limits of the machine."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import typer

from bench import limits
from bench.http.loading import load, until_at_rest
from bench.http.measured import Load, cpu_ms, rate
from bench.http.rivals import Contestant, pocketpay, the_direct_way
from bench.line import Bar, Kept, Line, never, ratio_at_least, ratio_at_most
from bench.servers import breaches, settings
from pocketpay.embedded.postgres import Postgres
from pocketpay.running import database_url
from pocketpay.targets import running_here
from storage.migrate import VERIFIER

PART = "full payment over HTTP"
DIRECT = "the direct way"
WARM_UP_SECONDS = 3.0
HOPS = 6


@dataclass(frozen=True, slots=True)
class Field:
    """Who is measured, and how: `open_requests` at a time, for `seconds` a run."""

    ours: Contestant
    theirs: Contestant
    server: Postgres
    open_requests: int
    seconds: float


class Round(Kept):
    """Everything once: many open requests and one, of both, and the limits."""

    busy: tuple[Load, Load]
    single: tuple[Load, Load]
    pgbench_per_second: float
    fdatasync_ms: float
    hop_ms: float


async def measure(
    folder: Path, rounds: int, seconds: float, open_requests: int, direct_pool: int
) -> tuple[list[Line], list[str], dict[str, str]]:
    """The lines, what is wrong with either's books afterwards, and the settings of both Postgres."""
    async with (
        pocketpay(folder / "ours") as ours,
        the_direct_way(folder / "direct", direct_pool) as (theirs, server),
    ):
        if (one := await settings(ours.database_url)) != (other := await settings(theirs.database_url)):
            raise RuntimeError(f"the two Postgres differ: {one} and {other}")
        field = Field(ours, theirs, server, open_requests, seconds)
        done = await _rounds(field, rounds)
        verifier = database_url(folder / "ours", running_here(folder / "ours"), VERIFIER)
        return lines(done, open_requests), [*await breaches(verifier), *await _breaches_of_direct(theirs)], one


async def _rounds(field: Field, count: int) -> list[Round]:
    await limits.prepare(field.server)
    for contestant in (field.ours, field.theirs):  # connections open, statements are prepared, tables not empty
        await load(contestant, field.open_requests, seconds=WARM_UP_SECONDS)
    done: list[Round] = []
    for number in range(count):
        done.append(await _round(field, number))
        ours, theirs = done[-1].busy
        typer.echo(f"http, round {number + 1} of {count}: {rate(ours):,.0f}/s, {DIRECT} {rate(theirs):,.0f}/s")
    return done


async def _round(field: Field, number: int) -> Round:
    return Round(
        busy=await _both(field, field.open_requests, number),
        single=await _both(field, 1, number),
        pgbench_per_second=await limits.pgbench_per_second(field.server, field.seconds),
        fdatasync_ms=1000 / await limits.fdatasync_per_second(field.server),
        hop_ms=await limits.hop_ms(),
    )


async def _both(field: Field, open_requests: int, number: int) -> tuple[Load, Load]:
    pair = (field.ours, field.theirs)
    if open_requests == 1:
        await asyncio.gather(*map(until_at_rest, pair))
    ran = [await load(each, open_requests, seconds=field.seconds) for each in (pair if number % 2 == 0 else pair[::-1])]
    return (ran[0], ran[1]) if number % 2 == 0 else (ran[1], ran[0])


def lines(rounds: list[Round], open_requests: int) -> list[Line]:
    """What is said of the rounds."""
    many = f"{open_requests} open"
    busy, single = [each.busy for each in rounds], [each.single for each in rounds]
    fastest = [each.pgbench_per_second for each in rounds]
    least_ms = [each.fdatasync_ms + HOPS * each.hop_ms for each in rounds]
    rates = _line(f"payments/s, {many}, until in the ledger", busy, rate, ratio_at_least(2))
    p50 = _line("p50 ms, 1 open", single, lambda load: load.p50_ms, ratio_at_most(3))
    beside_pgbench = {"against": "pgbench simple-update, 32 connections", "kind": "limit", "theirs": fastest}
    beside_hops = {"against": f"fdatasync and {HOPS} hops of loopback", "kind": "limit", "theirs": least_ms}
    return [
        rates,
        rates.model_copy(update={**beside_pgbench, "bar": None}),
        _line(f"payments/s, {many}, answered", busy, lambda load: load.ok / load.answered_seconds),
        _line(f"p50 ms, {many}", busy, lambda load: load.p50_ms),
        _line(f"p99 ms, {many}", busy, lambda load: load.p99_ms),
        p50,
        p50.model_copy(update={**beside_hops, "bar": None}),
        _line("p99 ms, 1 open", single, lambda load: load.p99_ms, ratio_at_most(3)),
        _line(f"CPU ms per payment, {many}", busy, cpu_ms),
        *_cpu_of_each(busy),
        Line(part=PART, figure="requests without their payment", ours=_failures(rounds), bar=never()),
    ]


def _line(figure: str, pairs: list[tuple[Load, Load]], of: Callable[[Load], float], bar: Bar | None = None) -> Line:
    ours, theirs = [of(ours) for ours, _ in pairs], [of(theirs) for _, theirs in pairs]
    return Line(part=PART, figure=figure, ours=ours, against=DIRECT, theirs=theirs, bar=bar)


def _cpu_of_each(pairs: list[tuple[Load, Load]]) -> list[Line]:
    ours = [load for load, _ in pairs]
    return [
        Line(part=PART, figure=f"CPU ms per payment: {name}", ours=[_share(load, name) for load in ours])
        for name in sorted(ours[0].cpu_seconds)
    ]


def _share(load: Load, name: str) -> float:
    return 1000 * load.cpu_seconds[name] / max(1, load.ok)


def _failures(rounds: list[Round]) -> list[float]:
    return [float(sum(sum(load.failed.values()) for load in (*each.busy, *each.single))) for each in rounds]


async def _breaches_of_direct(contestant: Contestant) -> list[str]:
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
