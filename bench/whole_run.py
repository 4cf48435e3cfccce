"""All measurements, one after the other, on servers that exist only for them."""

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import typer

from bench import cost, soak
from bench.auth import check, wrong_keys
from bench.billing import rounds as billing
from bench.dashboard import rounds as dashboard
from bench.export import rounds as export
from bench.growth import rounds as growth
from bench.http import rounds as http
from bench.ledger import log_cost
from bench.ledger import rounds as ledger
from bench.line import Line, never
from bench.lists import rounds as lists
from bench.machine import machine
from bench.result import Result
from bench.servers import breaches, folder, servers, settings, verifier_url
from bench.sse import rounds as sse
from bench.storm import rounds as storm
from bench.usage import rounds as usage
from bench.webhooks import rounds as webhooks


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: `facts` is how many messages wait for the ledger in each of its runs."""

    parts: tuple[str, ...]
    rounds: int
    seconds: float
    open_requests: int
    direct_pool: int
    facts: int
    soak_seconds: float
    entries: int
    rows: int


class Measured(NamedTuple):
    """What a part has to say; of breaches None where it did not look at the books."""

    lines: list[Line]
    breaches: list[str] | None = None
    postgres: Mapping[str, str] = {}


async def _ledger(plan: Plan, home: Path) -> Measured:
    async with servers(home) as here:
        lines = await ledger.measure(here, plan.rounds, plan.seconds, plan.facts)
        return Measured(lines, await breaches(verifier_url(here)), await settings(here.owner_url))


async def _log(plan: Plan, home: Path) -> Measured:
    return Measured(await log_cost.measure(home, plan.rounds, plan.facts))


async def _http(plan: Plan, home: Path) -> Measured:
    return Measured(*await http.measure(home, plan.rounds, plan.seconds, plan.open_requests, plan.direct_pool))


async def _sse(plan: Plan, home: Path) -> Measured:
    return Measured(await sse.measure(home, plan.rounds, plan.seconds))


async def _storm(plan: Plan, home: Path) -> Measured:
    return Measured(*await storm.measure(home, plan.rounds, plan.seconds))


async def _cost(plan: Plan, home: Path) -> Measured:
    return Measured(await cost.measure(home, plan.rounds, plan.seconds, plan.open_requests))


async def _soak(plan: Plan, home: Path) -> Measured:
    return Measured(await soak.measure(home, plan.soak_seconds, plan.open_requests))


async def _export(plan: Plan, home: Path) -> Measured:
    async with servers(home) as here:
        lines = await export.measure(here, plan.rounds)
        return Measured(lines, await breaches(verifier_url(here)))


async def _billing(plan: Plan, home: Path) -> Measured:
    async with servers(home) as here:
        return Measured(await billing.measure(here, plan.rounds))


async def _usage(plan: Plan, home: Path) -> Measured:
    async with servers(home) as here:
        return Measured(await usage.measure(here, plan.rounds))


async def _webhooks(plan: Plan, home: Path) -> Measured:
    async with servers(home) as here:
        return Measured(await webhooks.measure(here, plan.rounds))


async def _lists(plan: Plan, home: Path) -> Measured:
    return Measured(await lists.measure(home, plan.rounds, plan.rows))


async def _auth(plan: Plan, _: Path) -> Measured:
    return Measured([*await check.measure(plan.rounds), *await wrong_keys.measure(plan.rounds)])


async def _dashboard(plan: Plan, home: Path) -> Measured:
    return Measured(await dashboard.measure(home, plan.rounds, plan.rows))


async def _growth(plan: Plan, home: Path) -> Measured:
    measured = await growth.measure(home, plan.rounds, plan.seconds, plan.open_requests, plan.facts, plan.entries)
    return Measured(*measured)


PARTS: Mapping[str, Callable[[Plan, Path], Awaitable[Measured]]] = {
    "ledger": _ledger,
    "log": _log,
    "http": _http,
    "sse": _sse,
    "storm": _storm,
    "cost": _cost,
    "soak": _soak,
    "export": _export,
    "billing": _billing,
    "usage": _usage,
    "webhooks": _webhooks,
    "auth": _auth,
    "growth": _growth,
    "lists": _lists,
    "dashboard": _dashboard,
}


async def measure_all(plan: Plan) -> Result:
    """Raises RuntimeError when a part cannot be measured: a payment of the soak that fails, servers that differ."""
    at, here = datetime.now(UTC), machine()
    done: list[Measured] = []
    loads: list[float] = []
    for name in plan.parts:
        typer.echo(f"— {name}", err=True)
        with folder() as home:
            done.append(await PARTS[name](plan, home))
        loads.append(os.getloadavg()[0])
    return Result(
        at=at,
        rounds=plan.rounds,
        seconds=plan.seconds,
        machine=here,
        load_averages=loads,
        postgres=dict(setting for each in done for setting in each.postgres.items()),
        lines=[*(line for each in done for line in each.lines), *books(done)],
        breaches=[breach for each in done for breach in each.breaches or ()],
    )


def books(done: list[Measured]) -> list[Line]:
    """How many rules broke, where anybody looked."""
    looked = [float(len(each.breaches)) for each in done if each.breaches is not None]
    figure = "rules of the books that broke, part by part"
    return [Line(part="books", figure=figure, ours=looked, bar=never())] if looked else []
