"""`POST /webhooks/{provider}/{account}`: what a payment provider tells by itself; 200 only once it is committed.

Whatever is answered otherwise, the provider repeats. A repeat is the same command and changes nothing.
"""

import asyncio
import contextlib
import time
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from gateway.answers import respond
from gateway.bus import COMMAND_LIFE, WAITING_MAX, waiting
from gateway.commands import settle
from gateway.door import REQUEST_ID, TRACEPARENT, Settings, door_of
from gateway.outcomes import Answer
from gateway.problems import Problem
from gateway.route import Input, Route, id_of
from gateway.signatures import is_signed
from gateway.strict_json import read_object
from messages.envelope import Command
from messages.payments import ACTOR
from messages.provider_events import TYPES, ProviderEvent, kept_id, record_id
from messages.wire import Wire, json_of

WEBHOOKS_WAITING_MAX = WAITING_MAX // 2
"""A storm of webhooks leaves room for those who pay."""

COMMIT_SECONDS = 10.0
SIGNATURE = "Stripe-Signature"


class Received(Wire):
    """It is recorded, or says nothing to us."""

    received: bool = True


async def receive(request: web.Request, given: Input) -> web.StreamResponse:
    """Checked over the bytes as sent, then recorded. What we do not act on is accepted and forgotten."""
    settings, kind = door_of(request).settings, request.match_info["provider"]
    name, tenant = heard_of(settings, kind, id_of(request, "account"))
    secrets = settings.webhook_secrets.get(name, ()) if name else ()
    if not name or not secrets:
        raise Problem("not_found", "No webhooks of that provider are taken here.")
    async with door_of(request).webhook_turns:
        await asyncio.sleep(0)  # one turn of the loop each, however many came at once
    if not is_signed(request.headers.get(SIGNATURE, ""), given.raw, secrets, time.time()):
        raise Problem("signature_invalid", f"{SIGNATURE} does not fit this body, its time, or any secret of ours.")
    event = _event(name, kind, tenant, given.raw)
    if event.type in TYPES:
        await _record(request, event)
    return respond(Answer(200, json_of(Received()), {}))


def heard_of(settings: Settings, kind: str, account: str) -> tuple[str | None, str]:
    """The name of our account that is told of, and its tenant, by the two parts of the address.

    Of several accounts the second part is the name. The one without a name, or named as its provider, has its tenant
    there: its address stays when others come beside it.
    """
    if settings.accounts.get(account) == kind:
        return account, settings.accounts_tenant
    return (kind if settings.kinds.get(kind, kind) == kind else None), account


def _event(name: str, kind: str, tenant: str, raw: bytes) -> ProviderEvent:
    told = _object(raw)
    data = told.get("data")
    try:
        return ProviderEvent.model_validate(
            {
                **told,
                "provider": name,
                "kind": kind if kind != name else None,
                "account": tenant,
                "object": data["object"] if data else None,
            }
        )
    except (ValidationError, KeyError, TypeError, OverflowError) as why:
        raise Problem("malformed_json", "It is signed, and it is no event: id, type, created, data.object.") from why


def _object(raw: bytes) -> dict[str, Any]:
    try:
        return read_object(raw)
    except Problem as problem:
        if problem.status == 400:
            raise
        raise Problem("malformed_json", f"It is signed, and it is no event: {problem.detail}") from problem


async def _record(request: web.Request, event: ProviderEvent) -> None:
    door = door_of(request)
    if (command_id := record_id(event.provider, event.account, event.id)) in door.recorded:
        return
    if door.bus.waiting >= WEBHOOKS_WAITING_MAX:
        raise Problem("overloaded", "Too many webhooks wait here already; send it again.")
    async with waiting(door.bus) as waiter:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(COMMIT_SECONDS), door.webhook_slots:
                await settle(door.bus, _command(request, event, command_id), waiter, COMMIT_SECONDS)
    if waiter.done is None or waiter.done.status != 200:
        raise Problem("unavailable", "It could not be recorded just now; send it again.")
    door.recorded.note(command_id)


def _command(request: web.Request, event: ProviderEvent, command_id: str) -> Command:
    now = datetime.now(UTC)
    return Command(
        id=command_id,
        type="provider_event.record",
        actor=ACTOR,
        tenant=event.account,
        livemode=event.livemode,
        subject=kept_id(event.provider, event.account, event.id),
        principal=f"provider:{event.provider}",
        source="gateway",
        correlation_id=request[REQUEST_ID],
        traceparent=request[TRACEPARENT],
        time=now,
        expires_at=now + COMMAND_LIFE,
        data=json_of(event),
    )


WEBHOOKS = [
    Route(
        *("POST", "/webhooks/{provider}/{account}", receive, None),
        *("receiveWebhook", "What a payment provider tells, signed over the body in Stripe's scheme", Received),
        told=True,
        codes=(
            *("signature_invalid", "malformed_json", "duplicate_key", "invalid_encoding", "request_timeout"),
            *("body_too_large", "unsupported_media_type", "unavailable", "overloaded", "draining"),
        ),
    ),
]
