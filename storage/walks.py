"""What one actor's tables know of a request: its commands, its calls outside, and what it said of it."""

from collections.abc import Collection

import asyncpg

from messages.walks import STEPS_MAX

_TURN_ROWS = 500
"""A turn's rows stand together in the journal, within so many."""

_COMMANDS = f"""
select id, type, subject, received_at, finished_at, status, outcome_status from inbox
where correlation_id = $2 and tenant = $1 order by received_at limit {STEPS_MAX}"""

_CALLS = f"""
select id, operation, opened_at, closed_at from call
where correlation_id = $2 and tenant = $1 order by opened_at limit {STEPS_MAX}"""

_SAID = f"""
select j.id, j.type, j.entity, j.recorded_at,
       (select count(*) from journal b where b.partition = j.partition and b.recorded_at = j.recorded_at
        and b.seq between j.seq - {_TURN_ROWS} and j.seq + {_TURN_ROWS}) as batch_size
from journal j
where j.tenant = $1 and j.entity_seq is not null and (j.entity = any($3::text[]) or j.payment = any($3::text[]))
  and position('"correlation_id":"' || $2 || '"' in j.message) > 0
order by j.recorded_at, j.seq limit {STEPS_MAX}"""
# What stands in quotes inside another text is escaped, so that nobody can write themselves into another's walk.


async def commands_of(connection: asyncpg.Connection, tenant: str, request: str) -> list[asyncpg.Record]:
    """In the order in which they came."""
    return await connection.fetch(_COMMANDS, tenant, request)


async def calls_of(connection: asyncpg.Connection, tenant: str, request: str) -> list[asyncpg.Record]:
    """In the order in which they were opened."""
    return await connection.fetch(_CALLS, tenant, request)


async def said_of(
    connection: asyncpg.Connection, tenant: str, request: str, entities: Collection[str]
) -> list[asyncpg.Record]:
    """Events of these entities, or about payments among them, that the request led to."""
    return await connection.fetch(_SAID, tenant, request, list(entities))
