"""One process of one actor: put together here, run until it is told to stop."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from faststream.nats import NatsBroker
from nats.aio.client import Client
from structlog.stdlib import get_logger

from actors.runtime.actor import Actor
from actors.runtime.answers import Fitting, always_answering, answer_queries
from actors.runtime.clock import DatabaseClock
from actors.runtime.gauges import expose, watch_lag
from actors.runtime.surroundings import Surroundings
from actors.runtime.tenure import Tenure
from actors.runtime.unparking import taking_retries
from health.access import only_from
from health.checks import Check, run_checks
from health.ended import ended
from health.endpoint import Health, serve_health
from messages.envelope import Reply
from messages.ids import new_id
from messages.subjects import partition_of, query_subject
from storage.partition import standing
from storage.pool import WORLD_ERRORS, connect_pool
from storage.work import wake

TURNS_CONNECTIONS_MAX = 4
QUERIES_CONNECTIONS_MAX = 4
STOP_SECONDS = 12
BESIDE_AGAIN_SECONDS = 1.0

_log = get_logger()


async def serve(
    actor: Actor,
    *,
    nats_url: str,
    database_url: str,
    health_host: str,
    health_port: int,
    operations_networks: Sequence[str] = (),
) -> None:
    """Runs until SIGINT or SIGTERM, then drains. Waits for servers that aren't there yet, however long it takes."""
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    servers = Servers(nats_url, database_url, health_host, health_port, operations_networks)
    running = asyncio.create_task(run(actor, servers, stopping))
    await asyncio.wait((running, asyncio.create_task(stopping.wait())), return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait((running,), timeout=STOP_SECONDS)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the servers are, with credentials, and where this process answers for its health, and to whom."""

    nats_url: str
    database_url: str
    health_host: str
    health_port: int
    operations_networks: Sequence[str] = ()


async def run(actor: Actor, servers: Servers, stopping: asyncio.Event) -> None:
    """The process without its signals: ends some seconds after `stopping` is set."""
    actor = taking_retries(actor)
    broker = _broker(actor, servers.nats_url)
    async with (
        _pool(actor.name, servers.database_url, TURNS_CONNECTIONS_MAX) as pool,
        _pool(f"{actor.name} queries", servers.database_url, QUERIES_CONNECTIONS_MAX, "force_custom_plan") as queries,
        _health(actor, broker, queries, servers) as checks,
    ):
        client = await _until_connected(broker)
        around = Surroundings(actor, pool, client, DatabaseClock(), servers.nats_url)
        tenure = Tenure(around, f"{actor.name}@{socket.gethostname()}:{os.getpid()}/{new_id('run')}")
        checks["work"] = tenure.works
        expose(tenure, {"turns": pool, "queries": queries})
        answer_queries(broker, actor, queries, tenure.nudge)
        client._reconnected_cb = _calling(tenure.restart_mailboxes)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - known only after connecting
        await broker.start()
        own = (tenure.run(), tenure.move_idle_cursors(), watch_lag(tenure), _wake(actor, pool))
        keeping = [asyncio.create_task(each) for each in (*own, *(_beside(work) for work in actor.beside))]
        _log.info("actor.started", actor=actor.name)
        try:
            await stopping.wait()
        finally:
            await ended(keeping)
            await tenure.stop()
            await broker.stop()
        _log.info("actor.stopped", actor=actor.name)


async def _wake(actor: Actor, pool: asyncpg.Pool) -> None:
    for tenant, entity in actor.wakes:
        while True:
            try:
                await wake(pool, tenant, entity, partition_of(tenant))
                break
            except WORLD_ERRORS as error:
                _log.warning("database.waiting", error=repr(error))
                await asyncio.sleep(0.5)


async def _beside(work: Callable[[], Awaitable[None]]) -> None:
    """Begins again when it breaks: nobody's money waits for it, so it must not take the process with it."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - whatever it was, it is tried again
            _log.warning("beside.broke", error=repr(error))
        await asyncio.sleep(BESIDE_AGAIN_SECONDS)


def _broker(actor: Actor, nats_url: str) -> NatsBroker:
    return NatsBroker(
        nats_url,
        name=actor.name,
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        ping_interval=5,
        pending_size=0,
        inbox_prefix=f"_INBOX_{actor.name}",
        error_cb=_report,
        logger=None,
        middlewares=(always_answering(), Fitting),
        graceful_timeout=5,
    )


async def _until_connected(broker: NatsBroker) -> Client:
    while True:
        try:
            async with asyncio.timeout(5):
                return await broker.connect()
        except Exception as error:  # noqa: BLE001 - whatever keeps us from the bus, there is nothing to do but wait
            _log.warning("bus.waiting", error=repr(error))
            await asyncio.sleep(0.5)


@contextlib.asynccontextmanager
async def _pool(name: str, database_url: str, size_max: int, plans: str = "auto") -> AsyncIterator[asyncpg.Pool]:
    """Turns and questions have connections of their own: a slow question must not hold up a payment."""
    while True:
        try:
            pool = await connect_pool(database_url, name=name, size_max=size_max, plan_cache_mode=plans)
            break
        except WORLD_ERRORS as error:
            _log.warning("database.waiting", error=repr(error))
            await asyncio.sleep(0.5)
    try:
        yield pool
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(pool.close(), 3)


@contextlib.asynccontextmanager
async def _health(
    actor: Actor, broker: NatsBroker, pool: asyncpg.Pool, servers: Servers
) -> AsyncIterator[dict[str, Check]]:
    """Serves health from the start; a check that is put in later counts from then on."""

    async def db() -> None:
        await pool.fetchval("select 1")

    async def bus() -> None:
        await (await broker.connect()).jetstream(timeout=1).account_info()

    async def details() -> Mapping[str, Any]:
        return {"partitions": await standing(pool)}

    checks: dict[str, Check] = {"db": db, "bus": bus, **actor.checks}

    @broker.subscriber(query_subject(actor.name, "health"), queue=actor.name, title=f"{actor.name}.health")
    async def health() -> Reply:
        return Reply(body={name: finding.status for name, finding in (await run_checks(checks)).items()})

    guard = only_from(servers.operations_networks)
    runner = await serve_health(servers.health_host, servers.health_port, Health(checks, details), guard)
    try:
        yield checks
    finally:
        await runner.cleanup()


def _calling(act: Callable[[], None]) -> Callable[[], Awaitable[None]]:
    async def called() -> None:
        act()

    return called


async def _report(error: Exception) -> None:
    _log.warning("bus.error", error=repr(error))
