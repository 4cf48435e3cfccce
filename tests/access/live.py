"""The access actor at work, in this event loop, on real servers; asked as gateways ask."""

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
from nats.js.errors import NotFoundError
from pydantic_core import from_json

from actors.access.actor import access
from actors.access.latest import TELL
from actors.access.telling import keep_told, tell_latest
from actors.access.terms import Terms
from actors.runtime.asking import Asking
from actors.runtime.process import Servers, run
from messages.envelope import Command, Query, Reply
from messages.ids import new_id
from messages.key_secrets import hash_of, key_id
from messages.subjects import LATEST, command_subject, latest_subject, query_subject, reply_subject
from messages.wire import Json
from tests.access.hall import of_key

GATEWAY = "gw_test"
TENANT = "demo"


@dataclass
class Live:
    """Asked over NATS, from `address`."""

    client: Client
    owner: asyncpg.Connection
    servers: Servers
    address: str | None = "203.0.113.7"
    processes: list[tuple[asyncio.Task[None], asyncio.Event]] = field(default_factory=list)

    def start(self) -> None:
        """One more process of the actor."""
        asking = Asking("access", self.servers.nats_url)
        perform = {TELL: partial(tell_latest, asking, asking)}
        beside = [asking.until_stopped, partial(keep_told, asking, asking)]
        stopping = asyncio.Event()
        actor = access(Terms({TENANT: "test"}), perform, beside)
        self.processes.append((asyncio.create_task(run(actor, self.servers, stopping)), stopping))

    async def stop(self) -> None:
        """All of them, in order."""
        for _, stopping in self.processes:
            stopping.set()
        await asyncio.wait([task for task, _ in self.processes], timeout=15)
        self.processes.clear()

    async def ask(self, type_: str, subject: str, /, tenant: str = TENANT, **data: Any) -> Json:
        """The answer to a command: `{"status", "body"}`."""
        attempt = new_id("att")
        replies = await self.client.subscribe(reply_subject(GATEWAY, attempt))
        command = Command(
            id=new_id("cmd"),
            type=type_,
            actor="access",
            tenant=tenant,
            subject=subject,
            principal="user:usr_ada",
            source="gateway",
            correlation_id="req_test",
            time=datetime.now(UTC),
            address=self.address,
            reply_to=reply_subject(GATEWAY, attempt),
            data=data,
        )
        where = command_subject(tenant, type_, "access", subject)
        await self.client.jetstream(timeout=5).publish(where, command.model_dump_json().encode())
        reply: Json = from_json((await replies.next_msg(timeout=15)).data)
        await replies.unsubscribe()
        return reply

    async def key(self, secret: str, *scopes: str, tenant: str = TENANT, **fields: Any) -> str:
        """The id of a new key."""
        wish = of_key(secret, *scopes, **fields)
        made = await self.ask("api_key.create", key_id(hash_of(secret)), tenant=tenant, **wish)
        assert made["status"] == 201, made
        return made["body"]["id"]

    async def query(self, name: str, tenant: str = TENANT, **params: Any) -> Reply:
        """What the actor answers."""
        asked = Query(tenant=tenant, params=params).model_dump_json().encode()
        reply = await self.client.request(query_subject("access", name), asked, timeout=15)
        return Reply.model_validate_json(reply.data)

    async def latest(self, noun: str, id_: str, tenant: str = TENANT) -> Json | None:
        """What LATEST holds."""
        try:
            found = await self.client.jetstream(timeout=5).get_last_msg(LATEST, latest_subject(tenant, noun, id_))
        except NotFoundError:
            return None
        return from_json(found.data or b"")

    async def until(self, noun: str, id_: str, seconds: float = 10, **fields: Any) -> Json:
        """What LATEST holds, once it is so."""
        async with asyncio.timeout(seconds):
            while True:
                word = await self.latest(noun, id_)
                if word is not None and word | fields == word:
                    return word
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def alive(database: str, database_as: Callable[[str], str], nats_as: Callable[[str], str]) -> AsyncIterator[Live]:
    """With one process, and with the tenant of an open gateway."""
    servers = Servers(nats_as("access"), database_as("pocketpay_access"), "127.0.0.1", 0)
    client = await nats.connect(nats_as("provisioner"))
    owner = await asyncpg.connect(database, timeout=10)
    live = Live(client, owner, servers)
    live.start()
    try:
        await live.until("tenant", TENANT, mode="test")
        yield live
    finally:
        await live.stop()
        await owner.close(timeout=10)
        await client.close()
