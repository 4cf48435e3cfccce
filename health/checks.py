"""What a process depends on, asked for real work with a deadline."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Literal

Check = Callable[[], Awaitable[None]]
"""Asks for real work outside. Raises `Degraded` when it answers badly, anything else if not at all."""

DEADLINE_SECONDS = 1.0

ADVISORY = frozenset({"provider"})
"""Checks that are told but never make a process unready: without a provider all but charges works.

What is checked of one of several, `provider:name`, counts as the whole."""

ADVISORY_SECONDS = 0.5
"""Nobody's readiness waits for these, so they must not hold up an answer that others wait for less than a second."""


class Degraded(Exception):
    """It answers, but not as it should; the message says how."""


Status = Literal["ok", "unreachable", "degraded"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `detail` is for operators and is there when the status is not ok."""

    status: Status
    latency_ms: int
    detail: str | None = None


async def run_check(check: Check, deadline_seconds: float = DEADLINE_SECONDS) -> Finding:
    """Never raises but for cancellation; silence until the deadline is `unreachable`."""
    began = time.monotonic_ns()
    status: Status = "ok"
    detail: str | None = None
    try:
        async with asyncio.timeout(deadline_seconds):
            await check()
    except Degraded as why:
        status, detail = "degraded", str(why)
    except TimeoutError as why:
        status, detail = "unreachable", str(why) or f"no answer within {deadline_seconds} s"
    except Exception as why:  # noqa: BLE001 - whatever a client library raises, the thing could not be used
        status, detail = "unreachable", f"{type(why).__name__}: {why}"
    return Finding(status, (time.monotonic_ns() - began) // 1_000_000, detail)


async def run_checks(checks: Mapping[str, Check], deadline_seconds: float = DEADLINE_SECONDS) -> dict[str, Finding]:
    """All at once, so that together they take no longer than one deadline."""
    asked = dict(checks)  # one may be put in while we wait
    in_time = {
        name: min(deadline_seconds, ADVISORY_SECONDS) if _is_advisory(name) else deadline_seconds for name in asked
    }
    findings = await asyncio.gather(*(run_check(check, in_time[name]) for name, check in asked.items()))
    return dict(zip(asked, findings, strict=True))


def is_ready(findings: Mapping[str, Finding]) -> bool:
    """Whether all but the advisory checks are ok."""
    return all(finding.status == "ok" or _is_advisory(name) for name, finding in findings.items())


def _is_advisory(name: str) -> bool:
    return name.partition(":")[0] in ADVISORY


def checkup(
    checks: Mapping[str, Check], fresh_seconds: float = 0.5
) -> Callable[[], Coroutine[None, None, dict[str, Finding]]]:
    """Runs the checks for all who ask at the same time, and not again within `fresh_seconds`.

    Readiness is open to everybody, so asking for it often must not become work for what it asks.
    """
    latest: asyncio.Task[dict[str, Finding]] | None = None
    began = 0.0

    async def findings() -> dict[str, Finding]:
        nonlocal latest, began
        now = time.monotonic()
        if latest is None or (latest.done() and now - began >= fresh_seconds):
            latest, began = asyncio.create_task(run_checks(checks)), now
        return await asyncio.shield(latest)

    return findings
