"""Deliveries that arrived long ago are deleted, beside the actor's turns: no rule asks for one again.

Nothing waits for it and it needs no partition: several processes may do it at once. What a turn still remembers of a
delivery that is gone is what it was; its text is not, and by that a replay knows.
"""

import asyncio
from typing import Final

from structlog.stdlib import get_logger

from storage.pool import borrowed, connect_pool
from storage.retention import BEGINNING, PAGE, Place, delete_old_deliveries, tenants_with_deliveries

AGAIN_SECONDS: Final = 3_600
PAUSE_SECONDS: Final = 0.2
"""Between pages: turns have the database to themselves meanwhile."""

_log = get_logger("notifications.pruning")


async def keep_pruned(database_url: str, days: int) -> None:
    """Runs beside the actor: at its start, and every hour."""
    while True:
        deleted = await prune(database_url, days)
        if deleted:
            _log.info("deliveries.pruned", deleted=deleted)
        await asyncio.sleep(AGAIN_SECONDS)


async def prune(database_url: str, days: int, *, page: int = PAGE) -> int:
    """All tenants' deliveries once, over a connection of its own; how many it deleted."""
    pool, deleted = await connect_pool(database_url, name="notifications pruning", size_max=1), 0
    try:
        async with borrowed(pool) as connection:
            for tenant in await tenants_with_deliveries(connection):
                place: Place | None = BEGINNING
                while place is not None:
                    gone, place = await delete_old_deliveries(connection, tenant, place, days, page)
                    deleted += gone
                    await asyncio.sleep(PAUSE_SECONDS if place else 0)
    finally:
        pool.terminate()
    return deleted
