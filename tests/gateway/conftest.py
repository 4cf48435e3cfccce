"""A gateway on a real NATS server, and the other end of its messages: an actor that plays a script."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import aiohttp
import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from gateway.door import Settings
from gateway.process import LOOPBACK_NAMES, Gateway, start, stop
from messages.envelope import About, Accepted, Command, Done, Event, Query, Reply
from messages.subjects import event_subject
from messages.wire import Json

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
Played = Accepted | Done | Event | None
_numbers = count(1)


def an_event(
    event_type: str,
    *,
    payment: str = "pay_1",
    cause: str | None = None,
    tenant: str = "demo",
    data: Json | None = None,
) -> Event:
    """An event about a payment of abc123."""
    return Event(
        id=f"evt_{next(_numbers)}",
        type=event_type,
        source="payments",
        subject=payment,
        time=NOW,
        sequence=1,
        tenant=tenant,
        correlation_id="req_1",
        causation_id=cause,
        customer_id="abc123",
        about=About(customer_id="abc123", payment=payment),
        data=data or {"id": payment, "object": "payment"},
    )


def a_payment(payment: str, version: int = 1) -> Json:
    """As much of a payment as the gateway looks at."""
    return {"id": payment, "object": "payment", "status": "succeeded", "version": version}


@dataclass(eq=False)
class Stage:
    """Plays actors. `script` says what follows a command, `answers` what a query is told."""

    client: Client
    script: Callable[[Command], list[Played]] = lambda _: []
    answers: dict[str, Callable[[Query], Reply]] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)

    async def say(self, event: Event) -> int:
        """Its sequence in EVENTS."""
        subject = event_subject(event.tenant, event.type, event.subject)
        ack = await self.client.jetstream().publish(subject, event.model_dump_json().encode())
        return ack.seq

    async def hear(self, message: Msg) -> None:
        """A command came."""
        command = Command.model_validate_json(message.data)
        self.commands.append(command)
        for played in self.script(command):
            if isinstance(played, Event):
                await self.say(played)
            elif played is not None and command.reply_to:
                await self.client.publish(command.reply_to, played.model_dump_json().encode())

    async def asked(self, message: Msg) -> None:
        """A question came."""
        query = Query.model_validate_json(message.data)
        self.queries.append(query)
        answer = self.answers.get(message.subject.removeprefix("pocketpay.query."))
        reply = answer(query) if answer else Reply(status=404, body={"code": "not_found", "detail": "No."})
        await message.respond(reply.model_dump_json().encode())


@pytest.fixture
async def stage(nats_server: str) -> AsyncIterator[Stage]:
    """Actors that are there and know nothing until a test tells them."""
    client = await nats.connect(nats_server)
    stage = Stage(client)
    await client.subscribe("pocketpay.command.>", cb=stage.hear)
    await client.subscribe("pocketpay.query.>", cb=stage.asked)
    for _ in range(2):  # the first ping may overtake the subscriptions on their way out
        await client.flush()
    yield stage
    await client.close()


@pytest.fixture
async def gateway(nats_as: Callable[[str], str]) -> AsyncIterator[Gateway]:
    """Open, on a free port of loopback, with the permissions that it has in production."""
    gateway = await start(Settings("open", LOOPBACK_NAMES), nats_url=nats_as("gateway"), host="127.0.0.1", port=0)
    while not gateway.door.feed.ring.ready:
        await gateway.door.feed.ring.changed(0.1)
    yield gateway
    await stop(gateway)


@pytest.fixture
async def http(gateway: Gateway) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of this gateway."""
    timeout = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{gateway.port}", timeout=timeout) as session:
        yield session


def done(command: Command, status: int = 201, body: Json | None = None, **more: Any) -> Done:
    """The outcome of a command; by default the payment that it created."""
    return Done(command_id=command.id, status=status, body=body or a_payment(command.subject), **more)


async def read_frames(response: aiohttp.ClientResponse, wanted: int) -> list[dict[str, str]]:
    """So many frames of a stream that have data, as their fields."""
    frames: list[dict[str, str]] = []
    current: dict[str, str] = {}
    async for line in response.content:
        text = line.decode().rstrip("\n")
        if text and not text.startswith(":"):
            name, _, value = text.partition(": ")
            current[name] = value
        elif not text:
            if "data" in current:
                frames.append(current)
            current = {}
            if len(frames) == wanted:
                break
    return frames
