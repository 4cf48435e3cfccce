"""What was deferred, taken back and earned, month by month; and which invoices earn anything on a day."""

from typing import Final

from asyncpg import Connection

from messages.revenue import RevenueLinesListing
from messages.wire import Json
from storage.json_rows import many

_NET: Final = """({0}.total - (
    select coalesce(sum((t ->> 'amount')::bigint), 0) from jsonb_array_elements({0}.body -> 'taxes') t))"""

_MONTHS: Final = f"""
with invoices as (
    select i.currency, i.finalized_at, (i.body ->> 'voided_at')::timestamptz as voided_at, i.status = 'void' as void,
           {_NET.format("i")} as net, (i.body ->> 'amount_deferred')::bigint as told,
           coalesce(e.deferred, 0) as deferred
    from invoice i left join lateral (
        select sum((l ->> 'amount')::bigint) as deferred
        from earning e cross join jsonb_array_elements(e.body -> 'lines') l
        where e.tenant = i.tenant and e.id = i.id and l ->> 'credit_note' is null) e on true
    where i.tenant = $1 and i.status <> 'draft' and i.finalized_at is not null),
notes as (
    select n.currency, n.created_at, (n.body ->> 'voided_at')::timestamptz as voided_at,
           (n.body ->> 'amount_deferred')::bigint as deferred, {_NET.format("n")} as net
    from credit_note n where n.tenant = $1),
moved as (
    select finalized_at as at, currency, deferred as invoiced, 0 as credited, 0 as voided, 0 as recognised,
           net - deferred as at_once from invoices
    union all select voided_at, currency, 0, 0, told, 0, told - net from invoices where void
    union all select created_at, currency, 0, deferred, 0, 0, deferred - net from notes
    union all select voided_at, currency, 0, -deferred, 0, 0, net - deferred from notes where voided_at is not null
    union all select day::timestamp at time zone 'UTC', currency, 0, 0, 0, amount, 0
              from revenue_day where tenant = $1)
select json_build_object('month', to_char(at at time zone 'UTC', 'YYYY-MM'), 'currency', currency,
    'invoiced', sum(invoiced), 'credited', sum(credited), 'voided', sum(voided), 'recognised', sum(recognised),
    'income_at_once', sum(at_once))::text
from moved group by to_char(at at time zone 'UTC', 'YYYY-MM'), currency
order by to_char(at at time zone 'UTC', 'YYYY-MM'), currency"""

_OF_DAY: Final = """
select body::text from earning
where tenant = $1 and currency = $2 and clock is not distinct from $3 and $4::text::date between first_day and last_day
  and id > $5 order by id limit $6"""


async def months(connection: Connection, tenant: str) -> list[Json]:
    """What moved in each month and currency, the oldest first."""
    return await many(connection, _MONTHS, tenant)


async def earnings_of(connection: Connection, tenant: str, asked: RevenueLinesListing, most: int) -> list[Json]:
    """In order of their ids."""
    after = asked.after or ""
    return await many(connection, _OF_DAY, tenant, asked.currency, asked.test_clock, asked.day, after, most)
