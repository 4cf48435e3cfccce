"""The ledger process alone: what waits on EVENTS when it starts, until it has said that all is posted."""

import asyncio
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import asyncpg
import nats
import typer
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from bench.ledger.facts import Kind
from bench.ledger.preload import preload
from bench.processes import cpu_seconds
from bench.servers import ROOT, Servers
from messages.subjects import EVENTS
from pocketpay import plan
from pocketpay.embedded.nats_users import PROVISIONER, inbox
from pocketpay.running import nats_url
from pocketpay.supervisor import Watched, kept

POSTED = "pocketpay.event.*.ledger-transaction.posted.*"
POLL_SECONDS = 0.05
PATIENCE_SECONDS = 120.0
WARM_UP_SHARE = 10
"""One of so many does not count: the first batches open connections and plan statements."""


class Posted(NamedTuple):
    """By the times at which EVENTS took each `ledger.transaction.posted`, without the first tenth."""

    per_second: float
    cpu_ms: dict[str, float]


async def transactions_per_second(here: Servers, kind: Kind, count: int, *, logged: bool = True) -> float:
    """Without `logged` the Merkle log is not made, which spoils these books for everything else."""
    return (await run(here, kind, count, logged=logged)).per_second


async def run(here: Servers, kind: Kind, count: int, *, logged: bool = True) -> Posted:
    """Of `count` facts; CPU ms per transaction, of the ledger, of Postgres and of NATS."""
    url = nats_url(here.options.data_dir, here.running, PROVISIONER)
    client = await nats.connect(url, inbox_prefix=inbox(PROVISIONER).encode(), allow_reconnect=False)
    database = await asyncpg.connect(here.owner_url, timeout=10)
    try:
        before = await preload(client, database, kind, count)
        await database.execute("checkpoint")
        pids = dict(here.pids)
        async with kept(_ledger(here, logged=logged), report=typer.echo, noted=pids.__setitem__):
            posted = await _posted(client, before)
            cpu_ms = await _until_all_are(posted, count, pids)
            times = await _times(posted, count)
    finally:
        await database.close(timeout=10)
        await client.close()
    skipped = count // WARM_UP_SHARE
    return Posted((count - 1 - skipped) / (times[-1] - times[skipped]), cpu_ms)


def _ledger(here: Servers, *, logged: bool) -> Watched:
    watched = plan.actor("ledger", here.options, here.running)
    if logged:
        return watched
    argv = (sys.executable, "-m", "bench.ledger.unlogged")
    return replace(watched, program=replace(watched.program, argv=argv, cwd=ROOT))


async def _posted(client: Client, after: int) -> JetStreamContext.PullSubscription:
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=after + 1,
        ack_policy=AckPolicy.NONE,
        filter_subject=POSTED,
        headers_only=True,
        mem_storage=True,
        inactive_threshold=2 * PATIENCE_SECONDS,  # looking at it is no activity of it
    )
    return await client.jetstream().pull_subscribe(POSTED, stream=EVENTS, config=config)


async def _until_all_are(
    posted: JetStreamContext.PullSubscription, count: int, pids: Mapping[str, int]
) -> dict[str, float]:
    begun, spent = 0, dict[str, float]()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (there := (await posted.consumer_info()).num_pending or 0) < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the ledger posted {there} of {count} in {PATIENCE_SECONDS:g} s")
        if not begun and there >= count // WARM_UP_SHARE:
            begun, spent = there, cpu_seconds(pids)
        await asyncio.sleep(POLL_SECONDS)
    now = cpu_seconds(pids)
    return {name: 1000 * (now[name] - before) / (count - begun) for name, before in spent.items()}


async def _times(posted: JetStreamContext.PullSubscription, count: int) -> list[float]:
    """In seconds; read when all of them are there, so that reading costs the ledger nothing."""
    times: list[float] = []
    while len(times) < count:
        messages = await posted.fetch(min(500, count - len(times)), timeout=10)
        times += [message.metadata.timestamp.timestamp() for message in messages]
    await posted.unsubscribe()
    return times
