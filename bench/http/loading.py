"""One run of the client against one contestant, until all it paid for is in the ledger."""

import asyncio
import sys
import time

import asyncpg

from bench.http.measured import Load, Said
from bench.http.rivals import Contestant
from bench.processes import cpu_seconds
from bench.servers import ROOT

BOOKING_SECONDS = 60.0
POLL_SECONDS = 0.02
REST_SECONDS_MAX = 180.0
MOST_SECONDS = 1800.0


async def load(
    contestant: Contestant,
    open_requests: int,
    *,
    seconds: float | None = None,
    count: int | None = None,
) -> Load:
    """For so long, or so many. Raises TimeoutError when payments that succeeded do not reach the ledger."""
    asked = ("--open", str(open_requests))
    if seconds is not None:
        asked += ("--seconds", str(seconds))
    if count is not None:
        asked += ("--count", str(count), "--seconds", str(MOST_SECONDS))
    connection = await asyncpg.connect(contestant.database_url, timeout=10)
    try:
        booked_before = await connection.fetchval(contestant.booked)
        used = cpu_seconds(contestant.pids)
        said = await _run_client(contestant.port, asked)
        booked_at = await _until_booked(connection, contestant.booked, booked_before + said.ok, said.ended)
    finally:
        await connection.close(timeout=10)
    return Load(
        ok=said.ok,
        failed=said.failed,
        seconds=booked_at - said.began,
        answered_seconds=said.ended - said.began,
        p50_ms=said.p50_ms,
        p99_ms=said.p99_ms,
        cpu_seconds={name: seconds - used[name] for name, seconds in cpu_seconds(contestant.pids).items()},
    )


async def until_at_rest(contestant: Contestant) -> None:
    """Raises TimeoutError."""
    connection = await asyncpg.connect(contestant.database_url, timeout=10)
    try:
        async with asyncio.timeout(REST_SECONDS_MAX):
            while not await connection.fetchval(contestant.at_rest):  # noqa: ASYNC110 - the tables tell nobody
                await asyncio.sleep(0.5)
    finally:
        await connection.close(timeout=10)


async def _run_client(port: int, asked: tuple[str, ...]) -> Said:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.http.client", str(port), *asked, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(2 * MOST_SECONDS):
            line = await process.stdout.readline()  # and not to its end: the ledger is watched from now on
    except BaseException:
        process.kill()
        raise
    if not line:
        raise RuntimeError("the client ended without a word; its error stands above")
    said = Said.model_validate_json(line)
    if not said.ok:
        raise RuntimeError(f"no payment succeeded; failed: {said.failed}")
    return said


async def _until_booked(connection: asyncpg.Connection, query: str, count: int, ended: float) -> float:
    """When that many were in the ledger: at the last answer, if they are at the first look."""
    deadline, at = ended + BOOKING_SECONDS, ended
    while (booked := int(await connection.fetchval(query) or 0)) < count:
        await asyncio.sleep(POLL_SECONDS)
        at = time.monotonic()
        if at > deadline:
            raise TimeoutError(f"{count - booked} payments are not in the ledger {BOOKING_SECONDS:g} s later")
    return at
