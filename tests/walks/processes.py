"""More processes beside those of the launcher: started like them, ended with the story."""

import contextlib
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp

from pocketpay import plan
from pocketpay.embedded.nats import free_ports
from pocketpay.plan import GATEWAY, Options
from pocketpay.program import spawn, stop, until_ready
from tests.walks.system import System


@contextlib.asynccontextmanager
async def another(system: System, name: str, **environment: str) -> AsyncIterator[tuple[Process, int]]:
    """A second gateway or actor that is ready, and its port."""
    (port,) = free_ports(1)
    options, now = Options(system.data_dir), system.running
    beside = now.model_copy(update={"ports": {**now.ports, name: port}})
    watched = plan.gateway(options, beside) if name == GATEWAY else plan.actor(name, options, beside)
    log = system.data_dir / "logs" / f"another-{name}.log"
    program = replace(watched.program, log=log, env={**(watched.program.env or {}), **environment})
    process = await spawn(program)
    try:
        await until_ready(program, process, watched.ready, 30)
        yield process, port
    finally:
        await stop(program, process)


@contextlib.asynccontextmanager
async def two_doors(system: System, actor: str) -> AsyncIterator[list[System]]:
    """The same system through two gateways, with a second process of the actor that stands by."""
    async with (
        another(system, GATEWAY) as (_, port),
        another(system, actor),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        yield [system, replace(system, http=http)]
