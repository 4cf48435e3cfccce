"""Queries: FastStream carries the question, the actor answers it from one snapshot that is new enough."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from time import monotonic
from typing import Any

import asyncpg
from faststream import BaseMiddleware, ExceptionMiddleware
from faststream.nats import NatsBroker
from nats.errors import MaxPayloadError
from pydantic import ValidationError
from structlog.stdlib import get_logger
from typing_extensions import override

from actors.runtime import searching, standing, walking
from actors.runtime.actor import Actor, LongAnswer, Rest
from actors.runtime.inspection import audit, command, history
from actors.runtime.rehearsing import rehearse
from actors.runtime.resources import unreadable
from messages.envelope import Query, Reply
from messages.subjects import EVENTS, partition_of, query_subject
from storage.partition import cursor_of
from storage.pool import WORLD_ERRORS, borrowed

Handler = Callable[[Query], Awaitable[Reply]]

Nudge = Callable[[int], Awaitable[None]]
"""Somebody waits for this partition: if nothing is left for it on the stream, its cursor moves to the end."""

AT_ONCE_MAX = 16
"""Questions of one name answered at the same time: one that waits for a position must not hold up the others."""

SCANS_AT_ONCE_MAX = 2
"""Fewer than the connections for questions, so that there is always one for a quick answer."""

AUDIT = "audit"
"""A scan of every actor: who looks for what is rare reads much of the inbox."""

SCAN_WAIT_SECONDS = 1.5
SCAN_SECONDS = 5
"""Together less than an asker waits."""

TOO_LARGE = "The answer is larger than a message may be: ask for fewer at once."

BEHIND_SECONDS = 5
LOOK_SECONDS = 0.01

_log = get_logger()


def always_answering() -> ExceptionMiddleware:
    """Turns what goes wrong with a question into a reply: nobody should have to wait for a deadline to learn it."""
    failing = ExceptionMiddleware()

    @failing.add_handler(ValidationError, publish=True)
    def misread(error: ValidationError) -> Reply:
        where = [".".join(map(str, row["loc"])) for row in error.errors(include_input=False, include_url=False)]
        if all(each.partition(".")[0] == "after" for each in where):
            return unreadable("The cursor cannot be read.", "cursor", code="invalid_cursor")
        return unreadable(f"cannot be read: {', '.join(where)}", *where)

    @failing.add_handler(Exception, publish=True)
    def broken(error: Exception) -> Reply:
        _log.error("query.broke", error=repr(error))
        return Reply(status=500, body={"code": "internal_error", "detail": "The question could not be answered."})

    return failing


class Fitting(BaseMiddleware):
    """Says of an answer that is larger than a message may be that it is, instead of nothing."""

    @override
    async def publish_scope(self, call_next: Callable[[Any], Awaitable[Any]], cmd: Any) -> Any:
        try:
            return await call_next(cmd)
        except MaxPayloadError:
            _log.error("query.too_large", correlation_id=cmd.correlation_id)
            cmd.body = Reply(status=500, body={"code": "internal_error", "detail": TOO_LARGE})
            return await call_next(cmd)


def answer_queries(broker: NatsBroker, actor: Actor, pool: asyncpg.Pool, nudge: Nudge) -> None:
    """Subscribes to every query of the actor, and to those that all actors answer; shared by its processes."""
    of_every_actor = {
        "command": command,
        "history": history,
        AUDIT: audit(actor.name),
        "rehearse": partial(rehearse, actor, pool),
    }
    queries: Mapping[str, LongAnswer] = {**actor.queries, **of_every_actor, **standing.answers(actor.name)}
    queries = {**queries, "search": searching.answer(actor.name), "walk": walking.answer(actor.name)}
    places = asyncio.Semaphore(SCANS_AT_ONCE_MAX)
    for name, answer in queries.items():
        handler = _handler(pool, answer, nudge if actor.hears else None)
        if name in actor.scans or name == AUDIT:
            handler = _in_turn(places, handler)
        subject, title = query_subject(actor.name, name), f"{actor.name}.{name}"
        broker.subscriber(subject, queue=actor.name, title=title, max_workers=AT_ONCE_MAX)(handler)


def _in_turn(places: asyncio.Semaphore, handler: Handler) -> Handler:
    """One that waits too long for its place is sent away before its asker is."""

    async def answered(query: Query) -> Reply:
        try:
            async with asyncio.timeout(SCAN_WAIT_SECONDS):
                await places.acquire()
        except TimeoutError:
            return Reply(status=503, body={"code": "overloaded", "detail": "Others read the books just now."})
        try:
            async with asyncio.timeout(SCAN_SECONDS):
                return await handler(query)
        except TimeoutError:
            detail = f"It takes longer than {SCAN_SECONDS} s: ask for a shorter span."
            return Reply(status=503, body={"code": "unavailable", "detail": detail})
        finally:
            places.release()

    return answered


def _handler(pool: asyncpg.Pool, answer: LongAnswer, nudge: Nudge | None) -> Handler:
    async def answered(query: Query) -> Reply:
        try:
            found = await _when_new_enough(pool, answer, query, nudge)
        except asyncpg.DataError as error:
            _log.info("query.unreadable", error=repr(error))
            return unreadable("No row can have such a value.")
        except WORLD_ERRORS as error:
            _log.warning("query.failed", error=repr(error))
            return Reply(status=503, body={"code": "unavailable", "detail": "the database cannot be reached"})
        return found if isinstance(found, Reply) else await found()

    return answered


async def _when_new_enough(pool: asyncpg.Pool, answer: LongAnswer, query: Query, nudge: Nudge | None) -> Reply | Rest:
    """An actor that hears nobody is the author of all it knows: it has no nudge and nothing to wait for."""
    partition, deadline = partition_of(query.tenant), monotonic() + BEHIND_SECONDS
    wanted = query.min_position if nudge is not None else None
    while True:
        async with borrowed(pool) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            seq = await cursor_of(connection, partition, EVENTS) if wanted is not None else 0
            if wanted is None or seq >= wanted:
                return await answer(connection, query)
        if monotonic() > deadline:
            lag = wanted - seq
            detail = f"{lag} positions are not dealt with yet"
            return Reply(status=503, body={"code": "behind", "detail": detail, "lag": lag})
        if nudge is not None:
            await nudge(partition)
        await asyncio.sleep(LOOK_SECONDS)
