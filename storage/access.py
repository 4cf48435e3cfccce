"""The tables of the access actor, and what is read of them across tenants."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from messages.tenants import TenantListing
from storage.narrowing import narrowed, newer
from storage.resources import PAGE_MAX, Table

_VERSIONED: Final = "created_at timestamptz, updated_at timestamptz, version bigint"

TENANCIES: Final = Table(
    "tenancy", columns=f"id text, mode text, {_VERSIONED}", beside="admins jsonb, keys int, users int"
)

KEYS: Final = Table(
    "api_key",
    columns=f"id text, status text, type text, {_VERSIONED}",
    beside="hash text, lifetime bigint",
    references=("type",),
)

USERS: Final = Table(
    "access_user",
    columns=f"id text, status text, role text, {_VERSIONED}",
    beside="address_hash text, password_hash text, sessions jsonb",
    references=("role",),
)

ADDRESSES: Final = Table("user_address", columns="id text, created_at timestamptz, version bigint")

SESSIONS: Final = Table(
    "session",
    columns=f"id text, status text, expires_at timestamptz, {_VERSIONED}",
    beside="hash text",
)

_LIVE: Final = {TENANCIES.name: "true", KEYS.name: "true", SESSIONS.name: "expires_at > now()"}

_LOGIN: Final = """
select body::text, password_hash from access_user where tenant = $1 and address_hash = $2"""


async def tenants(connection: asyncpg.Connection, asked: TenantListing) -> tuple[list[str], bool]:
    """A page of all tenants as JSON, newest first, and whether there are more."""
    limit = max(1, min(asked.limit, PAGE_MAX))
    conditions, args = narrowed(newer(asked, "created_at", "id"))
    sql = f"""
select body::text from tenancy where {conditions or "true"} order by created_at desc, id desc limit {limit + 1}"""
    bodies: list[str] = [row[0] for row in await connection.fetch(sql, *args)]
    return bodies[:limit], len(bodies) > limit


async def login_of(connection: asyncpg.Connection, tenant: str, address_hash: str) -> tuple[str, str] | None:
    """The user with this address as JSON, and the hash of their password."""
    row = await connection.fetchrow(_LOGIN, tenant, address_hash)
    return None if row is None else (row[0], row[1])


async def known_after(
    connection: asyncpg.Connection, table: Table, after: tuple[str, str], limit: int
) -> Sequence[str]:
    """States of all tenants as JSON, in the order of tenant and id, but for those whose time is over."""
    around = [column.split()[0] for column in table.beside.split(",")]
    fields = "".join(f", '{name}', to_jsonb({name})" for name in around)
    sql = f"""
select jsonb_build_object('tenant', tenant, '{table.name}', body{fields})::text from {table.name}
where (tenant, id) > ($1, $2) and {_LIVE[table.name]} order by tenant, id limit $3"""
    return [row[0] for row in await connection.fetch(sql, *after, limit)]
