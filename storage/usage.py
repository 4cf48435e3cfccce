"""Usage in its tables, and what items used in their periods."""

from typing import Final

from asyncpg import Connection

from messages.usage import UsageSummaryListing
from messages.wire import Json
from storage import json_rows
from storage.resources import PAGE_MAX, Table

EVENTS: Final = Table(
    "usage_event",
    columns="""id text, status text, customer_id text, subscription text, quantity numeric, occurred_at timestamptz,
    recorded_at timestamptz""",
    beside="meter text, value text",
)

METERS: Final = Table(
    "usage_meter",
    columns="""id text, subscription text, subscription_item text, price text, aggregation text,
    period_start timestamptz, period_end timestamptz, invoice_line text, created_at timestamptz, version bigint""",
)

UNIQUE: Final = Table(
    "usage_unique", columns="id text, meter text, events integer, created_at timestamptz, version bigint"
)

LIMITS: Final = Table(
    "usage_limit",
    columns="id text, subscription text, created_at timestamptz, updated_at timestamptz, version bigint",
)

SHOWN: Final = Table(
    "usage_shown", columns="", references=("customer_id", "subscription"), derived={"invoiced": "recorded"}
)
"""Events as they are told; only read."""

_SUMMARIES = """
select jsonb_build_object('meter', m.body, 'price', p.body, 'limit', l.body ->> 'quantity')::text
from usage_meter m
join price p on p.tenant = m.tenant and p.id = m.price
left join usage_limit l on l.tenant = m.tenant and l.id = m.subscription_item
where m.tenant = $1 and m.subscription = $2
  and ($3::timestamptz is null or m.period_end > $3) and ($4::timestamptz is null or m.period_start < $4)
  and ($5::timestamptz is null or (m.period_start, m.subscription_item) < ($5, $6))
order by m.period_start desc, m.subscription_item desc limit $7"""


async def summaries(connection: Connection, tenant: str, asked: UsageSummaryListing) -> tuple[list[Json], bool]:
    """`meter`, `price` and `limit` of each item and period, the newest period first, and whether there are more."""
    limit = max(1, min(asked.limit, PAGE_MAX))
    last_start, last_item = asked.after or (None, None)
    args = (tenant, asked.id, asked.since, asked.until, last_start, last_item, limit + 1)
    rows = await json_rows.many(connection, _SUMMARIES, *args)
    return rows[:limit], len(rows) > limit


async def has_subscription(connection: Connection, tenant: str, subscription: str) -> bool:
    """Whether it is this tenant's."""
    sql = "select exists (select from subscription where tenant = $1 and id = $2)"
    return bool(await connection.fetchval(sql, tenant, subscription))
