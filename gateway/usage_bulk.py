"""Many usage events in one request: sent on in parts, each a command with a key of its own, and answered as one."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from gateway.answers import respond
from gateway.bus import Waiter, waiting
from gateway.commands import WAIT_SECONDS_MAX, Wish, settle
from gateway.cursors import stream_cursor
from gateway.door import KEY, REQUEST_ID, door_of
from gateway.guards import idempotency_key, preferred_wait_seconds
from gateway.outcomes import Answer, answer_of
from gateway.problems import Problem
from gateway.route import Input
from gateway.writes import command_for, sent_as
from messages.envelope import Command, Done
from messages.invoicing import ACTOR
from messages.usage import USAGE_PER_COMMAND_MAX, BulkUsageWish, RecordUsage, UsageCounts
from messages.wire import Wire, json_of

BULK_EVENTS_MAX: Final = 10_000
BULK_BYTES_MAX: Final = 4 * 2**20
BULK_VALUES_MAX: Final = 200_000

PART_BYTES_MAX: Final = 400_000
"""Well below what the bus carries in one message."""

TOGETHER_MAX: Final = 8
"""Parts on their way at a time."""

BULK_WAIT_SECONDS: Final = 30.0

Part = tuple[Command, Waiter]


class UsageBulkBody(Wire):
    """Events of any of the tenant's subscriptions. One that cannot be read refuses the request as a whole."""

    events: Annotated[list[BulkUsageWish], Field(min_length=1, max_length=BULK_EVENTS_MAX)]


async def record_many(request: web.Request, given: Input) -> web.StreamResponse:
    """200 with what became of each event, in the order in which they were sent.

    504 `outcome_unknown` when some of it is not known in time: the same request with the same key goes on with those.
    """
    request[KEY] = idempotency_key(request)
    sent = sent_as(request, given.raw)
    wishes = (Wish(ACTOR, "usage.record", events[0].id, RecordUsage(events=events)) for events in parts(given.body))
    commands = [command_for(request, wish, sent, f"{request[KEY]}/{n}") for n, wish in enumerate(wishes)]
    told = await _settled(request, commands)
    return respond(_answer(request, told))


def parts(body: UsageBulkBody) -> Iterator[list[BulkUsageWish]]:
    """The same body is always cut at the same places, so that each part keeps its key."""
    part: list[BulkUsageWish] = []
    size = 0
    for event in body.events:
        length = len(event.model_dump_json().encode())
        if part and (len(part) == USAGE_PER_COMMAND_MAX or size + length > PART_BYTES_MAX):
            yield part
            part, size = [], 0
        part.append(event)
        size += length
    yield part


async def _settled(request: web.Request, commands: list[Command]) -> list[Part]:
    """Each with what has come back. Raises Problem when certainly none was accepted."""
    bus, turns = door_of(request).bus, asyncio.Semaphore(TOGETHER_MAX)
    ends_at = time.monotonic() + (preferred_wait_seconds(request, BULK_WAIT_SECONDS, WAIT_SECONDS_MAX) or 1.0)

    async def one(command: Command) -> Waiter | Problem:
        async with turns:
            left = ends_at - time.monotonic()
            if left <= 0:
                return Waiter()
            try:
                async with waiting(bus) as waiter:
                    await settle(bus, command, waiter, left)
            except Problem as problem:
                return problem
            return waiter

    told = await asyncio.gather(*map(one, commands))
    problems = [each for each in told if isinstance(each, Problem)]
    if len(problems) == len(told):
        raise problems[0]
    waiters = [Waiter() if isinstance(each, Problem) else each for each in told]
    return list(zip(commands, waiters, strict=True))


def _answer(request: web.Request, told: list[Part]) -> Answer:
    """A part that was refused, or of which nothing is known, speaks for all."""
    epoch = door_of(request).feed.ring.epoch
    done = [waiter.done for _, waiter in told if waiter.done and waiter.done.status == 200]
    if len(done) < len(told):
        refused = (part for part in told if part[1].done and part[1].done.status != 200)
        command, waiter = next(refused, None) or next(part for part in told if part[1].done is None)
        plain = command.model_copy(update={"idempotency_key": request[KEY]})
        return answer_of(plain, Waiter(done=waiter.done), epoch, request[REQUEST_ID])
    headers = {"PocketPay-Command": told[0][0].id}
    positions = [each.position for each in done if each.position is not None]
    if positions:
        headers["PocketPay-Position"] = stream_cursor(epoch, max(positions))
    if all(each.replayed for each in done):
        headers["Idempotent-Replayed"] = "true"
    return Answer(200, json_of(merged(told[0][0].id, done)), headers)


def merged(command_id: str, done: Iterable[Done]) -> UsageCounts:
    """What became of all of them, as of one command."""
    counts = [UsageCounts.model_validate(each.body) for each in done]
    return UsageCounts(
        id=command_id,
        data=[result for each in counts for result in each.data],
        recorded=sum(each.recorded for each in counts),
        duplicate=sum(each.duplicate for each in counts),
        late=sum(each.late for each in counts),
        rejected=sum(each.rejected for each in counts),
    )
