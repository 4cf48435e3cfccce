"""What was posted for resources of others, account by account."""

from collections.abc import Sequence
from typing import Final

import asyncpg

_POSTED: Final = """
select t.source_type, t.source_id, t.source_kind, e.path, e.currency,
       sum(case e.side when 'debit' then e.amount else -e.amount end)::bigint as amount
from unnest($2::text[], $3::text[]) as w(type, id)
join transaction t on t.tenant = $1 and t.source_type = w.type and t.source_id = w.id
join entry e on e.transaction = t.id
group by t.source_type, t.source_id, t.source_kind, e.path, e.currency"""


async def posted_for(
    connection: asyncpg.Connection, tenant: str, sources: Sequence[tuple[str, str]]
) -> list[asyncpg.Record]:
    """By source, kind, path and currency; `amount` is in minor units and positive for debits."""
    return await connection.fetch(_POSTED, tenant, [type_ for type_, _ in sources], [id_ for _, id_ in sources])
