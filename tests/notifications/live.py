"""The notifications actor at work, in this event loop, on real servers; events are said as other actors say them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import asyncpg
import nats
from nats.aio.client import Client
from pydantic_core import from_json

from actors.notifications.actor import notifications
from actors.notifications.attempting import deliver
from actors.notifications.delivering import Sender
from actors.notifications.past import read_events
from actors.notifications.queueing import DELIVER
from actors.notifications.replaying import READ_EVENTS
from actors.notifications.signing import signed_headers
from actors.notifications.texts import Texts
from actors.runtime.asking import Asking
from actors.runtime.process import Servers, run
from messages.envelope import Command, Event, Query, Reply
from messages.ids import new_id
from messages.subjects import EVENTS, command_subject, event_subject, query_subject, reply_subject
from messages.webhook_addresses import networks
from messages.webhook_secrets import secret_of
from messages.wire import Json

KEY = "a key of tests, long enough to be one"
GATEWAY = "gw_test"
TENANT = "demo"


@dataclass
class Live:
    """Asked and told over NATS. `said` numbers the events of each resource."""

    client: Client
    tables: asyncpg.Connection
    servers: Servers
    versions: dict[str, int] = field(default_factory=dict)
    processes: list[tuple[asyncio.Task[None], asyncio.Event]] = field(default_factory=list)

    def start(self) -> None:
        """One more process of the actor."""
        asking, texts = Asking("notifications", self.servers.nats_url), Texts(self.servers.database_url)
        sender = Sender(networks(["127.0.0.0/8"]))
        perform = {
            DELIVER: partial(deliver, texts, sender.post, signed_headers, KEY),
            READ_EVENTS: partial(read_events, asking.past_events),
        }
        stopping = asyncio.Event()
        actor = notifications(perform=perform, beside=[asking.until_stopped, texts.until_stopped])
        self.processes.append((asyncio.create_task(run(actor, self.servers, stopping)), stopping))

    async def stop(self) -> None:
        """All of them, in order."""
        for _, stopping in self.processes:
            stopping.set()
        await asyncio.wait([task for task, _ in self.processes], timeout=15)
        self.processes.clear()

    async def ask(self, type_: str, subject: str, /, **data: Any) -> Json:
        """The answer to a command: `{"status", "body"}`."""
        attempt = new_id("att")
        replies = await self.client.subscribe(reply_subject(GATEWAY, attempt))
        command = Command(
            id=new_id("cmd"),
            type=type_,
            actor="notifications",
            tenant=TENANT,
            subject=subject,
            source="gateway",
            correlation_id="req_test",
            time=datetime.now(UTC),
            reply_to=reply_subject(GATEWAY, attempt),
            data=data,
        )
        subject = command_subject(TENANT, type_, "notifications", subject)
        await self.client.jetstream(timeout=5).publish(subject, command.model_dump_json().encode())
        reply: Json = from_json((await replies.next_msg(timeout=15)).data)
        await replies.unsubscribe()
        return reply

    async def endpoint(self, url: str, *types: str, **fields: Any) -> str:
        """The id of a new one."""
        made = await self.ask("webhook_endpoint.create", new_id("we"), url=url, types=list(types) or ["*"], **fields)
        assert made["status"] == 201, made
        return made["body"]["id"]

    async def say(self, type_: str, subject: str, **data: Any) -> Event:
        """An event of another actor."""
        sequence = self.versions[subject] = self.versions.get(subject, 0) + 1
        event = Event(
            id=new_id("evt"),
            type=type_,
            source="payments",
            subject=subject,
            time=datetime.now(UTC),
            sequence=sequence,
            tenant=TENANT,
            correlation_id="req_test",
            data={"id": subject, "object": type_.partition(".")[0], "version": sequence, **data},
        )
        where = event_subject(TENANT, type_, subject)
        await self.client.jetstream(timeout=5).publish(where, event.model_dump_json().encode())
        return event

    async def query(self, name: str, **params: Any) -> Reply:
        """What the actor answers."""
        asked = Query(tenant=TENANT, params=params).model_dump_json().encode()
        reply = await self.client.request(query_subject("notifications", name), asked, timeout=10)
        return Reply.model_validate_json(reply.data)

    async def told(self, type_: str) -> list[Json]:
        """What the actor has said of this type, in order."""
        stream = self.client.jetstream(timeout=5)
        state = (await stream.stream_info(EVENTS)).state
        found = [await stream.get_msg(EVENTS, seq) for seq in range(max(1, state.first_seq), state.last_seq + 1)]
        bodies = [from_json(message.data or b"{}") for message in found]
        return [body for body in bodies if body.get("type") == type_]


def secret(endpoint: str, version: int = 1) -> str:
    """As it is shown to whoever makes the endpoint."""
    return secret_of(KEY, TENANT, endpoint, version)


@contextlib.asynccontextmanager
async def alive(database_as: Callable[[str], str], nats_as: Callable[[str], str]) -> AsyncIterator[Live]:
    """With one process."""
    servers = Servers(nats_as("notifications"), database_as("pocketpay_notifications"), "127.0.0.1", 0)
    client = await nats.connect(nats_as("provisioner"))
    tables = await asyncpg.connect(database_as("pocketpay_notifications"), timeout=10)
    live = Live(client, tables, servers)
    live.start()
    try:
        yield live
    finally:
        await live.stop()
        await tables.close(timeout=10)
        await client.close()
