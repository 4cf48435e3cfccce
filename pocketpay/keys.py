"""API keys from the command line: asked of the access actor over NATS, which lets the operator in before any key does.

A secret is made here, shown by whoever called, and known to all others by its hash.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from nats.aio.client import Client
from pydantic import BaseModel
from pydantic_core import from_json

from messages.access import ACTOR
from messages.api_keys import ApiKey, CreateKey, KeyType, RevokeKey
from messages.envelope import GATEWAY, Command, Query, Reply
from messages.ids import new_id
from messages.key_secrets import RANDOM_BYTES, hash_of, key_id, prefix_of, secret_of
from messages.queries import ById, Page
from messages.subjects import command_subject, query_subject
from messages.tenants import CreateTenant, Mode, Tenant
from messages.wire import json_of
from pocketpay.program import StartFailed

ANSWER_SECONDS: Final = 15
EXPIRES_SECONDS: Final = 60
PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class NewKey:
    """What is wished of a key. `mode` is that of a tenant that has to be made first."""

    tenant: str
    name: str
    scopes: Sequence[str]
    type: KeyType = "secret"
    expires_at: datetime | None = None
    mode: Mode | None = None


class Refused(StartFailed):
    """The actor's answer is no."""


async def create(client: Client, wish: NewKey, secret: str | None = None) -> tuple[ApiKey, str]:
    """The key and its secret, which nobody else has; a tenant that is not there is made. Raises StartFailed."""
    mode = await mode_of(client, wish.tenant) or await _made(client, wish)
    is_publishable = wish.type == "publishable"
    secret = secret or new_secret(mode, publishable=is_publishable)
    hashed = hash_of(secret)
    data = CreateKey(
        hash=hashed,
        type=wish.type,
        name=wish.name,
        prefix=prefix_of(secret),
        scopes=list(wish.scopes),  # pyright: ignore[reportArgumentType] - pydantic says which are unknown
        expires_at=wish.expires_at,
    )
    body = await _command(client, wish.tenant, "api_key.create", key_id(hashed), data)
    return ApiKey.model_validate(body), secret


def new_secret(mode: Mode, *, publishable: bool = False) -> str:
    """256 random bits."""
    return secret_of(secrets.token_bytes(RANDOM_BYTES), livemode=mode == "live", publishable=publishable)


async def listed(client: Client, tenant: str) -> list[ApiKey]:
    """All keys of the tenant, newest first."""
    found: list[ApiKey] = []
    after: tuple[str, str] | None = None
    while True:
        reply = await _ask(client, tenant, "api_keys", {"limit": PAGE, "after": after})
        page = Page.model_validate(_body(reply))
        found += map(ApiKey.model_validate, page.data)
        if not page.has_more:
            return found
        after = (page.data[-1]["created_at"], page.data[-1]["id"])


async def revoke(client: Client, tenant: str, key: str) -> ApiKey:
    """From now on it is refused everywhere. Raises StartFailed."""
    return ApiKey.model_validate(await _command(client, tenant, "api_key.revoke", key, RevokeKey()))


async def mode_of(client: Client, tenant: str) -> Mode | None:
    """None: there is no such tenant yet."""
    reply = await _ask(client, tenant, "tenant", json_of(ById(id=tenant)))
    return None if reply.status == 404 else Tenant.model_validate(_body(reply)).mode


async def _made(client: Client, wish: NewKey) -> Mode:
    if wish.mode is None:
        raise StartFailed(f"there is no tenant {wish.tenant} yet: say --mode test or --mode live, which is for ever")
    data = CreateTenant(name=wish.tenant, mode=wish.mode)
    await _command(client, wish.tenant, "tenant.create", wish.tenant, data)
    return wish.mode


async def _command(client: Client, tenant: str, type_: str, subject: str, data: BaseModel) -> Any:
    inbox = client.new_inbox()
    now = datetime.now(UTC)
    command = Command(
        id=new_id("cmd"),
        type=type_,
        actor=ACTOR,
        tenant=tenant,
        subject=subject,
        source=GATEWAY,
        correlation_id=new_id("req"),
        time=now,
        expires_at=now + timedelta(seconds=EXPIRES_SECONDS),
        reply_to=inbox,
        data=json_of(data),
    )
    replies = await client.subscribe(inbox, max_msgs=1)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            where = command_subject(tenant, type_, ACTOR, subject)
            await client.jetstream(timeout=ANSWER_SECONDS).publish(where, command.model_dump_json().encode())
            told = from_json((await replies.next_msg(timeout=ANSWER_SECONDS)).data)
    except TimeoutError:
        silent = f"access does not answer within {ANSWER_SECONDS} s: `pocketpay status` says what runs"
        raise StartFailed(silent) from None
    return _body(Reply(status=told["status"], body=told["body"]))


async def _ask(client: Client, tenant: str, name: str, params: dict[str, Any]) -> Reply:
    question = Query(tenant=tenant, params=params).model_dump_json().encode()
    answer = await client.request(query_subject(ACTOR, name), question, timeout=ANSWER_SECONDS)
    return Reply.model_validate_json(answer.data)


def _body(reply: Reply) -> Any:
    if reply.status >= 400:
        raise Refused(str(reply.body.get("detail") or reply.body.get("code")))
    return reply.body
