"""What a performer may conclude from a connection that does not come about."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from actors.runtime.calls import NEVER_TRIED, Caller
from messages.wire import Json
from storage.work import OpenCall

CALL = OpenCall(
    id="call_1",
    partition=0,
    tenant="demo",
    lane="pay_1",
    operation="charge",
    request="{}",
    command_id=None,
    principal="nobody",
    correlation_id="req_1",
    opened_at=datetime(2026, 11, 22, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("begin", "expected"), [(Caller.begin, [True, False, False]), (Caller.go_on, [False, False, False])]
)
async def test_only_the_first_attempt_of_a_call_that_nobody_left_open_was_never_tried(
    begin: Callable[[Caller, OpenCall], None], expected: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actors.runtime.calls.PAUSE_SECONDS_MAX", 0.01)
    seen, done = list[bool](), asyncio.Event()

    async def perform(_key: str, _request: Json) -> Json:
        seen.append(NEVER_TRIED.get())
        if len(seen) < 3:
            raise ConnectionError
        done.set()
        return {"result": "taken"}

    caller = Caller({"charge": perform}, lambda _incoming: None)
    begin(caller, CALL)
    await asyncio.wait_for(done.wait(), 5)
    await caller.stop()
    assert seen == expected
    assert NEVER_TRIED.get() is False
