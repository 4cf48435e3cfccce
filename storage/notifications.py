"""The tables of the notifications actor, and its looks into them."""

from collections.abc import Collection
from typing import Final

import asyncpg

from storage.resources import Table

_VERSIONED: Final = "created_at timestamptz, updated_at timestamptz, version bigint"

ENDPOINTS: Final = Table(
    "webhook_endpoint",
    columns=f"id text, status text, {_VERSIONED}",
    beside="work jsonb, deleted boolean",
    told="not deleted",
)

DIRECTORIES: Final = Table("webhook_directory", columns="id text, created_at timestamptz, version bigint")

LANES: Final = Table("webhook_lane", columns="id text, created_at timestamptz, version bigint")

DELIVERIES: Final = Table(
    "webhook_delivery",
    columns=f"id text, status text, endpoint text, event text, sequence bigint, replay boolean, {_VERSIONED}",
    beside="""standing text, lane text, next text, position bigint, event_at timestamptz,
    first_attempt_at timestamptz, tries int, asked boolean, original text""",
    references=("endpoint", "event"),
)

BODIES: Final = Table("webhook_body", columns="id text, created_at timestamptz, version bigint", beside="text text")

MAILS: Final = Table(
    "mail",
    columns=f"id text, status text, customer_id text, event text, {_VERSIONED}",
    beside="""about jsonb, said_at timestamptz, sending boolean, attempts int, forgotten boolean,
    recipient text, headline text""",
    references=("customer_id", "event"),
)

READERS: Final = Table("mail_reader", columns="id text, created_at timestamptz, version bigint")

SUPPRESSIONS: Final = Table(
    "mail_suppression",
    columns=f"id text, customer_id text, address_hash text, {_VERSIONED}",
    beside="deleted boolean",
    references=("customer_id",),
    told="not deleted",
)

READY_MAX: Final = 16
FRESH_MAX: Final = 4
"""Of those never tried: they are looked at however many older ones are never taken."""

OPEN_MAX: Final = 200
WAKE_MAX: Final = 100

# Each gives texts in order for every asked w (tenant, what, why).
_LOOKS: Final = {
    "ready_deliveries": f"""
        select r.id from (
            (select d.id, d.position from webhook_delivery d
             where d.tenant = w.tenant and d.endpoint = w.what and d.standing = 'ready'
             order by d.position limit {READY_MAX})
            union
            (select d.id, d.position from webhook_delivery d
             where d.tenant = w.tenant and d.endpoint = w.what and d.standing = 'ready' and d.tries = 0
             order by d.position limit {FRESH_MAX})) r
        order by r.position""",
    "open_deliveries": f"""
        select d.id from webhook_delivery d
        where d.tenant = w.tenant and d.endpoint = w.what and d.standing <> 'over'
        order by d.position limit {OPEN_MAX}""",
    "resting_deliveries": f"""
        select d.id from webhook_delivery d
        where d.tenant = w.tenant and d.endpoint = w.what and d.standing = 'resting' and not d.asked
        order by d.position limit {WAKE_MAX}""",
    "failed_deliveries": f"""
        select d.id from webhook_delivery d
        where d.tenant = w.tenant and d.endpoint = w.what and d.status in ('failed', 'discarded')
          and d.position > w.why::bigint and (not d.replay or d.sequence is null)
        order by d.position limit {OPEN_MAX}""",
    "earlier_delivery": """
        select d.id from webhook_delivery d
        where d.tenant = w.tenant and d.endpoint = w.what and d.event = w.why and not d.replay
        limit 1""",
    "mails_of_customer": f"""
        select m.id from mail m
        where m.tenant || '/' || m.customer_id = w.tenant || '/' || w.what and not m.forgotten
        order by m.created_at, m.id limit {OPEN_MAX}""",
}
LOOKS: Final = frozenset(_LOOKS)

_SUPPRESSED: Final = """
select body ->> 'reason' from mail_suppression
where tenant = $1 and not deleted and (address_hash = $2 or customer_id = $3)
  and (body -> 'templates' = '[]' or body -> 'templates' ? $4)
limit 1"""


async def look_up(
    connection: asyncpg.Connection, kind: str, looks: Collection[tuple[str, str, str]]
) -> dict[tuple[str, str, str], list[str]]:
    """What a look of this kind finds, for each (tenant, what, why)."""
    tenants, whats, whys = ([*column] for column in zip(*looks, strict=True))
    sql = f"""
select w.tenant, w.what, w.why, array({_LOOKS[kind]}) as found
from unnest($1::text[], $2::text[], $3::text[]) as w(tenant, what, why)"""
    rows = await connection.fetch(sql, tenants, whats, whys)
    return {(row["tenant"], row["what"], row["why"]): row["found"] for row in rows}


async def suppressed(
    connection: asyncpg.Connection, tenant: str, address_hash: str, customer_id: str | None, template: str
) -> str | None:
    """Why a mail of this kind must not go there; None: it may."""
    return await connection.fetchval(_SUPPRESSED, tenant, address_hash, customer_id, template)


async def text_of(connection: asyncpg.Connection, tenant: str, delivery: str) -> str | None:
    """The body of a delivery, byte for byte as in every attempt."""
    sql = "select text from webhook_body where tenant = $1 and id = $2"
    return await connection.fetchval(sql, tenant, delivery)


async def missing_before(connection: asyncpg.Connection, tenant: str, endpoint: str) -> int | None:
    """The first number that has not arrived; None: all have."""
    sql = """select min(sequence) from webhook_delivery
where tenant = $1 and endpoint = $2 and not replay and status <> 'succeeded'"""
    return await connection.fetchval(sql, tenant, endpoint)


async def recipients(
    connection: asyncpg.Connection, tenant: str, mails: Collection[str]
) -> dict[str, tuple[str | None, str | None]]:
    """To whom these mails went, under which subject."""
    sql = "select id, recipient, headline from mail where tenant = $1 and id = any($2::text[])"
    return {row[0]: (row[1], row[2]) for row in await connection.fetch(sql, tenant, list(mails))}
