"""The lines of an invoice, and whether a series of numbers has a gap."""

from typing import Final

import asyncpg

_LINES: Final = """
select line::text from invoice, jsonb_array_elements(lines) with ordinality as l(line, place)
where tenant = $1 and id = $2 and coalesce(work ->> 'deleted', 'false') = 'false' and place > $3
order by place limit $4"""

_FIND: Final = """
select coalesce((select place from invoice, jsonb_array_elements(lines) with ordinality as l(line, place)
    where tenant = $1 and id = $2 and line ->> 'id' = $3), 0)"""

_THERE: Final = """
select exists(select from invoice where tenant = $1 and id = $2 and coalesce(work ->> 'deleted', 'false') = 'false')"""

NUMBERS: Final = """
select tenant, series, substring(number from '[0-9]+$')::bigint as number, status, finalized_at, test_clock
from invoicing.invoice where number is not null
union all
select tenant, regexp_replace(number, '-[0-9]+$', ''), substring(number from '[0-9]+$')::bigint, status, created_at,
    clock
from invoicing.credit_note where number is not null"""
"""All that were given, each with its place in its series. A clock of a test may show any time."""

_AUDIT: Final = f"""
with given as (
    select number, status, finalized_at, test_clock from ({NUMBERS}) numbers where tenant = $1 and series = $2
), ordered as (
    select number, status,
        test_clock is null and finalized_at < max(finalized_at) filter (where test_clock is null)
            over (order by number rows between unbounded preceding and 1 preceding) as early
    from given
)
select count(*) as count, min(number) as first, max(number) as last,
    array(select n from generate_series(1, (select max(number) from given)) n
        where n not in (select number from given) order by n limit 100) as missing,
    array(select number from given group by number having count(*) > 1 order by number limit 100) as doubled,
    array(select number from ordered where early order by number limit 100) as out_of_order,
    (select jsonb_object_agg(status, many)::text
        from (select status, count(*) as many from given group by status) s) as by_status,
    (select (body -> 'last' ->> $2)::bigint from invoice_series where tenant = $1 and body -> 'last' ? $2) as head
from given"""


async def is_there(connection: asyncpg.Connection, tenant: str, invoice: str) -> bool:
    """Whether this tenant has such an invoice; a deleted draft is there for nobody."""
    return bool(await connection.fetchval(_THERE, tenant, invoice))


async def lines_of(
    connection: asyncpg.Connection, tenant: str, invoice: str, after: str | None, limit: int
) -> list[str]:
    """As JSON, in the order in which they stand, behind the line of this id; one more than the limit if there is."""
    behind = await connection.fetchval(_FIND, tenant, invoice, after) if after else 0
    return [row[0] for row in await connection.fetch(_LINES, tenant, invoice, behind, limit + 1)]


async def audit(connection: asyncpg.Connection, tenant: str, series: str) -> asyncpg.Record:
    """What numbers of the series there are, and what the counter says was the last."""
    row = await connection.fetchrow(_AUDIT, tenant, series)
    assert row is not None, "an aggregate has one row"
    return row
