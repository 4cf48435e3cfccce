"""What each tenant's operators have turned off: one row per tenant and actor."""

from collections.abc import Collection, Sequence
from typing import Final

import asyncpg

from storage.statement import Statement

_SAVE: Final = """
insert into switches (tenant, body) select * from unnest($1::text[], $2::text[]::jsonb[])
on conflict (tenant) do update set body = excluded.body"""

_LOAD: Final = "select tenant, body::text from switches where tenant = any($1::text[])"


def save_switches(rows: Sequence[tuple[str, str]]) -> Statement:
    """(tenant, all that is known of its switches as JSON), each tenant once."""
    return Statement("switches_saved", _SAVE, ([tenant for tenant, _ in rows], [body for _, body in rows]))


_ALL: Final = "select tenant, body::text from {schema}.switches order by tenant"


async def load_switches(connection: asyncpg.Connection, tenants: Collection[str]) -> dict[str, str]:
    """By tenant, as JSON; who has touched none has no row."""
    return {row["tenant"]: row["body"] for row in await connection.fetch(_LOAD, list(tenants))}


async def all_switches(connection: asyncpg.Connection, schema: str) -> dict[str, str]:
    """Of every tenant that has touched any of the actor's. The role `pocketpay_verifier` may look."""
    return {row["tenant"]: row["body"] for row in await connection.fetch(_ALL.format(schema=schema), timeout=10)}
