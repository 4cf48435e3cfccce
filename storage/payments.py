"""The tables of the payments actor."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from storage.resources import Table

PAYMENTS: Final = Table(
    "payment",
    columns="""id text, customer_id text, status text, amount bigint, amount_capturable bigint,
    amount_captured bigint, amount_refunded bigint, currency text, provider text, provider_reference text,
    created_at timestamptz, updated_at timestamptz, version bigint""",
    beside="operation jsonb, tax_refunded bigint[], declines integer, undecided bigint",
    references=("customer_id",),
)

REFUNDS: Final = Table(
    "refund",
    columns="""id text, payment text, customer_id text, status text, amount bigint, currency text,
    provider text, provider_reference text, created_at timestamptz, updated_at timestamptz, version bigint""",
    beside="look_up text",
    references=("customer_id", "payment"),
)

PAYOUTS: Final = Table(
    "payout",
    columns="""id text, purpose text, customer_id text, status text, amount bigint, currency text,
    provider text, provider_reference text, created_at timestamptz, updated_at timestamptz, version bigint""",
    beside="step jsonb, look_up text, contents jsonb",
    references=("customer_id", "purpose"),
    told="version > 0",
)

DISPUTES: Final = Table(
    "dispute",
    columns="""id text, payment text, customer_id text, status text, amount bigint, amount_withdrawn bigint,
    fee bigint, fee_returned bigint, currency text, provider text, provider_reference text,
    created_at timestamptz, updated_at timestamptz, version bigint""",
    beside="step jsonb, look_up text, as_of text, reinstated boolean",
    references=("customer_id", "payment"),
)

PAYMENT_METHODS: Final = Table(
    "payment_method",
    columns="""id text, customer_id text, status text, provider text, provider_reference text,
    created_at timestamptz, updated_at timestamptz, version bigint""",
    beside="customer_reference text, step jsonb",
    references=("customer_id",),
    told="version > 0",
)

PAYERS: Final = Table(
    "payer",
    columns="id text, created_at timestamptz, updated_at timestamptz, version bigint",
)

PROVIDER_EVENTS: Final = Table(
    "provider_event",
    columns="""id text, status text, type text, provider text, provider_id text, found_by text,
    created_at timestamptz, updated_at timestamptz, version bigint""",
)

PROVIDERS: Final = Table(
    "provider",
    columns="id text, created_at timestamptz, updated_at timestamptz, version bigint",
    beside="cursor text, sweep text, booked_to text, booking text, step jsonb, breaker jsonb",
)

BALANCE_TRANSACTIONS: Final = Table(
    "balance_transaction",
    columns="""id text, category text, status text, amount bigint, fee bigint, net bigint, currency text,
    payout text, provider text, provider_reference text, heard_at timestamptz, created_at timestamptz,
    updated_at timestamptz, version bigint""",
    beside="source_id text, booking jsonb, attempts integer",
    references=("source_id", "payout"),
)

DIFFERENCES: Final = Table(
    "difference",
    columns="""id text, status text, class text, amount bigint, currency text, unit text,
    created_at timestamptz, updated_at timestamptz, version bigint""",
    beside="step jsonb",
)

RECONCILIATIONS: Final = Table(
    "reconciliation",
    columns="id text, created_at timestamptz, updated_at timestamptz, version bigint",
    beside="progress jsonb, call text, asked_by text, again boolean",
)

_BY_REFERENCE: Final = """
select w.tenant, w.object, w.provider, w.reference, coalesce(p.id, r.id, o.id, d.id) as id
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as w(tenant, object, provider, reference)
left join payment p on w.object = 'payment' and p.provider = w.provider
    and p.provider_reference = w.reference and p.provider_reference is not null and p.tenant = w.tenant
left join refund r on w.object = 'refund' and r.provider = w.provider
    and r.provider_reference = w.reference and r.provider_reference is not null and r.tenant = w.tenant
left join payout o on w.object = 'payout' and o.provider = w.provider
    and o.provider_reference = w.reference and o.provider_reference is not null and o.tenant = w.tenant
left join dispute d on w.object = 'dispute' and d.provider = w.provider
    and d.provider_reference = w.reference and d.tenant = w.tenant
where coalesce(p.id, r.id, o.id, d.id) is not null"""


async def by_reference(
    connection: asyncpg.Connection, wanted: Sequence[Sequence[str]]
) -> list[tuple[str, str, str, str, str]]:
    """Of (tenant, object, provider, its reference) those that are ours, each with our own id behind it."""
    return [tuple(row) for row in await connection.fetch(_BY_REFERENCE, *map(list, zip(*wanted, strict=True)))]
