"""Webhooks as after an outage of the provider: 50,000 events a minute, three times each, while a few people pay."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from secrets import token_hex

import asyncpg
import typer

from bench.http.loading import load
from bench.http.rivals import Contestant, pocketpay
from bench.line import Bar, Kept, Line, never, ratio_at_most
from bench.processes import cpu_seconds
from bench.servers import ROOT, breaches
from bench.storm.deliveries import COPIES, FORGED_ONE_IN
from bench.storm.payer import Paid, made, pay
from bench.storm.sender import SIGNS_WITH, Told
from pocketpay.running import database_url, webhook_secret
from pocketpay.targets import running_here
from storage.migrate import VERIFIER

PART = "storm of webhooks"
EVENTS_PER_SECOND = 50_000 / 60
QUIET = "quiet"
PAYMENTS_TOLD_OF = 50
LONGEST_SECONDS = 900.0

_RECORDED = """
select count(*) filter (where provider_id like $1 || 'good%') as good,
       count(*) filter (where provider_id like $1 || 'forged%') as forged
from payments.provider_event"""


class Round(Kept):
    """A quiet time, then a storm as long. `events` are the good ones; `recorded` of both, when all is over."""

    events: int
    asked_per_second: float
    quiet: Paid
    stormy: Paid
    told: Told
    recorded_good: int
    recorded_forged: int
    cpu_seconds: dict[str, float]


async def measure(folder: Path, rounds: int, seconds: float) -> tuple[list[Line], list[str]]:
    """The lines, and what is wrong with the books afterwards."""
    async with pocketpay(folder) as ours:
        await load(ours, 16, seconds=2.0)  # what a first payment needs must not look like the storm's
        payments = await made(ours.port, PAYMENTS_TOLD_OF)
        done: list[Round] = []
        for number in range(rounds):
            done.append(await _round(ours, webhook_secret(folder), payments, seconds))
            typer.echo(f"storm, round {number + 1} of {rounds}: {_said(done[-1])}")
        verifier = database_url(folder, running_here(folder), VERIFIER)
        return lines(done), await breaches(verifier)


def lines(rounds: list[Round]) -> list[Line]:
    """What is said of the rounds."""

    def line(figure: str, ours: list[float], bar: Bar | None = None) -> Line:
        return Line(part=PART, figure=figure, ours=ours, bar=bar)

    asked = {"against": "the provider's rate", "kind": "limit", "theirs": [each.asked_per_second for each in rounds]}
    return [
        line("webhooks/s, until the last is answered", [_rate(each) for each in rounds]).model_copy(update=asked),
        _paid("p99 ms of a payment meanwhile", rounds, 0.99, ratio_at_most(1.2)),
        _paid("p50 ms of a payment meanwhile", rounds, 0.5),
        line("good events that are not recorded", [float(_missing(each)) for each in rounds], never()),
        line("forged events that are", [float(each.recorded_forged) for each in rounds], never()),
        line("answers that should not be", [float(sum(each.told.odd.values())) for each in rounds], never()),
        line("webhooks put off for later", [float(each.told.put_off) for each in rounds]),
        line("payments that failed", [float(each.quiet.failed + each.stormy.failed) for each in rounds], never()),
        *(
            line(f"CPU ms per webhook: {name}", [1000 * each.cpu_seconds[name] / _answered(each) for each in rounds])
            for name in sorted(rounds[0].cpu_seconds)
        ),
    ]


def _paid(figure: str, rounds: list[Round], share: float, bar: Bar | None = None) -> Line:
    ours = [_percentile(each.stormy, share) for each in rounds]
    theirs = [_percentile(each.quiet, share) for each in rounds]
    return Line(part=PART, figure=figure, ours=ours, against=QUIET, theirs=theirs, bar=bar)


def _percentile(paid: Paid, share: float) -> float:
    if not paid.latencies_ms:
        return float("inf")
    return paid.latencies_ms[min(len(paid.latencies_ms) - 1, int(len(paid.latencies_ms) * share))]


def _missing(each: Round) -> int:
    return each.events - each.recorded_good


def _answered(each: Round) -> int:
    return max(1, each.told.taken + each.told.refused)


def _rate(each: Round) -> float:
    return _answered(each) / each.told.seconds


def _said(each: Round) -> str:
    quiet, stormy = (_percentile(paid, 0.99) for paid in (each.quiet, each.stormy))
    return f"{_rate(each):,.0f} of {each.asked_per_second:,.0f}/s, payments p99 {quiet:.0f} ms, then {stormy:.0f} ms"


async def _round(ours: Contestant, secret: str, payments: list[str], seconds: float) -> Round:
    events, storm = max(FORGED_ONE_IN, round(EVENTS_PER_SECOND * seconds)), token_hex(4)
    quiet = await pay(ours.port, seconds)
    before = cpu_seconds(ours.pids)
    told, stormy = await _storm(ours.port, secret, payments, storm, events, seconds)
    used = {name: now - before[name] for name, now in cpu_seconds(ours.pids).items()}
    good, forged = await _recorded(ours.database_url, storm)
    return Round(
        events=events - -(-events // FORGED_ONE_IN),
        asked_per_second=events * COPIES / seconds,
        quiet=quiet,
        stormy=stormy,
        told=told,
        recorded_good=good,
        recorded_forged=forged,
        cpu_seconds=used,
    )


async def _storm(
    port: int, secret: str, payments: list[str], storm: str, events: int, seconds: float
) -> tuple[Told, Paid]:
    asked = ("--events", str(events), "--seconds", str(seconds), "--storm", storm, "--payments", ",".join(payments))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.storm.sender", str(port), *asked),
        cwd=ROOT,
        env={**os.environ, SIGNS_WITH: secret},
        stdout=PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await process.stdout.readline()
            paid = await pay(port, seconds)
            said, _ = await process.communicate()
    except BaseException:
        process.kill()
        raise
    if process.returncode:
        raise RuntimeError(f"the sender ended with exit code {process.returncode}; its error stands above")
    return Told.model_validate_json(said), paid


async def _recorded(url: str, storm: str) -> tuple[int, int]:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        found = await connection.fetchrow(_RECORDED, f"evt_{storm}_")
    finally:
        await connection.close(timeout=10)
    return (found["good"], found["forged"]) if found else (0, 0)
