"""What is deleted once it is over for long enough. All else is kept for ever."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

import asyncpg

PAGE: Final = 500


class Place(NamedTuple):
    """In the order in which deliveries are gone through, the oldest first."""

    created_at: datetime
    id: str


BEGINNING: Final = Place(datetime(1970, 1, 1, tzinfo=UTC), "")

# The page is read by the index of the lists. A lane that a turn just writes is left alone: neither waits for the other
# in a circle, and one in which somebody has come to stand stays.
_PAGE = """
with page as (
    select d.id, d.created_at from webhook_delivery d
    where d.tenant || '/' = $1 || '/' and (d.created_at, d.id) > ($2, $3)
      and d.created_at < now() - make_interval(days => $4)
    order by d.created_at, d.id limit $5),
gone as (
    delete from webhook_delivery d
    where d.tenant = $1 and d.id = any(array(select id from page))
      and d.standing = 'over' and d.updated_at < now() - make_interval(days => $4)
      and (d.status = 'succeeded' or d.endpoint = any(array(
          select e.id from webhook_endpoint e where e.tenant = $1 and e.deleted)))
    returning d.id, d.lane),
texts as (
    delete from webhook_body where tenant = $1 and id = any(array(select id from gone))),
empty as (
    select id from webhook_lane
    where tenant = $1 and id = any(array(select lane from gone)) and body ->> 'tail' is null
    for update skip locked),
lanes as (
    delete from webhook_lane where tenant = $1 and id = any(array(select id from empty)))
select (select count(*) from gone) as gone, created_at, id from page order by created_at desc, id desc limit 1"""


async def tenants_with_deliveries(connection: asyncpg.Connection) -> Sequence[str]:
    """Those that have, or had, a webhook endpoint."""
    rows = await connection.fetch("select distinct tenant from webhook_endpoint order by tenant")
    return [row["tenant"] for row in rows]


async def delete_old_deliveries(
    connection: asyncpg.Connection, tenant: str, after: Place, days: int, limit: int = PAGE
) -> tuple[int, Place | None]:
    """Goes through the next page of what is so old, and deletes what arrived so long ago, with its text and the lane
    that it leaves empty; of a deleted endpoint all that is over.

    Returns how many it deleted, and the last that it looked at; None: there are no more.
    """
    row = await connection.fetchrow(_PAGE, tenant, *after, days, limit)
    return (row["gone"], Place(row["created_at"], row["id"])) if row else (0, None)
