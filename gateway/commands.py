"""A request becomes a command, and the command's outcome becomes its answer."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from pydantic import BaseModel

from gateway.bus import COMMAND_LIFE, Bus, Waiter, publish
from gateway.cursors import stream_cursor
from gateway.problems import RETRY_AFTER_SECONDS, Problem, problem_body
from messages.envelope import Command, Done, HttpRequest
from messages.ids import command_id
from messages.problems import PROBLEMS
from messages.wire import Json, json_of, rfc3339

WAIT_SECONDS_DEFAULT = 10.0
WAIT_SECONDS_MAX = 60.0
FIRST_REPEAT_SECONDS = 2.0
REPEAT_SECONDS = 3.0
KEY_LIFE = timedelta(days=30)

log = structlog.get_logger("gateway.commands")

LOCATIONS = {"payment": "payments", "refund": "refunds", "hold": "holds"}
"""Where a resource of this `object` lies."""


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a request acts."""

    tenant: str
    principal: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a route makes of a request: a command of an actor, about `entity`."""

    actor: str
    type: str
    entity: str
    data: BaseModel


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers as they go out, by whichever way."""

    status: int
    body: Json
    headers: dict[str, str]

    @property
    def media_type(self) -> str:
        """Problems have their own."""
        return "application/json" if self.status < 400 else "application/problem+json"


def command_of(wish: Wish, caller: Caller, key: str, request_id: str, request: HttpRequest) -> Command:
    """The command that this key stands for; every repeat of the request makes the same one."""
    now = datetime.now(UTC)
    return Command(
        id=command_id(caller.tenant, wish.actor, key),
        type=wish.type,
        actor=wish.actor,
        tenant=caller.tenant,
        subject=wish.entity,
        principal=caller.principal,
        source="gateway",
        correlation_id=request_id,
        time=now,
        expires_at=now + COMMAND_LIFE,
        idempotency_key=key,
        request=request,
        data=json_of(wish.data),
    )


async def settle(bus: Bus, command: Command, waiter: Waiter, wait_seconds: float) -> None:
    """Sends the command until it is done, or until the client's patience ends.

    0 seconds wait for the first commit alone, as long as by default. A lost reply is healed by sending the
    same command again: the actor knows it and tells its outcome.
    """
    began = time.monotonic()
    commit_seconds = wait_seconds or WAIT_SECONDS_DEFAULT
    # A patient client will have the outcome before it needs to know that the command was accepted.
    await publish(bus, command, waiter, tell_accepted=wait_seconds <= FIRST_REPEAT_SECONDS)
    repeat_at = began + FIRST_REPEAT_SECONDS
    while waiter.done is None:
        if waiter.refused is not None and len(waiter.attempts) == 1:  # an earlier attempt may be stored
            log.warning("command_not_stored", command=command.id, reason=waiter.refused)
            raise Problem("unavailable", "The stream of commands is away; nothing was accepted.")
        elapsed = time.monotonic() - began
        patience = (wait_seconds if waiter.accepted else commit_seconds) - elapsed
        if patience <= 0:
            return
        if time.monotonic() >= repeat_at:
            repeat_at = time.monotonic() + REPEAT_SECONDS
            await _repeat(bus, command, waiter, patience)
            continue
        waiter.changed.clear()
        await _changed(waiter, min(patience, repeat_at - time.monotonic()))


async def _repeat(bus: Bus, command: Command, waiter: Waiter, patience_seconds: float) -> None:
    try:
        async with asyncio.timeout(patience_seconds):
            await publish(bus, command, waiter, tell_accepted=True)
    except (Problem, TimeoutError):
        return  # the first attempt may be stored: only its outcome, or the end of patience, ends the wait


async def _changed(waiter: Waiter, seconds: float) -> None:
    try:
        async with asyncio.timeout(max(seconds, 0.001)):
            await waiter.changed.wait()
    except TimeoutError:
        return


def answer_of(command: Command, waiter: Waiter, epoch: int, request_id: str) -> Answer:
    """What the client is told, given all that has come back."""
    headers = {"PocketPay-Command": command.id}
    if waiter.done:
        return _finished(waiter.done, headers, epoch, request_id)
    if waiter.accepted:
        shown = waiter.accepted.resource or running(command)
        return Answer(202, shown, {**headers, **_named(shown)})
    detail = "It may still happen: repeat the same request with the same Idempotency-Key."
    extra = {"idempotency_key": command.idempotency_key}
    return Answer(504, problem_body("outcome_unknown", detail, request_id, extra), headers)


def refusal(problem: Problem, request_id: str) -> Answer:
    """A problem as an answer."""
    body = problem_body(problem.code, problem.detail, request_id, problem.extra)
    return Answer(body["status"], body, {**problem.headers, **_retry_after(body)})


def _finished(done: Done, headers: dict[str, str], epoch: int, request_id: str) -> Answer:
    if done.position is not None:
        headers["PocketPay-Position"] = stream_cursor(epoch, done.position)
    if done.replayed:
        headers["Idempotent-Replayed"] = "true"
    if 200 <= done.status < 300:
        resource: Json = done.body
        body = resource
        if "version" in resource:
            headers["ETag"] = f'"{resource["version"]}"'
    else:
        extra = {key: value for key, value in done.body.items() if key not in ("code", "detail")}
        code, detail = done.body.get("code", "internal_error"), done.body.get("detail", "")
        body = problem_body(code, detail, request_id, {**extra, "status": done.status})
        resource = extra.get("payment") or {}
    if location := location_of(resource):
        headers["Location"] = location
    if done.status == 200:
        headers.pop("Location", None)
    return Answer(done.status, body, {**headers, **_retry_after(body)})


def _named(resource: Json) -> dict[str, str]:
    """Where it lies and which version this is, if it has both."""
    location = location_of(resource)
    return {"Location": location, "ETag": f'"{resource["version"]}"'} if location and "version" in resource else {}


def location_of(resource: Any) -> str | None:
    """The address of a resource, if it has one."""
    if not isinstance(resource, dict):
        return None
    folder = LOCATIONS.get(resource.get("object", ""))
    return f"/api/v1/{folder}/{resource['id']}" if folder and "id" in resource else None


def running(command: Command) -> Json:
    """The command as a resource, while nothing is known but that it runs."""
    return {
        "id": command.id,
        "object": "command",
        "status": "running",
        "type": command.type,
        "idempotency_key": command.idempotency_key,
        "first_seen_at": rfc3339(command.time),
        "expires_at": rfc3339(command.time + KEY_LIFE),
        "principal": command.principal,
        "request": json_of(command.request) if command.request else None,
        "resource": None,
        "outcome": None,
        "replays": 0,
        "livemode": command.livemode,
    }


def _retry_after(body: Json) -> dict[str, str]:
    known = PROBLEMS.get(str(body.get("code")))
    return {"Retry-After": str(RETRY_AFTER_SECONDS)} if known and known.retry == "later" else {}
