"""A request becomes a command, which is sent until its outcome is known."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from pydantic import BaseModel

from gateway.bus import COMMAND_LIFE, Bus, Waiter, publish
from gateway.problems import Problem
from messages.envelope import Command, HttpRequest
from messages.ids import command_id
from messages.scopes import Role
from messages.wire import json_of

WAIT_SECONDS_DEFAULT = 10.0
WAIT_SECONDS_MAX = 60.0
FIRST_REPEAT_SECONDS = 2.0
REPEAT_SECONDS = 3.0

log = structlog.get_logger("gateway.commands")


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a request acts, from where, and what they may do.

    `secret_hash` is that of the key or session which was shown; None where none is needed. A `role` has who logged in.
    `from_page` are customers, on a page of the seller's: they see their own payment, and not all of that.
    """

    tenant: str
    principal: str
    address: str | None = None
    scopes: frozenset[str] = frozenset()
    livemode: bool = False
    secret_hash: str | None = None
    role: Role | None = None
    from_page: bool = False

    @property
    def counted_with(self) -> str:
        """Whose places it takes: customers have some of their own, so that they never take all of the seller's."""
        return f"{self.tenant}/pages" if self.from_page else self.tenant


@dataclass(frozen=True, slots=True)
class Wish:
    """What a route makes of a request: a command of an actor, about `entity`, and of another tenant if it says so."""

    actor: str
    type: str
    entity: str
    data: BaseModel
    tenant: str | None = None


def command_of(
    wish: Wish, caller: Caller, key: str, request_id: str, request: HttpRequest | None, traceparent: str | None
) -> Command:
    """The command that this key stands for; every repeat of the request makes the same one."""
    now, tenant = datetime.now(UTC), wish.tenant or caller.tenant
    return Command(
        id=command_id(tenant, wish.actor, key),
        type=wish.type,
        actor=wish.actor,
        tenant=tenant,
        livemode=caller.livemode,
        subject=wish.entity,
        principal=caller.principal,
        source="gateway",
        correlation_id=request_id,
        traceparent=traceparent,
        time=now,
        expires_at=now + COMMAND_LIFE,
        idempotency_key=key,
        request=request,
        address=caller.address,
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
