"""What a statement of a customer is made of."""

from datetime import datetime

import asyncpg

_ISSUED = "tenant || '/' || customer_id = $1 and status <> 'draft'"

_OWED = f"""
select currency, sum(amount_remaining)::bigint as amount from invoice
where {_ISSUED} and status = 'open' group by currency order by currency"""

_LINES = f"""
select body::text from invoice
where {_ISSUED} and ($2::timestamptz is null or (created_at, id) < ($2, $3))
order by created_at desc, id desc limit $4"""


async def owed(connection: asyncpg.Connection, tenant: str, customer_id: str) -> list[tuple[str, int]]:
    """What is left of the open invoices, by currency."""
    rows = await connection.fetch(_OWED, f"{tenant}/{customer_id}")
    return [(row["currency"], row["amount"]) for row in rows]


async def issued(
    connection: asyncpg.Connection, tenant: str, customer_id: str, after: tuple[datetime, str] | None, limit: int
) -> list[str]:
    """Invoices as JSON, newest first, but for drafts."""
    made, id_ = after or (None, None)
    rows = await connection.fetch(_LINES, f"{tenant}/{customer_id}", made, id_, limit)
    return [row[0] for row in rows]
