"""SQL of the payments actor. Saving is one statement per table; the columns come from the body."""

from collections.abc import Collection, Sequence
from typing import Final, Literal

import asyncpg
from pydantic_core import to_json

from messages.payments import Listing
from storage.statement import Statement

Table = Literal["payment", "refund"]

PAGE_MAX: Final = 100

_SAVE_PAYMENTS: Final = """
insert into payment (
    tenant, id, customer_id, status, amount, amount_capturable, amount_captured, amount_refunded, currency,
    provider, provider_reference, created_at, updated_at, version, body, operation, tax_refunded)
select r.tenant, p.id, p.customer_id, p.status, p.amount, p.amount_capturable, p.amount_captured,
    p.amount_refunded, p.currency, p.provider, p.provider_reference, p.created_at, p.updated_at, p.version,
    r.payment, r.operation, r.tax_refunded
from jsonb_to_recordset($1::text::jsonb) as r(
    tenant text, payment jsonb, operation jsonb, tax_refunded bigint[])
cross join lateral jsonb_to_record(r.payment) as p(
    id text, customer_id text, status text, amount bigint, amount_capturable bigint, amount_captured bigint,
    amount_refunded bigint, currency text, provider text, provider_reference text, created_at timestamptz,
    updated_at timestamptz, version bigint)
on conflict (tenant, id) do update set
    status = excluded.status, amount_capturable = excluded.amount_capturable,
    amount_captured = excluded.amount_captured, amount_refunded = excluded.amount_refunded,
    provider_reference = excluded.provider_reference, updated_at = excluded.updated_at,
    version = excluded.version, body = excluded.body, operation = excluded.operation,
    tax_refunded = excluded.tax_refunded"""

_SAVE_REFUNDS: Final = """
insert into refund (
    tenant, id, payment, customer_id, status, amount, currency, provider, provider_reference, created_at,
    updated_at, version, body, look_up)
select r.tenant, f.id, f.payment, f.customer_id, f.status, f.amount, f.currency, f.provider,
    f.provider_reference, f.created_at, f.updated_at, f.version, r.refund, r.look_up
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, refund jsonb, look_up text)
cross join lateral jsonb_to_record(r.refund) as f(
    id text, payment text, customer_id text, status text, amount bigint, currency text, provider text,
    provider_reference text, created_at timestamptz, updated_at timestamptz, version bigint)
on conflict (tenant, id) do update set
    status = excluded.status, provider_reference = excluded.provider_reference,
    updated_at = excluded.updated_at, version = excluded.version, body = excluded.body,
    look_up = excluded.look_up"""

_LOAD_PAYMENTS: Final = """
select jsonb_build_object('tenant', tenant, 'payment', body, 'operation', operation,
    'tax_refunded', to_jsonb(tax_refunded))::text
from payment join unnest($1::text[], $2::text[]) as wanted(tenant, id) using (tenant, id)"""

_LOAD_REFUNDS: Final = """
select jsonb_build_object('tenant', tenant, 'refund', body, 'look_up', look_up)::text
from refund join unnest($1::text[], $2::text[]) as wanted(tenant, id) using (tenant, id)"""


_OF_PAYMENT: Final[dict[Table, str]] = {
    "payment": "tenant || '/' || id = {}",
    "refund": "tenant || '/' || payment = {}",
}


async def load_rows(connection: asyncpg.Connection, table: Table, keys: Collection[tuple[str, str]]) -> list[str]:
    """The rows of these (tenant, id), as JSON in the form in which they are saved; in no order."""
    sql = _LOAD_PAYMENTS if table == "payment" else _LOAD_REFUNDS
    rows = await connection.fetch(sql, [tenant for tenant, _ in keys], [id_ for _, id_ in keys])
    return [row[0] for row in rows]


def save_payments(rows: Sequence[str]) -> Statement:
    """Rows are JSON objects: tenant, payment, operation, tax_refunded. Each payment at most once."""
    return Statement("payments", _SAVE_PAYMENTS, (_array(rows),))


def save_refunds(rows: Sequence[str]) -> Statement:
    """Rows are JSON objects: tenant, refund, look_up. Each refund at most once."""
    return Statement("refunds", _SAVE_REFUNDS, (_array(rows),))


async def by_id(connection: asyncpg.Connection, table: Table, tenant: str, resource: str) -> str | None:
    """The resource as JSON, or None when this tenant has no such one."""
    sql = f"select body::text from {table} where tenant = $1 and id = $2"
    return await connection.fetchval(sql, tenant, resource)


async def newest(connection: asyncpg.Connection, table: Table, tenant: str, listing: Listing) -> tuple[list[str], bool]:
    """A page of resources as JSON, newest first, and whether there are more."""
    limit = max(1, min(listing.limit, PAGE_MAX))
    conditions, args = _conditions(table, tenant, listing)
    sql = (
        f"select body::text from {table} where {' and '.join(conditions)} "
        f"order by created_at desc, id desc limit {limit + 1}"
    )
    bodies: list[str] = [row[0] for row in await connection.fetch(sql, *args)]
    return bodies[:limit], len(bodies) > limit


def _conditions(table: Table, tenant: str, listing: Listing) -> tuple[list[str], list[object]]:
    filters: list[tuple[str, object]] = [
        # As in the indexes of the lists.
        ("tenant || '/' = {} || '/'", tenant),
        ("status = any({}::text[])", listing.status or None),
        ("tenant || '/' || customer_id = {}", listing.customer_id and f"{tenant}/{listing.customer_id}"),
        (_OF_PAYMENT[table], listing.payment and f"{tenant}/{listing.payment}"),
        ("created_at >= {}", listing.created_after),
        ("created_at < {}", listing.created_before),
        # The first half is what the partial index asks for.
        (
            "body -> 'metadata' <> '{{}}' and body -> 'metadata' @> {}::text::jsonb",
            to_json(listing.metadata).decode() if listing.metadata else None,
        ),
    ]
    used = [(condition, value) for condition, value in filters if value is not None]
    conditions = [condition.format(f"${position}") for position, (condition, _) in enumerate(used, start=1)]
    args = [value for _, value in used]
    if listing.after is not None:
        conditions.append(f"(created_at, id) < (${len(args) + 1}, ${len(args) + 2})")
        args.extend(listing.after)
    return conditions, args


def _array(rows: Sequence[str]) -> str:
    return f"[{','.join(rows)}]"
