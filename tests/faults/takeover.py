"""Two processes of one actor: who holds the tenant's partition, and how it changes hands."""

import os
import signal

from messages.subjects import partition_of
from tests.walks.system import System
from tests.walks.whole import becomes

TENANT = "demo"


async def holder(system: System, actor: str) -> tuple[int, int]:
    """The pid of the process that holds the tenant's partition, and the epoch since it does; pid 0 for nobody."""
    sql = f"select holder, epoch, lease_until from {actor}.partition where partition = $1"
    async with system.books() as books:
        row = await books.fetchrow(sql, partition_of(TENANT))
    assert row is not None
    if row["lease_until"] is None:
        return 0, row["epoch"]
    return int(row["holder"].rpartition("/")[0].rpartition(":")[2]), row["epoch"]


async def hand_over(system: System, actor: str, to: int) -> None:
    """Asks the launcher's process to stop, so that the one that stands by takes over."""
    os.kill(system.running.pids[actor], signal.SIGTERM)
    await until_held_by(system, actor, to)


async def until_held_by(system: System, actor: str, pid: int) -> None:
    """Waits until the process holds the tenant's partition."""

    async def now() -> int:
        return (await holder(system, actor))[0]

    await becomes(now, pid)
