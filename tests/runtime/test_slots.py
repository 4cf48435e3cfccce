"""Who waits for a place to work: each tenant in turn, however much one of them has to do."""

import asyncio
from datetime import UTC, datetime

import pytest

from actors.runtime import calls
from actors.runtime.calls import Caller
from actors.runtime.slots import Slots
from messages.wire import Json
from storage.work import OpenCall


def call(tenant: str, lane: str, operation: str = "deliver") -> OpenCall:
    return OpenCall(
        id=f"call_{lane}",
        partition=0,
        tenant=tenant,
        lane=lane,
        operation=operation,
        request="{}",
        command_id=None,
        principal="system",
        correlation_id="req_1",
        opened_at=datetime.now(UTC),
    )


async def test_a_tenant_with_much_to_do_outside_takes_no_other_s_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a tenant with more slow calls than may run at the same time
    monkeypatch.setattr(calls, "AT_ONCE_MAX", 2)
    began: list[str] = []

    async def slow(call_id: str, request: Json) -> Json:
        _ = request
        began.append(call_id)
        await asyncio.sleep(0.02)
        return {"result": "done"}

    done: list[object] = []
    caller = Caller({"deliver": slow, "send_mail": slow}, done.append)
    for number in range(20):
        caller.begin(call("big", f"b{number}"))
    # When another has one call, and the first one of another kind
    caller.begin(call("small", "s0"))
    caller.begin(call("big", "m0", "send_mail"))
    async with asyncio.timeout(5):
        while len(done) < 22:
            await asyncio.sleep(0.01)
    # Then both were begun long before all of the others were
    assert max(began.index("call_s0"), began.index("call_m0")) <= 5
    assert [each for each in began if each.startswith("call_b")] == [f"call_b{number}" for number in range(20)]
    await caller.stop()


async def test_a_place_that_is_given_to_who_is_cancelled_goes_to_the_next() -> None:
    slots = Slots(1)

    async def take(key: str) -> str:
        async with slots.taken(key):
            return key

    async with asyncio.timeout(5):
        async with slots.taken("a"):
            waiting = [asyncio.create_task(take(key)) for key in ("b", "b", "c", "d")]
            await asyncio.sleep(0)
            waiting[0].cancel()  # while it waits
            await asyncio.sleep(0)
        waiting[1].cancel()  # when it has just been given the place
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        assert ended[2:] == ["c", "d"]
        assert await take("e") == "e"
