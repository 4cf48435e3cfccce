"""The ledger beside its peers and its limit, in turn, round by round."""

from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

import typer

from bench.ledger import alone
from bench.ledger.facts import Kind
from bench.line import Line, ratio_at_least
from bench.servers import Servers, execute, output_of
from pocketpay.embedded import postgres
from pocketpay.embedded.nats_users import PROVISIONER
from pocketpay.embedded.postgres import superuser_dsn
from pocketpay.running import nats_url

PART = "ledger"
TABLES = Path(__file__).with_name("transfers.sql")
ASYNCPG = "asyncpg, a transaction per transfer, 32 connections"
HUNDREDS = "100 per SQL statement, no messages"
HORDAK = "django-hordak, 4 processes"
LEAST = "reads, parses, keeps and says as much, without rules or accounts"
CPU = "spread, CPU ms per transaction: "
KINDS: tuple[Kind, ...] = ("spread", "hot", "sales")

Samples = defaultdict[str, list[float]]


async def measure(here: Servers, rounds: int, seconds: float, count: int) -> list[Line]:
    """Rates of all, `count` facts a run for the ledger and `seconds` for the others."""
    peers = await _prepare(here)
    seen: Samples = defaultdict(list)
    for number in range(rounds):
        kinds = KINDS if number % 2 == 0 else KINDS[::-1]
        for kind in kinds:
            posted = await alone.run(here, kind, count)
            seen[kind].append(posted.per_second)
            for process, cpu_ms in posted.cpu_ms.items() if kind == "spread" else ():
                seen[CPU + process].append(cpu_ms)
            for name, (module, url) in peers.items() if kind != "sales" else ():
                seen[f"{name} {kind}"].append(float(await output_of(module, url, kind, str(seconds))))
        seen[f"{LEAST} spread"].append(await _least(here, count))
        typer.echo(
            f"ledger, round {number + 1} of {rounds}: "
            + ", ".join(f"{k} {v[-1]:,.0f}/s" for k, v in seen.items() if not k.startswith(CPU))
        )
    return lines(seen)


async def _least(here: Servers, count: int) -> float:
    url = nats_url(here.options.data_dir, here.running, PROVISIONER)
    return float(await output_of("bench.ledger.least", url, here.owner_url, str(count)))


async def _prepare(here: Servers) -> dict[str, tuple[str, str]]:
    for name in ("transfers", "hordak"):
        await postgres.ensure_database(here.postgres, name)
    transfers, hordak = (superuser_dsn(here.postgres, name) for name in ("transfers", "hordak"))
    await execute(transfers, TABLES.read_text())
    peers = {ASYNCPG: ("bench.ledger.one_by_one", transfers), HUNDREDS: ("bench.ledger.in_hundreds", transfers)}
    if find_spec("hordak") is None:
        typer.echo("django-hordak is not installed: `make bench` installs it")
        return peers
    await output_of("bench.ledger.hordak", hordak, "prepare", "0")
    return {**peers, HORDAK: ("bench.ledger.hordak", hordak)}


def lines(seen: Samples) -> list[Line]:
    """What is said of the samples."""
    said: list[Line] = []
    for kind in ("spread", "hot"):
        figure = f"{kind}, transactions/s from stream to stream"
        bars = {ASYNCPG: ratio_at_least(3), HUNDREDS: ratio_at_least(0.6)} if kind == "spread" else {}
        for name in (ASYNCPG, HORDAK, HUNDREDS, LEAST):
            theirs = seen.get(f"{name} {kind}", [])
            if theirs:
                role = "limit" if name in (HUNDREDS, LEAST) else "peer"
                said.append(
                    _line(figure, seen[kind], name, theirs).model_copy(update={"kind": role, "bar": bars.get(name)})
                )
    hot = _line("hot, by spread", seen["hot"], "PocketPay, spread", seen["spread"])
    sales = _line("sales, both accounts hot, by spread", seen["sales"], "PocketPay, spread", seen["spread"])
    cpu = [Line(part=PART, figure=name, ours=values) for name, values in seen.items() if name.startswith(CPU)]
    return [*said, hot.model_copy(update={"bar": ratio_at_least(1)}), sales, *cpu]


def _line(figure: str, ours: list[float], against: str, theirs: list[float]) -> Line:
    return Line(part=PART, figure=figure, ours=ours, against=against, theirs=theirs)
