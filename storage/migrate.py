"""Plain SQL migrations: first those of every actor, then those of one, in each actor's own schema."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
from asyncpg import Connection

SCHEMAS: Final = ("payments", "ledger", "invoicing", "notifications", "access")
"""Of the actors; beside them lies `streams`, which belongs to nobody."""

STREAMS: Final = "streams"
VERIFIER: Final = "pocketpay_verifier"
ROLES: Final = (*(f"pocketpay_{schema}" for schema in SCHEMAS), VERIFIER)

_FILES = Path(__file__).parent / "migrations"
_LOCK = 0x706F636B6574  # "pocket"
_LOCK_WAIT_SECONDS = 60


class MigrationError(Exception):
    """The database and the migration files contradict each other, or another migration never ends."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file; its name is the path below `storage/migrations`."""

    name: str
    sql: str
    sha256: str


def migrations_of(schema: str) -> list[Migration]:
    """In the order in which they are applied."""
    folders = (schema,) if schema == STREAMS else ("actor", schema)
    paths = [path for folder in folders for path in sorted((_FILES / folder).glob("*.sql"))]
    return [_read(path, schema) for path in paths]


def _read(path: Path, schema: str) -> Migration:
    text = path.read_text()
    sql = text.replace("{schema}", schema).replace("{role}", f"pocketpay_{schema}")
    return Migration(f"{path.parent.name}/{path.name}", sql, hashlib.sha256(text.encode()).hexdigest())


async def migrate(dsn: str) -> list[str]:
    """Brings the database up to date, as a role that may create roles; returns `<schema>: <name>` of files.

    Raises MigrationError when an applied file was changed or is missing. Many at once are safe.
    """
    connection: Connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await _lock(connection)
        await _create_roles(connection)
        schemas = (*SCHEMAS, STREAMS)
        return [f"{schema}: {name}" for schema in schemas for name in await _migrate_schema(connection, schema)]
    finally:
        await connection.close(timeout=10)


async def set_passwords(dsn: str, passwords: Mapping[str, str]) -> None:
    """Sets the password of each role; called with what the secrets say at every start."""
    connection: Connection = await asyncpg.connect(dsn, timeout=10)
    try:
        for role, secret in passwords.items():
            quoted = "select format('alter role %I password %L', $1::text, $2::text)"
            await connection.execute(str(await connection.fetchval(quoted, role, secret)))
    finally:
        await connection.close(timeout=10)


async def _lock(connection: Connection) -> None:
    # Polled: a session that waits in pg_advisory_lock holds a snapshot and can deadlock with what we migrate.
    for _ in range(_LOCK_WAIT_SECONDS * 10):
        if await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):
            return
        await asyncio.sleep(0.1)
    raise MigrationError(f"another migration has held the lock for {_LOCK_WAIT_SECONDS} s")


async def _create_roles(connection: Connection) -> None:
    existing = {row["rolname"] for row in await connection.fetch("select rolname from pg_roles")}
    for role in (role for role in ROLES if role not in existing):
        setting = "default_transaction_read_only = on"
        if role != VERIFIER:
            setting = f"search_path = {role.removeprefix('pocketpay_')}"
        async with connection.transaction():
            await connection.execute(f"create role {role} login; alter role {role} set {setting}")


async def _migrate_schema(connection: Connection, schema: str) -> list[str]:
    await _create_schema(connection, schema)
    rows = await connection.fetch(f"select name, sha256 from {schema}.schema_migration")
    applied: dict[str, str] = {row["name"]: row["sha256"] for row in rows}
    migrations = migrations_of(schema)
    _refuse_drift(schema, applied, migrations)
    fresh = [migration for migration in migrations if migration.name not in applied]
    for migration in fresh:
        await _apply(connection, schema, migration)
    return [migration.name for migration in fresh]


async def _create_schema(connection: Connection, schema: str) -> None:
    async with connection.transaction():
        await connection.execute(f"""
            create schema if not exists {schema};
            alter default privileges in schema {schema} grant select on tables to {VERIFIER};
            create table if not exists {schema}.schema_migration (
                name text primary key, sha256 text not null, applied_at timestamptz not null default now());
        """)


def _refuse_drift(schema: str, applied: Mapping[str, str], migrations: list[Migration]) -> None:
    ours = {migration.name: migration.sha256 for migration in migrations}
    for name, sha256 in applied.items():
        if name not in ours:
            raise MigrationError(
                f"{schema} has {name}, which this version does not know: it is older than the database"
            )
        if ours[name] != sha256:
            raise MigrationError(f"{name} was changed after {schema} had it: write a new file instead")


async def _apply(connection: Connection, schema: str, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(f"set local search_path = {schema}; set local lock_timeout = '5s'")
        try:
            await connection.execute(migration.sql)
        except asyncpg.PostgresError as error:
            raise MigrationError(f"{schema}: {migration.name}: {error}") from error
        insert = f"insert into {schema}.schema_migration (name, sha256) values ($1, $2)"
        await connection.execute(insert, migration.name, migration.sha256)
