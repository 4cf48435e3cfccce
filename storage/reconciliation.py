"""What is to be compared: bookings and what we said of money, in the order in which we heard and said them."""

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

import asyncpg

from messages.reconciliation import Progress, UnitsAsked
from messages.subjects import partition_of

SAID: Final = (
    *("payment.succeeded", "refund.succeeded", "refund.failed"),
    *("dispute.funds_withdrawn", "dispute.funds_reinstated"),
    *("payout.created", "payout.sent", "payout.paid", "payout.failed"),
)
"""Events after which money has moved, or is believed to have."""

_BOOKED: Final = """
select heard_at, id, source_id from balance_transaction
where tenant = $1 and provider = $2 and heard_at <= $3 and (heard_at, id) > (coalesce($4::timestamptz, '-infinity'), $5)
order by heard_at, id limit $6"""

_SAID: Final = """
select seq, entity from journal
where partition = $1 and seq > $2 and recorded_at <= $3 and tenant = $4 and type = any($5::text[])
order by seq limit $6"""

_SAID_TO: Final = """
select seq from journal where partition = $1 and seq > $2 and recorded_at <= $3 order by seq desc limit 1"""

_OPEN: Final = """
select id, unit from difference
where tenant = $1 and status = 'open' and id > $2 and body ->> 'provider' = $4 order by id limit $3"""

_OPEN_OF: Final = """
select unit, array_agg(id) as ids from difference
where tenant = $1 and status = 'open' and unit = any($2::text[]) and body ->> 'provider' = $3 group by unit"""

_CORRECTIONS: Final = """
select unit, array_agg(body ->> 'transaction') as ids from difference
where tenant = $1 and status = 'corrected' and unit = any($2::text[]) and body ->> 'transaction' is not null
  and body -> 'proposed' ->> 'action' = 'post' and body ->> 'provider' = $3 group by unit"""

_BODIES: Final = """
select 'payment' as object, body::text as body from payment where tenant = $1 and id = any($2::text[])
union all select 'refund', body::text from refund where tenant = $1 and id = any($2::text[])
union all
select 'dispute', (body || jsonb_build_object('reinstated', reinstated))::text from dispute
where tenant = $1 and id = any($2::text[])
union all select 'payout', body::text from payout where tenant = $1 and id = any($2::text[]) and version > 0"""

_BOOKED_FOR: Final = """
select coalesce(source_id, id) as unit, body::text as body from balance_transaction
where tenant = $1 and provider = $3 and (source_id = any($2::text[]) or (source_id is null and id = any($2::text[])))
order by created_at, id"""

_EVENT: Final = """
select message from journal where tenant = $1 and entity = $2 and type = any($3::text[]) and entity_seq is not null
order by entity_seq desc limit 1"""


class Wanted(NamedTuple):
    """Ids of units, up to where they reach, and whether there are more."""

    units: list[str]
    progress: Progress
    has_more: bool


async def units_after(connection: asyncpg.Connection, tenant: str, asked: UnitsAsked, limit: int) -> Wanted:
    """At most `limit` of each kind; `has_more` if there were as many of new ones."""
    done, before, partition = asked.progress, asked.before, partition_of(tenant)
    since = (done.heard_at, done.booking)
    booked = await connection.fetch(_BOOKED, tenant, asked.provider, before, *since, limit)
    told = await connection.fetch(_SAID, partition, done.said, before, tenant, list(SAID), limit)
    left = await connection.fetch(_OPEN, tenant, done.open_after, limit, asked.provider)
    if len(told) == limit:
        said = told[-1]["seq"]
    else:
        said = await connection.fetchval(_SAID_TO, partition, done.said, before) or done.said
    last = booked[-1] if booked else None
    units = [row["source_id"] or row["id"] for row in booked]
    units += [row["entity"] for row in told] + [row["unit"] for row in left]
    return Wanted(
        units=list(dict.fromkeys(units)),
        progress=Progress(
            heard_at=last["heard_at"] if last else done.heard_at,
            booking=last["id"] if last else done.booking,
            said=said,
            open_after=left[-1]["id"] if len(left) == limit else "",
        ),
        has_more=limit in (len(booked), len(told)),
    )


async def resources_of(connection: asyncpg.Connection, tenant: str, units: Collection[str]) -> list[tuple[str, str]]:
    """(object, JSON) of those that are resources of ours; a dispute says also whether its money came back."""
    return [(row["object"], row["body"]) for row in await connection.fetch(_BODIES, tenant, list(units))]


async def booked_for(
    connection: asyncpg.Connection, tenant: str, provider: str, units: Collection[str]
) -> list[tuple[str, str]]:
    """(unit, JSON) of the balance transactions about them, the oldest first."""
    rows = await connection.fetch(_BOOKED_FOR, tenant, list(units), provider)
    return [(row["unit"], row["body"]) for row in rows]


async def open_differences(
    connection: asyncpg.Connection, tenant: str, provider: str, units: Collection[str]
) -> dict[str, list[str]]:
    """Ids by unit, of those with this account."""
    return {row["unit"]: row["ids"] for row in await connection.fetch(_OPEN_OF, tenant, list(units), provider)}


async def corrections_of(
    connection: asyncpg.Connection, tenant: str, provider: str, units: Collection[str]
) -> dict[str, list[str]]:
    """The transactions that corrected differences of these units with this account, by unit."""
    return {row["unit"]: row["ids"] for row in await connection.fetch(_CORRECTIONS, tenant, list(units), provider)}


async def latest_event(connection: asyncpg.Connection, tenant: str, entity: str, types: Sequence[str]) -> str | None:
    """The newest event of these types about the entity, as it was said."""
    return await connection.fetchval(_EVENT, tenant, entity, list(types))
