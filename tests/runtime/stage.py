"""A stage for the runtime's stories: one actor process in this event loop, and a client in place of the gateway."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic_core import from_json

from actors.runtime.actor import Actor
from actors.runtime.process import Servers, run
from messages.envelope import Command, HttpRequest
from messages.ids import new_id
from messages.streams import ORIGIN_HEADER
from messages.subjects import EVENTS, command_subject, reply_subject

GATEWAY = "gw_test"


@dataclass
class Stage:
    """What a story needs: ask, hear the replies, look at the stream and the tables."""

    client: Client
    admin: asyncpg.Connection
    servers: Servers
    replies: dict[str, asyncio.Queue[dict[str, Any]]] = field(default_factory=dict)
    processes: list[tuple[asyncio.Task[None], asyncio.Event]] = field(default_factory=list)

    async def start(self, actor: Actor) -> asyncio.Task[None]:
        """Another process of the actor."""
        stopping = asyncio.Event()
        task = asyncio.create_task(run(actor, self.servers, stopping))
        self.processes.append((task, stopping))
        return task

    async def send(self, type_: str, subject: str, data: dict[str, Any], **fields: Any) -> str:
        """Publishes a command as a gateway would; returns the attempt that replies are addressed to."""
        attempt = new_id("att")
        body, origin = fields.pop("fingerprint", repr(data)), fields.pop("origin", None)
        command = Command(
            id=fields.pop("id", None) or new_id("cmd"),
            type=type_,
            actor="payments",
            tenant=fields.pop("tenant", "demo"),
            subject=subject,
            source="gateway",
            correlation_id="req_test",
            time=datetime.now(UTC),
            expires_at=fields.pop("expires_at", datetime.now(UTC) + timedelta(minutes=5)),
            request=HttpRequest(method="POST", path="/x", fingerprint=f"sha256:{body}"),
            reply_to=reply_subject(GATEWAY, attempt),
            data=data,
            **fields,
        )
        self.replies[attempt] = asyncio.Queue()
        await self.publish(
            command_subject(command.tenant, type_, "payments", subject), command.model_dump_json(), origin
        )
        return attempt

    async def publish(self, subject: str, body: str, origin: str | None = None) -> None:
        """Anything, onto its stream, perhaps as if an actor had said it."""
        headers = {"Nats-Msg-Id": new_id("att"), **({ORIGIN_HEADER: origin} if origin else {})}
        await self.client.jetstream(timeout=5).publish(subject, body.encode(), headers=headers)

    async def done(self, attempt: str, timeout_seconds: float = 10) -> dict[str, Any]:
        """The final reply of an attempt."""
        async with asyncio.timeout(timeout_seconds):
            while True:
                reply = await self.replies[attempt].get()
                if reply["kind"] == "done":
                    return reply

    async def ask(self, type_: str, subject: str, data: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """Sends and waits."""
        return await self.done(await self.send(type_, subject, data, **fields))

    async def events(self) -> list[dict[str, Any]]:
        """All of EVENTS, in stream order."""
        jetstream = self.client.jetstream(timeout=5)
        state = (await jetstream.stream_info(EVENTS)).state
        messages = [await jetstream.get_msg(EVENTS, seq) for seq in range(max(1, state.first_seq), state.last_seq + 1)]
        return [from_json(message.data) for message in messages if message.data is not None]

    async def until(self, sql: str, expected: object, timeout_seconds: float = 10) -> None:
        """Waits until a query on the tables gives this value."""
        async with asyncio.timeout(timeout_seconds):
            while (found := await self.admin.fetchval(sql)) != expected:
                await asyncio.sleep(0.02)
        assert found == expected


@contextlib.asynccontextmanager
async def stage(database: str, servers: Servers, nats_url: str, table: str) -> AsyncIterator[Stage]:
    """Set up and cleared away again."""
    admin = await asyncpg.connect(database)
    await admin.execute(table)
    client = await nats.connect(nats_url)
    play = Stage(client, admin, servers)

    async def heard(message: Msg) -> None:
        attempt = message.subject.rpartition(".")[2]
        if attempt in play.replies:
            play.replies[attempt].put_nowait(from_json(message.data))

    await client.subscribe(f"pocketpay.reply.{GATEWAY}.*", cb=heard)
    try:
        yield play
    finally:
        for _, stopping in play.processes:
            stopping.set()
        await asyncio.wait([task for task, _ in play.processes], timeout=12)
        await client.close()
        await admin.close()
