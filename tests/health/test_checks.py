"""What a check finds, and what makes a process unready."""

import asyncio
import time

import pytest

from health.checks import Check, Degraded, Finding, Status, checkup, is_ready, run_check, run_checks


async def well() -> None:
    await asyncio.sleep(0)


async def ill() -> None:
    raise Degraded("answers slowly")


async def away() -> None:
    raise ConnectionRefusedError("nobody listens")


async def silent() -> None:
    await asyncio.sleep(30)


@pytest.mark.parametrize(
    ("check", "status", "detail"),
    [
        (well, "ok", None),
        (ill, "degraded", "answers slowly"),
        (away, "unreachable", "ConnectionRefusedError: nobody listens"),
        (silent, "unreachable", "no answer within 0.05 s"),
    ],
)
async def test_a_check_says_what_it_found(check: Check, status: str, detail: str | None) -> None:
    finding = await run_check(check, deadline_seconds=0.05)
    assert (finding.status, finding.detail) == (status, detail)


async def test_checks_run_beside_each_other() -> None:
    began = time.monotonic()
    findings = await run_checks({str(n): silent for n in range(20)}, deadline_seconds=0.1)
    assert time.monotonic() - began < 1
    assert list(findings) == [str(n) for n in range(20)]


@pytest.mark.parametrize(
    ("statuses", "ready"),
    [
        ({}, True),
        ({"db": "ok", "bus": "ok", "provider": "ok"}, True),
        ({"db": "ok", "bus": "ok", "provider": "unreachable"}, True),
        ({"db": "ok", "bus": "ok", "provider": "degraded"}, True),
        ({"db": "ok", "bus": "degraded", "provider": "ok"}, False),
        ({"db": "unreachable", "bus": "ok", "provider": "ok"}, False),
        ({"db": "ok", "bus": "unreachable", "provider": "degraded"}, False),
    ],
)
def test_a_provider_alone_makes_nothing_unready(statuses: dict[str, Status], ready: bool) -> None:
    findings = {name: Finding(status, 1) for name, status in statuses.items()}
    assert is_ready(findings) is ready


async def test_many_who_ask_at_once_are_one_piece_of_work() -> None:
    runs = 0

    async def counted() -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0.01)

    examine = checkup({"db": counted}, fresh_seconds=60)
    await asyncio.gather(*(examine() for _ in range(50)))
    await examine()
    assert runs == 1


async def test_findings_that_are_old_are_not_told_again() -> None:
    runs = 0

    async def counted() -> None:
        nonlocal runs
        runs += 1

    examine = checkup({"db": counted}, fresh_seconds=0.01)
    await examine()
    await asyncio.sleep(0.02)
    await examine()
    assert runs == 2


async def test_one_who_leaves_does_not_end_the_check_for_others() -> None:
    async def slow() -> None:
        await asyncio.sleep(0.05)

    examine = checkup({"db": slow})
    leaving, staying = asyncio.create_task(examine()), asyncio.create_task(examine())
    await asyncio.sleep(0.01)
    leaving.cancel()
    assert (await staying)["db"].status == "ok"
