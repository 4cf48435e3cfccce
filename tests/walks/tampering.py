"""Changes behind everybody's back, as only who owns the database can make them."""

import asyncpg

from pocketpay.running import database_url
from tests.walks.system import System


async def behind_our_back(system: System, sql: str, *values: object) -> str:
    """As a superuser who switches the triggers off. What Postgres says it did, such as `UPDATE 1`."""
    connection = await asyncpg.connect(database_url(system.data_dir, system.running), timeout=10)
    try:
        await connection.execute("set session_replication_role = replica")
        return await connection.execute(sql, *values)
    finally:
        await connection.close(timeout=10)
