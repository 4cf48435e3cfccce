"""Money that stands still: what should have moved on long ago, with its amount, its age and the step it waits at."""

from dataclasses import dataclass
from typing import Final

from asyncpg import Connection

from storage.migrate import SCHEMAS

STATEMENT_SECONDS: Final = 10

PARKED: Final = "parked"
CALL_UNKNOWN: Final = "call_unknown"
OVERDUE: Final = "overdue"
UNPUBLISHED: Final = "unpublished"
KINDS: Final = (PARKED, CALL_UNKNOWN, OVERDUE, UNPUBLISHED)


@dataclass(frozen=True, slots=True)
class Standstill:
    """All that waits at one step in one currency. Without a currency it is not known what money it is about."""

    kind: str
    step: str
    currency: str | None
    amount_minor: int
    count: int
    oldest_age_seconds: float


_PARKED = """
select 'parked', '{schema}: ' || coalesce(k.type, 'unreadable'), coalesce(p.currency, i.currency),
       coalesce(p.amount, i.amount_due), k.parked_at
from {schema}.parked k left join payments.payment p on p.tenant = k.tenant and p.id = k.entity
left join invoicing.invoice i on i.tenant = k.tenant and i.id = k.entity
where k.resolved_at is null"""

_UNPUBLISHED = """
select 'unpublished', '{schema}: ' || j.stream, null, null, j.recorded_at
from {schema}.partition h join {schema}.journal j on j.partition = h.partition and j.seq > coalesce(
    (select max(p.journal_seq) from {schema}.published p where p.partition = h.partition), 0)
where j.recorded_at < clock_timestamp() - make_interval(secs => $1)"""

_OF_ALL = "\n    union all ".join(part.format(schema=schema) for schema in SCHEMAS for part in (_PARKED, _UNPUBLISHED))

_STANDING: Final = f"""
with standing(kind, step, currency, amount, since) as (
    {_OF_ALL}
    union all
    select 'call_unknown', 'provider: ' || c.operation, p.currency, p.amount, c.opened_at
    from payments.call c left join payments.payment p on p.tenant = c.tenant and p.id = c.lane
    where c.closed_at is null and c.opened_at < clock_timestamp() - make_interval(secs => $1)
    union all
    select 'overdue', 'ledger: hold expires', h.currency, h.amount, h.expires_at
    from ledger.hold h
    where h.status = 'open' and h.expires_at < clock_timestamp() - make_interval(secs => $1)
    union all
    select 'overdue', 'payments: ' || i.type, p.currency, p.amount, i.received_at
    from payments.inbox i left join payments.payment p on p.tenant = i.tenant and p.id = i.subject
    where i.status = 'running' and i.received_at < clock_timestamp() - make_interval(secs => $1)
      and not exists (select from payments.call c where c.command_id = i.id and c.closed_at is null)
)
select kind, step, currency, coalesce(sum(amount), 0)::bigint as amount_minor, count(*) as count,
       extract(epoch from clock_timestamp() - min(since))::float as oldest_age_seconds
from standing group by kind, step, currency order by oldest_age_seconds desc"""


async def standing_still(connection: Connection, stale_seconds: int = 60) -> list[Standstill]:
    """Oldest first. The role `pocketpay_verifier` may do this."""
    rows = await connection.fetch(_STANDING, float(stale_seconds), timeout=STATEMENT_SECONDS)
    return [Standstill(**dict(row)) for row in rows]
