"""The connection to NATS: commands out, replies in. It comes up and recovers by itself."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError
from pydantic import Field, TypeAdapter, ValidationError

from gateway.problems import Problem
from health.spans import during
from messages.envelope import Accepted, Command, Done
from messages.ids import new_id
from messages.subjects import COMMANDS, command_subject, reply_subject

CONNECT_SECONDS = 2
WAITING_MAX = 2_000
COMMAND_LIFE = timedelta(minutes=5)

_REPLY: TypeAdapter[Accepted | Done] = TypeAdapter(Annotated[Accepted | Done, Field(discriminator="kind")])

log = structlog.get_logger("gateway.bus")


@dataclass(eq=False)
class Waiter:
    """One request that waits for its command, whichever of its attempts is answered."""

    accepted: Accepted | None = None
    done: Done | None = None
    refused: str | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    attempts: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Bus:
    """A gateway's one connection. `attempts` says who waits for which attempt's replies."""

    client: Client
    gateway: str
    acks: str = ""
    attempts: dict[str, Waiter] = field(default_factory=dict)
    waiting: int = 0

    @property
    def connected(self) -> bool:
        """Whether the server was there a moment ago."""
        return self.client.is_connected


def new_bus() -> Bus:
    """Not yet connected: `connect` does that for as long as it takes."""
    return Bus(Client(), new_id("gw"))


async def connect(bus: Bus, nats_url: str, on_connect: Callable[[], None]) -> None:
    """Returns once connected for the first time; from then on the client reconnects for ever."""

    said: set[str] = set()

    async def report(why: Exception) -> None:
        if (detail := str(why)) not in said:
            said.add(detail)
            log.warning("bus_error", error=type(why).__name__, detail=detail)

    async def again() -> None:
        said.clear()
        log.info("bus_reconnected")
        on_connect()

    await bus.client.connect(
        servers=[nats_url],
        name="pocketpay-gateway",
        inbox_prefix="_INBOX_gateway",
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.2,  # pyright: ignore[reportArgumentType] - it is slept, fractions are fine
        connect_timeout=CONNECT_SECONDS,
        ping_interval=5,
        max_outstanding_pings=2,
        error_cb=report,
        reconnected_cb=again,
    )
    bus.acks = bus.client.new_inbox()
    await bus.client.subscribe(f"{bus.acks}.*", cb=_acknowledging(bus))
    await bus.client.subscribe(reply_subject(bus.gateway, "x").removesuffix("x") + "*", cb=_hearing(bus))
    on_connect()


async def disconnect(bus: Bus) -> None:
    """Gives up what is in flight; never raises for a server that is away."""
    with contextlib.suppress(NatsError, OSError, TimeoutError):
        async with asyncio.timeout(CONNECT_SECONDS):
            await bus.client.close()


def _hearing(bus: Bus) -> Callable[[Msg], Awaitable[None]]:
    async def hear(message: Msg) -> None:
        waiter = bus.attempts.get(message.subject.rpartition(".")[2])
        if waiter is None:
            return
        try:
            reply = _REPLY.validate_json(message.data)
        except ValidationError:
            log.exception("reply_unreadable", subject=message.subject)
            return
        if isinstance(reply, Done):
            waiter.done = reply
        else:
            waiter.accepted = reply
        waiter.changed.set()

    return hear


@contextlib.asynccontextmanager
async def waiting(bus: Bus) -> AsyncIterator[Waiter]:
    """A place among those who wait. Raises Problem `overloaded` when all are taken."""
    if bus.waiting >= WAITING_MAX:
        raise Problem("overloaded", f"{WAITING_MAX} requests wait here already; nothing was accepted.")
    waiter = Waiter()
    bus.waiting += 1
    try:
        yield waiter
    finally:
        bus.waiting -= 1
        for attempt in waiter.attempts:
            bus.attempts.pop(attempt, None)


async def publish(bus: Bus, command: Command, waiter: Waiter, *, tell_accepted: bool) -> None:
    """One attempt. Raises Problem `unavailable` only when certainly nothing was accepted.

    Silence is not an error: the stream may have it, and the caller goes on waiting for the reply.
    """
    if not bus.connected:
        raise Problem("unavailable", "The message bus is away; nothing was accepted.")
    attempt = new_id("att")
    bus.attempts[attempt] = waiter
    waiter.attempts.append(attempt)
    reply_to = reply_subject(bus.gateway, attempt)
    addressed = {"reply_to": reply_to, "tell_accepted": tell_accepted}
    headers = {"Nats-Msg-Id": f"{command.id}/{attempt}", "Nats-Expected-Stream": COMMANDS}
    subject = command_subject(command.tenant, command.type, command.actor, command.subject)
    try:
        with during(command.traceparent, f"send {command.type}", "producer", {"messaging.system": "nats"}) as span:
            carried = {"traceparent": span.traceparent} if span else {}
            message = command.model_copy(update={**addressed, **carried})
            body = message.model_dump_json().encode()
            await bus.client.publish(subject, body, reply=f"{bus.acks}.{attempt}", headers=headers)
    except MaxPayloadError as why:
        raise Problem("body_too_large", "The command would not fit on the bus.") from why
    except (NatsError, OSError) as why:
        log.warning("command_unsent", command=command.id, error=type(why).__name__)


def _acknowledging(bus: Bus) -> Callable[[Msg], Awaitable[None]]:
    """The stream's word on an attempt matters only when it is no: a yes is told by the actor's reply, and better."""

    async def acknowledge(message: Msg) -> None:
        waiter = bus.attempts.get(message.subject.rpartition(".")[2])
        if waiter is None:
            return
        if message.headers and message.headers.get("Status") == "503":
            waiter.refused = "no stream"
        elif b'"error"' in message.data:
            waiter.refused = message.data.decode(errors="replace")
        else:
            return
        waiter.changed.set()

    return acknowledge
