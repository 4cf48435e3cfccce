"""Commits a turn until it is certain: a lost answer is looked up, an unreachable database is asked again."""

import asyncio
from collections.abc import Sequence

import asyncpg
from structlog.stdlib import get_logger

from storage.partition import Fenced, Holding, fence, turn_of
from storage.pool import DATA_ERRORS, WORLD_ERRORS
from storage.statement import Statement, as_one

FIRST_PAUSE_SECONDS = 0.05
PAUSE_SECONDS_MAX = 2.0

_log = get_logger()


async def commit(
    pool: asyncpg.Pool, before: Holding, after: Holding, parts: Sequence[Statement], lease_seconds: float
) -> None:
    """One statement, one transaction. Raises Fenced, or one of DATA_ERRORS when the batch itself is at fault."""
    sql, args = as_one(fence(before, after, lease_seconds), parts)
    pause_seconds = FIRST_PAUSE_SECONDS
    while True:
        try:
            await pool.fetchval(sql, *args)
        except asyncpg.DivisionByZeroError as error:
            if await _is_ours(pool, after):
                return
            raise Fenced(f"partition {before.partition} has another holder") from error
        except DATA_ERRORS:
            raise
        except WORLD_ERRORS as error:
            pause_seconds = await pause(error, pause_seconds)
        else:
            return


async def pause(error: BaseException, pause_seconds: float) -> float:
    """The world is down: waits, and says how long to wait the next time."""
    _log.warning("database.retry", error=repr(error), pause_seconds=pause_seconds)
    await asyncio.sleep(pause_seconds)
    return min(PAUSE_SECONDS_MAX, pause_seconds * 2)


async def _is_ours(pool: asyncpg.Pool, after: Holding) -> bool:
    """Whether the fence was closed by this very turn, on a try whose answer was lost."""
    pause_seconds = FIRST_PAUSE_SECONDS
    while True:
        try:
            return await turn_of(pool, after.partition) == (after.epoch, after.turn)
        except WORLD_ERRORS as error:
            pause_seconds = await pause(error, pause_seconds)
