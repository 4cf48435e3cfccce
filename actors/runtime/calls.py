"""Work outside, begun after the commit and repeated with the same key until the outcome is definite."""

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from time import perf_counter

from pydantic_core import from_json
from structlog.stdlib import get_logger

from actors.runtime.actor import Performer
from actors.runtime.decision import Returned
from actors.runtime.reading import Cause, Incoming, from_call
from actors.runtime.slots import Slots
from health.crash import crash_point
from health.metrics import CALL_SECONDS, CALLS
from health.spans import during
from messages.wire import Json
from storage.work import OpenCall

CALL_SECONDS_MAX = 30
PAUSE_SECONDS_MAX = 30
AT_ONCE_MAX = 256
"""Beyond that each tenant and kind of work has its turn."""

LANES_MAX = 2048
"""Entities whose calls are not definite yet; beyond that the partition slows down."""

SLOW_DOWN_SECONDS = 0.5

NEVER_TRIED: ContextVar[bool] = ContextVar("never_tried", default=False)
"""For a performer: nobody, whoever held the partition, has begun this call before. Only then does a connection that
does not come about mean that nothing was done."""

_log = get_logger()


class Caller:
    """Runs the open calls of one partition: within a lane one after the other, all lanes at once."""

    def __init__(self, perform: Mapping[str, Performer], deliver: Callable[[Incoming], None]) -> None:
        self._perform, self._deliver = perform, deliver
        self._lanes: dict[str, deque[OpenCall]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._left_open: set[str] = set()
        self._slots = Slots(AT_ONCE_MAX)
        self._room = asyncio.Event()

    @property
    def open(self) -> int:
        """Calls that are not definite yet."""
        return sum(len(waiting) + 1 for waiting in self._lanes.values())

    async def until_there_is_room(self) -> None:
        """Slows the partition down while too many lanes are busy; it never stops, for answers and refusals need it."""
        if len(self._lanes) >= LANES_MAX:
            self._room.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SLOW_DOWN_SECONDS):
                    await self._room.wait()

    def go_on(self, call: OpenCall) -> None:
        """As `begin`, with a call that who held the partition before may have begun."""
        self._left_open.add(call.id)
        self.begin(call)

    def begin(self, call: OpenCall) -> None:
        """Only for calls that are committed."""
        lane = self._lanes.get(call.lane)
        if lane is not None:
            lane.append(call)
            return
        self._lanes[call.lane] = deque([call])
        task = asyncio.create_task(self._work_off(call.lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Lets go of everything; the rows stay open and the next holder goes on."""
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work_off(self, lane: str) -> None:
        waiting = self._lanes[lane]
        while waiting:
            call = waiting.popleft()
            result = await self._until_definite(call)
            self._left_open.discard(call.id)
            crash_point("after_provider")
            self._deliver(_returned(call, result))
        del self._lanes[lane]
        self._room.set()

    async def _until_definite(self, call: OpenCall) -> Json:
        request, pause_seconds = from_json(call.request), 0.2
        for attempt in range(1_000_000):
            NEVER_TRIED.set(attempt == 0 and call.id not in self._left_open)
            try:
                return await self._attempt(call, request)
            except Exception as error:  # noqa: BLE001 - whatever it was, the outcome is unknown, and it is asked for again
                CALLS.labels(call.operation, "unknown").inc()
                _log.warning("call.unknown", call=call.id, operation=call.operation, error=repr(error))
            if attempt == 0:
                self._deliver(_returned(call, None))
            await asyncio.sleep(pause_seconds * (0.5 + random.random() / 2))  # noqa: S311 - jitter
            pause_seconds = min(PAUSE_SECONDS_MAX, pause_seconds * 2)
        raise RuntimeError(f"{call.id} never became definite")

    async def _attempt(self, call: OpenCall, request: Json) -> Json:
        async with self._slots.taken((call.tenant, call.operation)):
            began = perf_counter()
            with during(call.traceparent, f"call {call.operation}", "client", {"pocketpay.call": call.id}):
                async with asyncio.timeout(CALL_SECONDS_MAX):
                    result = await self._perform[call.operation](call.id, request)
        CALL_SECONDS.labels(call.operation).observe(perf_counter() - began)
        CALLS.labels(call.operation, str(result.get("result", "done"))).inc()
        return result


def _returned(call: OpenCall, result: Json | None) -> Incoming:
    returned = Returned(call.tenant, call.id, call.operation, call.lane, call.command_id, result)
    cause = Cause(call.correlation_id, call.command_id, call.principal, traceparent=call.traceparent)
    return from_call(returned, cause)
