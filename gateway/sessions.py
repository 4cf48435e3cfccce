"""Sessions of browsers, and who one is. The cookie holds a secret of its own, which no page's script can read."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, get_args

from aiohttp import web

from gateway.access_bodies import LogInBody
from gateway.answers import resource, respond
from gateway.api_keys import KNOWN_SECONDS
from gateway.authentication import COOKIE, address_of
from gateway.bus import waiting
from gateway.commands import WAIT_SECONDS_DEFAULT, Caller, Wish, settle
from gateway.door import CALLER, KEY, OPEN_TENANT, REQUEST_ID, caller_of, door_of
from gateway.guards import idempotency_key
from gateway.outcomes import Answer, answer_of
from gateway.problems import Problem
from gateway.questions import resource_of
from gateway.route import SESSIONS, V1, Input, Route
from gateway.schemes import scheme_of
from gateway.shapes import Me
from gateway.writes import command_for, sent_as
from messages.access import ACTOR
from messages.envelope import HttpRequest, Query
from messages.ids import new_id
from messages.key_secrets import RANDOM_BYTES, base62, hash_of, session_id
from messages.scopes import Scope, covers
from messages.users import CreateSession, EndSession, LogIn, Session
from messages.wire import json_of

SESSION_DAYS: Final = 14


async def log_in(request: web.Request, given: Input) -> web.StreamResponse:
    """`POST /sessions`: the user's password for a cookie. Each time anew: a repeat has no cookie to show again."""
    door, body = door_of(request), given.body
    ours = OPEN_TENANT if door.settings.auth == "open" else door.settings.operator_tenant
    tenant, address = body.tenant or ours, address_of(door, request)
    asked = LogIn(email=body.email, password=body.password, address=address or request.remote)
    user = await resource_of(door.bus, ACTOR, "log_in", Query(tenant=tenant, params=json_of(asked)))
    live = door.keys.table.is_live(tenant)
    request[CALLER] = Caller(tenant, f"user:{user['id']}", address, livemode=live)
    secret = base62(secrets.token_bytes(RANDOM_BYTES))
    ends = datetime.now(UTC) + timedelta(days=SESSION_DAYS)
    data = CreateSession(
        user=user["id"], hash=hash_of(secret), expires_at=ends, address=address, user_version=user["version"]
    )
    request[KEY] = new_id("key")
    answer = await _done(request, Wish(ACTOR, "session.create", session_id(data.hash), data), None)
    if answer.status != 201:
        return respond(answer)
    await door.keys.until(lambda table: data.hash in table.holders, KNOWN_SECONDS)
    cookie = _cookie(request, secret, timedelta(days=SESSION_DAYS))
    return respond(replace(answer, headers={**answer.headers, "Set-Cookie": cookie}))


async def log_out(request: web.Request, given: Input) -> web.StreamResponse:
    """`DELETE /sessions/current`."""
    caller, keys = caller_of(request), door_of(request).keys
    holder = keys.table.holders.get(caller.secret_hash or "")
    if holder is None or not caller.role:
        raise Problem("not_found", "This request has no session: it came with a key, or needs none.")
    request[KEY] = idempotency_key(request)
    answer = await _done(request, Wish(ACTOR, "session.end", holder.id, EndSession()), sent_as(request, given.raw))
    if answer.status != 200:
        return respond(answer)
    await keys.until(lambda table: table.refuses(holder.id), KNOWN_SECONDS)
    cookie = _cookie(request, "", timedelta(0))
    return respond(replace(answer, headers={**answer.headers, "Set-Cookie": cookie}))


async def me(request: web.Request, _: Input) -> web.StreamResponse:
    """`GET /me`, from what this gateway knows: no actor is asked."""
    caller, table = caller_of(request), door_of(request).keys.table
    known = table.tenants.get(caller.tenant)
    shown = Me(
        principal=caller.principal,
        tenant=caller.tenant,
        tenant_name=known.name if known else None,
        mode="live" if caller.livemode else "test",
        role=caller.role,
        scopes=[scope for scope in get_args(Scope) if covers(caller.scopes, scope)],
        livemode=caller.livemode,
    )
    return resource(json_of(shown))


async def _done(request: web.Request, wish: Wish, sent: HttpRequest | None) -> Answer:
    door = door_of(request)
    command = command_for(request, wish, sent, request[KEY])
    async with waiting(door.bus) as waiter:
        await settle(door.bus, command, waiter, WAIT_SECONDS_DEFAULT)
    return answer_of(command, waiter, door.feed.ring.epoch, request[REQUEST_ID])


def _cookie(request: web.Request, secret: str, life: timedelta) -> str:
    """The header Set-Cookie."""
    said = f"{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={int(life.total_seconds())}"
    return f"{said}; Secure" if _is_secure(request) else said


def _is_secure(request: web.Request) -> bool:
    """Whether the browser came by HTTPS, to us or to a proxy before us."""
    settings = door_of(request).settings
    return scheme_of(settings, request) == "https" or (settings.public_url or "").startswith("https://")


SESSION_ROUTES = [
    Route(
        *("POST", SESSIONS, log_in, None, "logIn", "Log in: a session, whose secret is in the cookie alone", Session),
        body=LogInBody,
        status=201,
        codes=(
            "login_failed",
            "rate_limited",
            "wrong_state",
            "unavailable",
            "overloaded",
            "draining",
            "outcome_unknown",
        ),
        told=True,
    ),
    Route(
        *("DELETE", f"{SESSIONS}/current", log_out, None, "logOut", "Log out: end the session of the cookie", Session),
        codes=("not_found",),
    ),
    Route("GET", f"{V1}/me", me, None, "getMe", "Who one is, and what one may do", Me),
]
