"""The two that are compared, each with processes and a Postgres of its own with the same settings."""

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer

from bench.http import direct
from bench.servers import ROOT, execute
from pocketpay.embedded import postgres
from pocketpay.embedded.nats import free_ports
from pocketpay.embedded.postgres import Postgres
from pocketpay.plan import GATEWAY
from pocketpay.probe import get
from pocketpay.program import Program
from pocketpay.running import database_url, read
from pocketpay.supervisor import Watched, kept
from pocketpay.targets import running_here

BOOKED_BY_LEDGER = "select coalesce(sum(version), 0) from ledger.account where path = 'income:sales'"
AT_REST = """
select coalesce((select sum(version) from ledger.account where path = 'income:sales'), 0)
     = coalesce((select sum(version) from ledger.account where path = 'expenses:processing_fees'), 0)"""
"""The provider is asked every so often what it took; until then the fees of a burst are still to be booked."""

BOOKED_DIRECTLY = "select sum(version) from account where path = 'income:sales'"


@dataclass(frozen=True, slots=True)
class Contestant:
    """`booked` counts the payments in the ledger; `pids` are the processes, each the root of a tree.

    `at_rest` says whether all that earlier payments bring about is done.
    """

    port: int
    database_url: str
    booked: str
    pids: Mapping[str, int]
    at_rest: str = "select true"


@asynccontextmanager
async def pocketpay(data_dir: Path, **settings: str) -> AsyncIterator[Contestant]:
    """`pocketpay up` on this folder, as anybody would start it, but for these settings."""

    async def ready() -> bool:
        running = read(data_dir)
        if running is None or running.ports.keys() - running.pids.keys():
            return False
        return (await get(running.ports[GATEWAY], "/readyz")).status == 200

    argv = (sys.executable, "-m", "pocketpay", "up", "--data-dir", str(data_dir), "--port", "0")
    environment = {**os.environ, **settings}
    program = Program("pocketpay", argv, data_dir / "up.log", environment, cwd=ROOT, stop_seconds=60)
    async with kept(Watched(program, ready, ready_seconds=120), report=typer.echo, noted=_ignore):
        running = running_here(data_dir)
        pids = {"launcher": running.pid, **running.pids}
        yield Contestant(running.ports[GATEWAY], database_url(data_dir, running), BOOKED_BY_LEDGER, pids, AT_REST)


@asynccontextmanager
async def the_direct_way(data_dir: Path, pool_size: int) -> AsyncIterator[tuple[Contestant, Postgres]]:
    """Its one process and its Postgres."""
    server = await postgres.prepare(data_dir)
    pids: dict[str, int] = {}
    noted = pids.__setitem__
    watched = Watched(server.program, partial(postgres.answers, server), ready_seconds=60)
    async with kept(watched, report=typer.echo, noted=noted):
        await postgres.ensure_database(server, "direct")
        url = postgres.superuser_dsn(server, "direct")
        await execute(url, direct.TABLES.read_text())
        (port,) = free_ports(1)

        async def ready() -> bool:
            return (await get(port, "/readyz")).status == 200

        argv = (sys.executable, "-m", "bench.http.direct", str(port), str(pool_size))
        environment = {**os.environ, direct.DATABASE_URL: url, direct.PROVIDER_FILE: str(data_dir / "simulated.sqlite")}
        program = Program("direct", argv, data_dir / "direct.log", environment, cwd=ROOT)
        async with kept(Watched(program, ready), report=typer.echo, noted=noted):
            yield Contestant(port, url, BOOKED_DIRECTLY, pids), server


def _ignore(_: str, __: int) -> None:
    """The launcher's pid stands in its run.json."""
