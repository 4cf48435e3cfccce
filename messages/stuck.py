"""Stuck money: what should have gone on long ago, and the wish that it be tried again."""

from typing import Final, Literal

from messages.rehearsals import Item
from messages.resource import ResourceName
from messages.wire import Instant, Wire

StuckKind = Literal["parked", "overdue", "unpublished", "call_unknown"]
StuckStatus = Literal["open", "retrying", "resolved"]


class Stuck(Wire):
    """One thing that waits. `step` is the message or call that it waits at, `deadline` when it should have been over.

    `amount` and `currency` are null where it is not known what money it is about. Only what is parked is
    `safe_to_retry` by hand: all others go on by themselves once their cause is gone.
    """

    id: str
    object: Literal["stuck"] = "stuck"
    status: StuckStatus = "open"
    kind: StuckKind
    amount: int | None = None
    currency: str | None = None
    resource: ResourceName | None = None
    actor: str
    step: str
    reason: str
    since: Instant
    deadline: Instant
    attempts: int = 1
    safe_to_retry: bool = False
    why_safe: str | None = None


class StuckListing(Wire):
    """`all_stuck`: of one actor, oldest first; `after` is the (since, id) of the last one seen."""

    limit: int = 20
    after: tuple[Instant, str] | None = None


class RetryStuck(Wire):
    """`parked.retry`: a message that was put aside is decided again, and with it all of its entity."""


class PutAside(Wire):
    """`put_aside`: what a retry would have decided, in order, as a rehearsal takes it; nothing once it is over."""

    items: list[Item] = []


RETRY: Final = "parked.retry"

COMMANDS: dict[str, type[Wire]] = {RETRY: RetryStuck}
"""Every actor takes them; what they are about is its own."""
