"""Connections to Postgres: few, with deadlines, and gone rather than idle in a transaction."""

import contextlib
from collections.abc import AsyncIterator
from typing import cast

import asyncpg

STATEMENT_TIMEOUT_SECONDS = 10

DATA_ERRORS = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.RaiseError,
    asyncpg.ProgramLimitExceededError,
)
"""What the batch itself is guilty of. Anything else says something of the world, and the same batch comes again."""

WORLD_ERRORS = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg says when a backend dies between two steps of its protocol
)
"""The database is away, or the connection to it broke."""


async def connect_pool(
    database_url: str, *, name: str, size_max: int, size_min: int = 1, plan_cache_mode: str = "auto"
) -> asyncpg.Pool:
    """A pool that opens connections as they are needed; `name` is what pg_stat_activity shows.

    A plan that is kept is one for any value. `force_custom_plan` has each look-up planned for its own: what is found
    of one customer is a handful of rows, and of another a hundred thousand.
    """
    return await asyncpg.create_pool(
        database_url,
        min_size=size_min,
        max_size=size_max,
        command_timeout=STATEMENT_TIMEOUT_SECONDS,
        timeout=5,
        max_inactive_connection_lifetime=60,
        reset=_leave,
        server_settings={
            "application_name": name,
            "statement_timeout": str(STATEMENT_TIMEOUT_SECONDS * 1000),
            "idle_in_transaction_session_timeout": "1000",
            "jit": "off",
            "plan_cache_mode": plan_cache_mode,
        },
    )


async def _leave(connection: object) -> None:
    """Nothing of ours changes a session, so a connection goes back as it is: a reset would be one more round trip."""


@contextlib.asynccontextmanager
async def borrowed(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the pool. What the pool hands out is a proxy that does all that a connection does."""
    async with pool.acquire() as proxy:
        yield cast("asyncpg.Connection", proxy)
