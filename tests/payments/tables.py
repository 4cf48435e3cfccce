"""States of the payments actor into its tables."""

import asyncpg

from actors.payments.io import save
from actors.runtime.decision import State
from storage.statement import Statement, as_one

FENCE = Statement("fence", "update partition set turn = turn + 1 where partition = 0 returning 1")


async def commit(connection: asyncpg.Connection, *states: State) -> None:
    """As the runtime does it: one statement."""
    sql, args = as_one(FENCE, save(states))
    await connection.execute(sql, *args)
