"""What is still to do: open calls and alarms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from pydantic_core import to_json

from storage.statement import Statement


@dataclass(frozen=True, slots=True)
class OpenCall:
    """Work outside that is not definite yet; `id` is its idempotency key for ever."""

    id: str
    partition: int
    tenant: str
    lane: str
    operation: str
    request: str
    command_id: str | None
    principal: str
    correlation_id: str
    opened_at: datetime
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """The one time at which an entity wants to be looked at."""

    tenant: str
    entity: str
    partition: int
    due_at: datetime


_OPEN = """
insert into call
    (id, partition, tenant, lane, operation, request, command_id, principal, correlation_id, opened_at, traceparent)
select id, partition, tenant, lane, operation, request, command_id, principal, correlation_id, opened_at, traceparent
from jsonb_to_recordset($1::text::jsonb) as r(id text, partition smallint, tenant text, lane text, operation text,
    request text, command_id text, principal text, correlation_id text, opened_at timestamptz, traceparent text)"""

_CLOSE = "update call set closed_at = $2 where id = any($1::text[]) and closed_at is null"

_OPEN_CALLS = """
select id, partition, tenant, lane, operation, request, command_id, principal, correlation_id, opened_at, traceparent
from call where partition = $1 and closed_at is null order by opened_at, id"""

_SET_ALARMS = """
insert into due (tenant, entity, partition, due_at)
select tenant, entity, partition, due_at
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, entity text, partition smallint, due_at timestamptz)
on conflict (tenant, entity) do update set due_at = excluded.due_at"""

_CLEAR_ALARMS = """
delete from due d using unnest($1::text[], $2::text[]) as u(tenant, entity)
where d.tenant = u.tenant and d.entity = u.entity"""

_DUE = """
select tenant, entity, partition, due_at from due
where partition = any($1::smallint[]) and due_at <= clock_timestamp() order by due_at limit $2"""


_WAKE = """
insert into due (tenant, entity, partition, due_at) values ($1, $2, $3, clock_timestamp()) on conflict do nothing"""


async def wake(pool: asyncpg.Pool, tenant: str, entity: str, partition: int) -> None:
    """Rings an entity soon, unless its alarm is set. Whoever holds the partition hears of it as of any other alarm."""
    await pool.execute(_WAKE, tenant, entity, partition)


def open_calls(rows: Sequence[OpenCall]) -> Statement:
    """Calls to begin after the commit."""
    return Statement("opened", _OPEN, (to_json(rows).decode(),))


def close_calls(ids: Collection[str], now: datetime) -> Statement:
    """Calls whose result is part of this batch."""
    return Statement("closed", _CLOSE, (list(ids), now))


def set_alarms(alarms: Sequence[Alarm]) -> Statement:
    """One per entity; a later one replaces it."""
    return Statement("alarm", _SET_ALARMS, (to_json(alarms).decode(),))


def clear_alarms(entities: Collection[tuple[str, str]]) -> Statement:
    """Of each (tenant, entity)."""
    return Statement("cleared", _CLEAR_ALARMS, ([tenant for tenant, _ in entities], [who for _, who in entities]))


async def calls_left_open(pool: asyncpg.Pool, partition: int) -> list[OpenCall]:
    """What a new holder must go on with."""
    return [OpenCall(**dict(row)) for row in await pool.fetch(_OPEN_CALLS, partition)]


async def alarms_due(pool: asyncpg.Pool, partitions: Collection[int], limit: int) -> list[Alarm]:
    """The oldest alarms whose time has come, by the database's clock."""
    return [Alarm(**dict(row)) for row in await pool.fetch(_DUE, list(partitions), limit)]
