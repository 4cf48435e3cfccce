"""Statements whose rows are one JSON text each: money stays whole, and a model reads the rest."""

from typing import cast

from asyncpg import Connection
from pydantic_core import from_json

from messages.wire import Json


async def one(connection: Connection, sql: str, *args: object) -> Json | None:
    """The first row, or None."""
    text = cast(str | None, await connection.fetchval(sql, *args))
    return None if text is None else from_json(text)


async def many(connection: Connection, sql: str, *args: object) -> list[Json]:
    """All rows."""
    return [from_json(row[0]) for row in await connection.fetch(sql, *args)]
