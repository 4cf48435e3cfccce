"""500 endpoints, some slow, some broken, one without end, one that leads elsewhere, and 200 events a second."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import nats
import typer
from nats.aio.client import Client

from bench.line import Bar, Line
from bench.processes import rss_mb
from bench.servers import ROOT, Servers
from messages.envelope import Command, Event
from messages.ids import new_id
from messages.subjects import command_subject, event_subject
from messages.wire import Json
from pocketpay import plan
from pocketpay.embedded.nats_users import PROVISIONER
from pocketpay.running import nats_url
from pocketpay.supervisor import kept

PART: Final = "webhooks"
TENANTS: Final = 50
PER_TENANT: Final = 10
EVENTS_PER_SECOND: Final = 200
SECONDS: Final = 30
REST_SECONDS: Final = 4
P99_SECONDS: Final = 2.0
MEMORY_MB: Final = 400
BAD: Final[Mapping[int, str]] = {
    **dict.fromkeys(range(5), "slow"),
    **dict.fromkeys(range(5, 30), "broken"),
    30: "endless",
    31: "elsewhere",
}
"""By the number of an endpoint, spread over the tenants; all others are healthy."""


async def measure(here: Servers, rounds: int) -> list[Line]:
    """Seconds until 99 of 100 events were at their healthy endpoint, and what the process took."""
    p99: list[float] = []
    memory: list[float] = []
    client = await nats.connect(nats_url(here.options.data_dir, here.running, PROVISIONER))
    try:
        for number in range(rounds):
            seconds, megabytes = await _one_round(here, client, number)
            p99.append(seconds)
            memory.append(megabytes)
            typer.echo(f"webhooks: p99 {seconds:.3f} s, {megabytes:.0f} MB")
    finally:
        await client.close()
    said = f"{TENANTS * PER_TENANT} endpoints, {EVENTS_PER_SECOND} events/s, {len(BAD)} of them bad"
    return [
        Line(part=PART, figure=f"p99 to a healthy endpoint, s: {said}", ours=p99, bar=_at_most(P99_SECONDS)),
        Line(part=PART, figure="memory of notifications after it, MB", ours=memory, bar=_at_most(MEMORY_MB)),
    ]


def _at_most(value: float) -> Bar:
    return Bar(of="median", must_be="≤", value=value)


async def _one_round(here: Servers, client: Client, number: int) -> tuple[float, float]:
    receivers = await _receivers()
    assert receivers.stdout is not None
    port = int(await asyncio.wait_for(receivers.stdout.readline(), 20))
    pids: dict[str, int] = {}
    watched = plan.actor("notifications", here.options, here.running)
    address = replace(watched.program, env={**(watched.program.env or {}), "POCKETPAY_PUBLIC_URL": "http://localhost"})
    try:
        async with kept(
            replace(watched, program=address), report=typer.echo, noted=lambda name, pid: pids.update({name: pid})
        ):
            await _endpoints(client, number, port)
            sent = await _say(client, number)
            await asyncio.sleep(REST_SECONDS)
            memory = rss_mb(pids["notifications"])
        took: list[float] = json.loads(await asyncio.wait_for(receivers.stdout.readline(), 120))
    finally:
        if receivers.returncode is None:
            receivers.kill()
        await receivers.wait()
    if len(took) < sent:
        raise RuntimeError(f"{sent - len(took)} of {sent} events never came to their healthy endpoint")
    return sorted(took)[int(len(took) * 0.99)] / 1000, memory


async def _receivers() -> Process:
    lasts = str(SECONDS + 2 * REST_SECONDS + 20)
    arguments = ("-m", "bench.webhooks.receivers", lasts)
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdout=PIPE, limit=2**24)


async def _endpoints(client: Client, number: int, port: int) -> None:
    """Each hears one type of its tenant's, so that an event goes to one endpoint."""
    for each in range(TENANTS * PER_TENANT):
        tenant, kind = _whose(number, each)
        path = BAD.get(each, f"ok{each}")
        data: Json = {"url": f"http://127.0.0.1:{port}/{path}", "types": [kind], "rate_limit": 1000}
        command = Command(
            id=new_id("cmd"),
            type="webhook_endpoint.create",
            actor="notifications",
            tenant=tenant,
            subject=new_id("we"),
            source="gateway",
            correlation_id="req_bench",
            time=datetime.now(UTC),
            data=data,
        )
        where = command_subject(tenant, command.type, command.actor, command.subject)
        await client.jetstream(timeout=10).publish(where, command.model_dump_json().encode())
    await asyncio.sleep(REST_SECONDS)


async def _say(client: Client, number: int) -> int:
    """At an even pace; how many were for healthy endpoints."""
    loop, healthy = asyncio.get_running_loop(), 0
    began = loop.time()
    for count in range(EVENTS_PER_SECOND * SECONDS):
        await asyncio.sleep(max(0.0, began + count / EVENTS_PER_SECOND - loop.time()))
        each = count % (TENANTS * PER_TENANT)
        healthy += each not in BAD
        tenant, kind = _whose(number, each)
        await _event(client, tenant, kind, count)
    return healthy


async def _event(client: Client, tenant: str, kind: str, count: int) -> None:
    subject = f"pay_{count}"
    event = Event(
        id=new_id("evt"),
        type=kind,
        source="payments",
        subject=subject,
        time=datetime.now(UTC),
        sequence=1,
        tenant=tenant,
        correlation_id="req_bench",
        data={"id": subject, "object": "payment", "version": 1, "metadata": {"note": "x" * 800}},
    )
    await client.jetstream(timeout=10).publish(event_subject(tenant, kind, subject), event.model_dump_json().encode())


def _whose(number: int, endpoint: int) -> tuple[str, str]:
    return f"r{number}-{endpoint % TENANTS}", f"payment.kind_{'abcdefghij'[endpoint // TENANTS]}"
