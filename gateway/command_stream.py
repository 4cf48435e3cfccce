"""POST with `Accept: text/event-stream`: the events of one command as they happen, then its outcome."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from pydantic_core import from_json

from gateway.bus import Waiter, waiting
from gateway.commands import WAIT_SECONDS_DEFAULT, settle
from gateway.cursors import stream_cursor
from gateway.door import REQUEST_ID, Door, caller_of, door_of
from gateway.hosted_links import linked
from gateway.outcomes import Answer, answer_of, refusal
from gateway.problems import Problem
from gateway.ring import Ring, Stored
from gateway.sse import ReaderGone, frames, notice_frame, open_stream, opening, write
from messages.envelope import Command
from messages.ledger import POSTED_EVENTS
from messages.payments import WALLET

Shown = Callable[[web.Request, Answer], Awaitable[Answer]]
"""What the client is shown of an outcome."""

_LOOK_SECONDS = 1.0


@dataclass(eq=False)
class Story:
    """Which events belong to a command, and whether the ledger has yet to post for one of them."""

    command: Command
    own: set[str] = field(default_factory=set)
    unposted: set[str] = field(default_factory=set)

    def takes(self, event: Stored) -> bool:
        """Events in the stream's order: a transaction comes after the event it was posted for.

        What the owning actor asked of the ledger on the way (a hold, a wallet's payment) has our correlation only.
        """
        if event.tenant != self.command.tenant:
            return False
        if event.causation_id == self.command.id:
            self.own.add(event.id)
            if _is_posted_after(event):
                self.unposted.add(event.id)
            return True
        if event.type != "ledger.transaction.posted":
            return False
        if event.causation_id not in self.own and event.correlation_id != self.command.correlation_id:
            return False
        self.unposted.discard(event.posts or event.causation_id)
        return True


def _is_posted_after(event: Stored) -> bool:
    """Whether exactly one transaction follows. What a wallet paid was posted by request, before it was said."""
    if event.type == "payout.sent":
        return from_json(event.raw)["data"].get("purpose") == "withdrawal"
    if event.type not in POSTED_EVENTS:
        return False
    return event.type != "payment.succeeded" or from_json(event.raw)["data"].get("provider") != WALLET


@dataclass(eq=False)
class Telling:
    """A stream that opens with the first thing to tell, so that a refusal at the door keeps its status."""

    request: web.Request
    command: Command
    position: str
    shown: Shown
    response: web.StreamResponse | None = None

    async def tell(self, data: bytes) -> None:
        """Raises ReaderGone."""
        if self.response is None:
            headers = {"PocketPay-Command": self.command.id}
            self.response = await open_stream(self.request, headers)
            data = opening(self.position, f"command={self.command.id}") + data
        await write(self.request, self.response, data)


async def stream_command(
    request: web.Request, command: Command, wait_seconds: float, shown: Shown
) -> web.StreamResponse:
    """The reader may leave: the command goes on all the same."""
    door = door_of(request)
    if not door.feed.ring.ready:
        raise Problem("unavailable", "The stream of events is away; nothing was accepted.")
    cursor = door.feed.ring.last
    telling = Telling(request, command, stream_cursor(door.feed.ring.epoch, cursor), shown)
    with door.readers.place(caller_of(request)):
        async with waiting(door.bus) as waiter:
            settling = asyncio.create_task(settle(door.bus, command, waiter, wait_seconds))
            try:
                await _tell_all(door, telling, settling, waiter, cursor, wait_seconds)
            except ReaderGone:
                await asyncio.wait({settling})
            finally:
                settling.cancel()
                with contextlib.suppress(asyncio.CancelledError, Problem):
                    await settling
    return telling.response or web.Response(status=499)


async def _tell_all(
    door: Door,
    telling: Telling,
    settling: asyncio.Task[None],
    waiter: Waiter,
    cursor: int,
    wait_seconds: float,
) -> None:
    ring, story = door.feed.ring, Story(telling.command)
    deadline = time.monotonic() + max(wait_seconds, WAIT_SECONDS_DEFAULT)
    while True:
        if code := door.keys.code_of(caller_of(telling.request).secret_hash):
            await telling.tell(notice_frame("closed", {"code": code}))
            return
        settled = settling.done()
        newer = ring.after(cursor)
        cursor = max(cursor, ring.last)
        if chosen := [event for event in newer if story.takes(event)]:
            await telling.tell(frames(ring.epoch, chosen, plain=False))
        if settled and (_told(ring, story, waiter) or time.monotonic() >= deadline):
            break
        await _change(ring, settling, min(_LOOK_SECONDS, max(deadline - time.monotonic(), 0.01)))
    outcome = await telling.shown(telling.request, _outcome(door, telling, settling, waiter))
    body = linked(telling.request, outcome.body)
    await telling.tell(notice_frame("outcome", {"status": outcome.status, "body": body}))


def _told(ring: Ring, story: Story, waiter: Waiter) -> bool:
    """Whether nothing more can come: a replay and a refusal have no events that we do not know."""
    done = waiter.done
    if done is None or done.replayed:
        return True
    return ring.last >= (done.position or 0) and not story.unposted


def _outcome(door: Door, telling: Telling, settling: asyncio.Task[None], waiter: Waiter) -> Answer:
    request_id = telling.request[REQUEST_ID]
    failure = settling.exception()
    if failure is None:
        return answer_of(telling.command, waiter, door.feed.ring.epoch, request_id)
    if not isinstance(failure, Problem) or telling.response is None:
        raise failure
    return refusal(failure, request_id)


async def _change(ring: Ring, settling: asyncio.Task[None], seconds: float) -> None:
    change = asyncio.create_task(ring.changed(seconds))
    pending = {change} if settling.done() else {change, settling}
    await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
    change.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await change
