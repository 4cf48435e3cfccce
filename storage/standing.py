"""What stands still of one tenant in an actor's own tables: put aside, never answered, never said, or unknown."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import asyncpg

STALE_SECONDS: Final = 60
"""Until then it is on its way."""

_BYTES_MAX: Final = 65_536

_PARKED: Final = f"""
select 'parked' as kind, p.stuck as id, date_trunc('milliseconds', p.parked_at) as since, p.entity, p.type as step,
       p.reason, p.detail, p.attempts, p.resolved_at is not null as resolved,
       p.resolved_at is null and (p.retry_asked_at is not null or exists (
           select from parked o
           where o.partition = p.partition and o.tenant = p.tenant and o.entity = p.entity
             and o.resolved_at is null and o.retry_asked_at is not null)) as asked,
       p.id as row, case when octet_length(p.message) <= {_BYTES_MAX} then p.message end as message
from parked p where p.tenant = $1"""

_OPEN: Final = f"""
with standing as (
    {_PARKED} and p.partition = $2 and p.resolved_at is null
    union all
    select 'call_unknown', 'stk_' || md5('call/' || c.id), date_trunc('milliseconds', c.opened_at), c.lane, c.operation,
           '', '', 1, false, false, null, convert_to(c.request, 'UTF8')
    from call c
    where c.partition = $2 and c.tenant = $1 and c.closed_at is null
      and c.opened_at < clock_timestamp() - make_interval(secs => {STALE_SECONDS})
    union all
    select 'overdue', 'stk_' || md5('command/' || i.id), date_trunc('milliseconds', i.received_at), i.subject, i.type,
           '', '', 1, false, false, null, convert_to(i.message, 'UTF8')
    from inbox i
    where i.partition = $2 and i.tenant = $1 and i.status = 'running'
      and i.received_at < clock_timestamp() - make_interval(secs => {STALE_SECONDS})
      and not exists (
          select from call c where c.partition = $2 and c.closed_at is null and c.command_id = i.id)
    union all
    select 'unpublished', 'stk_' || md5('said/' || j.id), date_trunc('milliseconds', j.recorded_at), j.entity, j.type,
           j.stream, '', 1, false, false, null, convert_to(j.message, 'UTF8')
    from journal j
    where j.partition = $2 and j.tenant = $1
      and j.seq > coalesce((select max(n.journal_seq) from published n where n.partition = $2), 0)
      and j.recorded_at < clock_timestamp() - make_interval(secs => {STALE_SECONDS})
)
select * from standing"""

_PAGE: Final = f"""{_OPEN}
where $3::timestamptz is null or (since, id) > ($3::timestamptz, $4::text) order by since, id limit $5"""

_ONE: Final = f"""{_OPEN} where id = $3
union all {_PARKED} and p.stuck = $3 and p.resolved_at is not null"""

_OF_ENTITY: Final = """
select p.stream, p.message from parked p
where p.partition = $2 and p.tenant = $1 and p.resolved_at is null
  and (p.stuck = $3 or p.entity = (select o.entity from parked o
       where o.stuck = $3 and o.tenant = $1 and o.resolved_at is null))
order by p.id limit $4"""

_MONEY: Final[Mapping[str, str]] = {
    "payments": """
select id, amount, currency from payment where tenant = $1 and id = any($2::text[])
union all select id, amount, currency from refund where tenant = $1 and id = any($2::text[])
union all select id, amount, currency from payout where tenant = $1 and id = any($2::text[])
union all select id, amount, currency from dispute where tenant = $1 and id = any($2::text[])""",
    "ledger": """
select id, amount, currency from hold where tenant = $1 and id = any($2::text[])
union all select id, amount, currency from transfer where tenant = $1 and id = any($2::text[])""",
    "invoicing": """
select id, amount_due as amount, currency from invoice where tenant = $1 and id = any($2::text[])
union all select id, total, currency from credit_note where tenant = $1 and id = any($2::text[])""",
}


class Standing(NamedTuple):
    """`row` is that in `parked`, of what is put aside; `message` what it says, if that is short enough to be read.

    `asked`: it, or another of its entity, is to be tried again.
    """

    kind: str
    id: str
    since: datetime
    entity: str | None
    step: str | None
    reason: str
    detail: str
    attempts: int
    resolved: bool
    asked: bool
    row: int | None
    message: bytes | None


async def all_standing(
    connection: asyncpg.Connection, tenant: str, partition: int, after: tuple[datetime, str] | None, limit: int
) -> list[Standing]:
    """What is open, oldest first, behind the (since, id) of the last one seen."""
    rows = await connection.fetch(_PAGE, tenant, partition, *(after or (None, None)), limit)
    return [Standing(*row) for row in rows]


async def one_standing(connection: asyncpg.Connection, tenant: str, partition: int, id_: str) -> Standing | None:
    """What is open, or was put aside once. What went on by itself has left nothing here."""
    row = await connection.fetchrow(_ONE, tenant, partition, id_)
    return Standing(*row) if row else None


async def put_aside(
    connection: asyncpg.Connection, tenant: str, partition: int, id_: str, limit: int
) -> list[tuple[str | None, bytes]]:
    """(stream, message) of what is put aside under this name, with all of its entity, in order."""
    rows = await connection.fetch(_OF_ENTITY, tenant, partition, id_, limit)
    return [(row["stream"], row["message"]) for row in rows]


async def money_of(
    connection: asyncpg.Connection, actor: str, tenant: str, ids: Collection[str]
) -> dict[str, tuple[int, str]]:
    """(amount, currency) of those of these resources that the actor keeps."""
    sql = _MONEY.get(actor)
    rows: list[Any] = await connection.fetch(sql, tenant, list(ids)) if sql and ids else []
    return {row["id"]: (row["amount"], row["currency"]) for row in rows}
