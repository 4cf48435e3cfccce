"""What Postgres tells the verifier, who may read everything and write nothing."""

import time
from collections.abc import Mapping
from typing import Final

import asyncpg

from messages.wire import Json
from storage.migrate import SCHEMAS

CONNECT_SECONDS: Final = 5
STATEMENT_SECONDS: Final = 15

_QUESTIONS: Final[Mapping[str, str]] = {
    "settings": """
        select name, setting, unit, source from pg_settings
        where source <> 'default' or name in ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums')
        order by name""",
    "tables": """
        select n.nspname as schema, c.relname as name, c.reltuples::bigint as rows_estimated,
            pg_total_relation_size(c.oid) as bytes, s.n_dead_tup as rows_dead, s.last_autovacuum::text
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
            left join pg_stat_all_tables s on s.relid = c.oid
        where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
            and n.nspname not like 'pg\\_%' order by bytes desc""",
    "connections": """
        select count(*) as used, current_setting('max_connections')::int as most,
            max(extract(epoch from clock_timestamp() - xact_start))::int as oldest_transaction_seconds
        from pg_stat_activity""",
    "server": "select version() as version, pg_database_size(current_database()) as bytes",
}

_OF_ACTOR: Final[Mapping[str, str]] = {
    "partitions": """
        select partition, holder, epoch, turn, cursors::text, journal_seq,
            (extract(epoch from lease_until - clock_timestamp()) * 1000)::int as lease_ms
        from {schema}.partition order by 1""",
    "parked": """
        select reason, count(*) as count, extract(epoch from clock_timestamp() - min(parked_at))::int as oldest_seconds
        from {schema}.parked where resolved_at is null group by reason order by reason""",
    "open_calls": """
        select operation, count(*) as count,
            extract(epoch from clock_timestamp() - min(opened_at))::int as oldest_seconds
        from {schema}.call where closed_at is null group by operation order by operation""",
    "migrations": "select name, applied_at::text from {schema}.schema_migration order by name",
}


async def database(dsn: str) -> Json:
    """Rows by question; `clock_ahead_ms` is how far the server's clock is ahead of ours. Raises asyncpg's errors."""
    options = {"statement_timeout": f"{STATEMENT_SECONDS}s"}
    connection = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS, server_settings=options)
    try:
        general = {name: await _rows(connection, sql) for name, sql in _QUESTIONS.items()}
        actors = {schema: await _actor(connection, schema) for schema in SCHEMAS}
        return {"clock_ahead_ms": await _clock_ahead_ms(connection), **general, "actors": actors}
    finally:
        await connection.close(timeout=CONNECT_SECONDS)


async def _actor(connection: asyncpg.Connection, schema: str) -> Json:
    return {name: await _rows(connection, sql.format(schema=schema)) for name, sql in _OF_ACTOR.items()}


async def _rows(connection: asyncpg.Connection, sql: str) -> list[Json]:
    """One row with `error` when this cannot be asked, so that the rest still is."""
    try:
        return [dict(row) for row in await connection.fetch(sql)]
    except asyncpg.PostgresError as error:
        return [{"error": str(error)}]


async def _clock_ahead_ms(connection: asyncpg.Connection) -> int:
    before = time.time()
    theirs = float(await connection.fetchval("select extract(epoch from clock_timestamp())::float8") or 0)
    return round((theirs - (before + time.time()) / 2) * 1000)
