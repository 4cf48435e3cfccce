"""How far each actor has got, as its tables say; true as well while it is away."""

from collections.abc import Collection, Mapping

import asyncpg
from pydantic_core import from_json

Cursors = Mapping[str, Mapping[int, Mapping[str, int]]]
"""By actor, partition and stream: the last number that was dealt with."""


async def cursors_of(connection: asyncpg.Connection, actors: Collection[str]) -> Cursors:
    """Needs a role that may read their tables."""
    each = "select '{0}' as actor, partition, cursors::text from {0}.partition"
    sql = " union all ".join(each.format(actor) for actor in actors)
    found: dict[str, dict[int, Mapping[str, int]]] = {actor: {} for actor in actors}
    for row in await connection.fetch(sql):
        found[row["actor"]][row["partition"]] = from_json(row["cursors"])
    return found
