"""A check that takes longer than anybody waits is found all the same, and its reason told."""

import asyncio

import pytest

from health.checks import ADVISORY_SECONDS, run_check, run_checks
from health.outlasting import outlasting


async def refuses_late() -> None:
    await asyncio.sleep(0.1)
    raise ConnectionRefusedError("nobody listens")


async def test_its_reason_is_told_to_the_next_who_asks() -> None:
    check = outlasting(refuses_late, told_seconds=60)
    first = await run_check(check, deadline_seconds=0.02)
    await asyncio.sleep(0.2)
    second = await run_check(check, deadline_seconds=0.02)
    assert (first.status, first.detail) == ("unreachable", "no answer within 0.02 s")
    assert (second.status, second.detail) == ("unreachable", "ConnectionRefusedError: nobody listens")


async def test_what_it_came_to_is_not_told_for_ever() -> None:
    outcomes = iter([refuses_late, None])

    async def recovers() -> None:
        if (trouble := next(outcomes)) is not None:
            await trouble()

    check = outlasting(recovers, told_seconds=0.2)
    await run_check(check, deadline_seconds=0.02)
    await asyncio.sleep(0.15)
    with pytest.raises(ConnectionRefusedError):
        await check()
    await asyncio.sleep(0.3)
    await check()


async def test_a_provider_that_hangs_holds_up_no_answer() -> None:
    async def silent() -> None:
        await asyncio.sleep(2 * ADVISORY_SECONDS)

    async def well() -> None:
        await asyncio.sleep(0)

    async with asyncio.timeout(ADVISORY_SECONDS + 0.3):
        found = await run_checks({"db": well, "provider": silent, "provider:eu": outlasting(silent)})
    assert [finding.status for finding in found.values()] == ["ok", "unreachable", "unreachable"]


async def test_what_was_told_in_time_is_asked_anew() -> None:
    asked = list[int]()

    async def check() -> None:
        asked.append(1)

    long = outlasting(check)
    for _ in range(2):
        await long()
    assert len(asked) == 2
