"""All services of a compose file that are ours, NATS or PostgreSQL, run as their file says, in its order."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

from pocketpay.embedded.account import unprivileged
from pocketpay.embedded.postgres import programs
from pocketpay.program import Program, log_tail, run, spawn, stop
from tests.deploy import database
from tests.deploy.composed import ROOT, in_order, is_job
from tests.deploy.site import Site

AN_IMAGE_ALONE = ("prometheus", "grafana")
HEALTHY_SECONDS = 30
JOB_SECONDS = 30


def startable(site: Site) -> list[str]:
    """In the order of the file; without what does not come as a program."""
    return [name for name in in_order(site.composed) if name not in AN_IMAGE_ALONE]


@contextlib.asynccontextmanager
async def started(site: Site) -> AsyncIterator[None]:
    """Every service healthy and every job done; afterwards each is told to stop and must end in peace and in time."""
    async with AsyncExitStack() as stack:
        for name in startable(site):
            if is_job(site.composed.services[name]):
                await run(ours(site, name), JOB_SECONDS)
            else:
                await stack.enter_async_context(_healthy(site, name))
        yield


def ours(site: Site, name: str) -> Program:
    """A service of our own image: its command behind the ENTRYPOINT, its environment and no other."""
    service = site.composed.services[name]
    command = (site.translated(name, each) for each in service["command"])
    folder = site.root / name
    folder.mkdir(parents=True, exist_ok=True)
    grace_seconds = float(service["stop_grace_period"].removesuffix("s"))
    argv = (sys.executable, "-m", "pocketpay", *command)
    return Program(name, argv, _log(site, name), site.environment(name), folder, stop_seconds=grace_seconds)


async def healthcheck(site: Site, name: str) -> bool:
    """Runs the health check of the file."""
    kind, program, *arguments = site.composed.services[name]["healthcheck"]["test"]
    assert kind == "CMD"
    found = {"python": sys.executable, "pg_isready": str(programs(unprivileged()) / "pg_isready")}
    process = await asyncio.create_subprocess_exec(
        found.get(program) or program,
        *(site.translated(name, each) for each in arguments),
        env={"PATH": os.environ["PATH"], "PGPORT": str(database.port(site)), **site.environment(name)},
        cwd="/",
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
    )
    await asyncio.wait_for(process.communicate(), 10)
    return process.returncode == 0


@contextlib.asynccontextmanager
async def _healthy(site: Site, name: str) -> AsyncIterator[None]:
    async with _program(site, name) as program:
        process = await spawn(program)
        try:
            async with asyncio.timeout(HEALTHY_SECONDS):
                while not await healthcheck(site, name):
                    assert process.returncode is None, log_tail(program.log)
            if name == database.NAME:
                await database.create_database(site)
            yield
        except TimeoutError as why:
            raise AssertionError(f"{name} is not healthy\n{log_tail(program.log)}") from why
        finally:
            await stop(program, process)
        assert process.returncode == 0, f"{name} ended with {process.returncode}\n{log_tail(program.log)}"


@contextlib.asynccontextmanager
async def _program(site: Site, name: str) -> AsyncIterator[Program]:
    if name == database.NAME:
        async with database.database(site) as program:
            yield program
    else:
        yield _nats(site) if name == "nats" else ours(site, name)


def _nats(site: Site) -> Program:
    """The files that deploy/nats/Dockerfile copies, and the command of the compose file."""
    for file in (ROOT / "deploy/nats").glob("*.conf"):
        site.put("nats", file, f"/etc/nats/{file.name}")
    command = (site.translated("nats", each) for each in site.composed.services["nats"]["command"])
    return Program("nats", (str(Path(sys.executable).parent / "nats-server"), *command), _log(site, "nats"), env={})


def _log(site: Site, name: str) -> Path:
    return site.root / "logs" / f"{name}.log"
