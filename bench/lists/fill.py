"""Fills the tables. Only what lists read is true of these rows: checks, triggers and references are out of the way."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import asyncpg
import typer
from pydantic_core import to_json

from bench.lists.tables import GROWN, Grown, id_of
from bench.servers import Servers
from messages.wire import json_of

AT_ONCE: Final = 2
SLICE: Final = 50_000
FILL_SECONDS: Final = 3600.0
BY_HAND: Final = (
    ("ledger", "books.sql", ("account", "transaction", "entry", "wallet", "hold", "pending_transaction")),
    ("payments", "inbox.sql", ("inbox",)),
    ("ledger", "heads.sql", ("tree_head",)),
)
_HERE: Final = Path(__file__).parent

APART: Final = timedelta(seconds=30)

CREATED_AT: Final = "date_trunc('second', now()) - ($2 - n) * interval '30 seconds'"
"""SQL of when row `n` of `$2` was made: two a minute, the last one now."""

_UNCHECKED: Final = """
select format('alter table %s drop constraint %I', conrelid::regclass, conname) from pg_constraint
where contype in ('c', 'x') and connamespace = $1::regnamespace and conrelid = any($2::text[]::regclass[])"""
_INDEXES: Final = """
select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
where indrelid = any($1::text[]::regclass[])
  and not exists (select from pg_constraint where conindid = indexrelid)"""


async def fill(here: Servers, rows: int, only: Collection[str] = ()) -> None:
    """So many rows into each table, or into some, and Postgres has looked at them."""
    gate = asyncio.Semaphore(AT_ONCE)
    wanted = [(each.schema, (each.table.name,), _grower(each, rows)) for each in GROWN]
    wanted += [(schema, tables, _script(file, rows)) for schema, file, tables in BY_HAND]
    await asyncio.gather(
        *(_job(here, *each, gate) for each in wanted if not only or any(table in only for table in each[1]))
    )


Growing = Callable[[asyncpg.Connection], Awaitable[None]]


async def _job(here: Servers, schema: str, tables: tuple[str, ...], grow: Growing, gate: asyncio.Semaphore) -> None:
    async with gate:
        began = time.monotonic()
        connection = await asyncpg.connect(here.owner_url, timeout=10, command_timeout=FILL_SECONDS)
        try:
            await connection.execute(
                f"set search_path = {schema}; set session_replication_role = replica; set synchronous_commit = off;"
                "set maintenance_work_mem = '256MB'; set jit = off"
            )
            indexes = await _bare(connection, schema, tables)
            await grow(connection)
            for definition in indexes:
                await connection.execute(definition)
            for table in tables:
                await connection.execute(f"vacuum analyze {table}")
        finally:
            await connection.close(timeout=10)
        typer.echo(f"lists: {schema}.{', '.join(tables)} filled in {time.monotonic() - began:.0f} s")


async def _bare(connection: asyncpg.Connection, schema: str, tables: tuple[str, ...]) -> list[str]:
    """Drops checks, and the indexes that can be made again behind the rows; these are returned."""
    for row in await connection.fetch(_UNCHECKED, schema, list(tables)):
        await connection.execute(row[0])
    found = await connection.fetch(_INDEXES, list(tables))
    for name, _ in found:
        await connection.execute(f"drop index {name}")
    return [definition for _, definition in found]


def _script(file: str, rows: int) -> Growing:
    async def grow(connection: asyncpg.Connection) -> None:
        await connection.execute((_HERE / file).read_text().replace("$2", str(rows)))

    return grow


def _grower(grown: Grown, rows: int) -> Growing:
    count = min(rows, grown.rows_max or rows)
    sql = insert_of(grown)

    async def grow(connection: asyncpg.Connection) -> None:
        for begin in range(0, count, SLICE):
            await connection.execute(sql, begin, count, to_json(json_of(grown.example)).decode())

    return grow


def insert_of(grown: Grown) -> str:
    """Rows `$1` + 1 to `$1` + 50,000 of `$2`, each the example `$3` with what makes it another one."""
    names = [column.split()[0] for column in grown.table.columns.split(",")]
    around = dict(_around(grown))
    columns = ["tenant", *names, "body", *around]
    values = [grown.tenant, *(f"p.{name}" for name in names), "body", *around.values()]
    return f"""
insert into {grown.table.name} ({", ".join(columns)})
select {", ".join(values)}
from generate_series($1::bigint + 1, least($1 + {SLICE}, $2::bigint)) n
cross join lateral (select {CREATED_AT} as moment) at
cross join lateral (select $3::jsonb || jsonb_build_object({", ".join(_fields(grown))}) as body) b
cross join lateral jsonb_to_record(b.body) as p({grown.table.columns})"""  # noqa: S608 - all of it is ours


def _fields(grown: Grown) -> Iterator[str]:
    changed = {"id": id_of(grown.prefix), "metadata": "jsonb_build_object('order', 'o' || n, 'shop', 's' || n % 3)"}
    changed |= dict.fromkeys(("created_at", "updated_at", "recorded_at"), "moment")
    if grown.rare:
        changed["status"] = f"case when n % 50000 = 25000 then '{grown.rare}' else $3::jsonb ->> 'status' end"
    known = json.loads(to_json(grown.example))
    for name, sql in {**changed, **grown.fields}.items():
        if name in known:
            yield f"'{name}', {sql}"


def _around(grown: Grown) -> Iterator[tuple[str, str]]:
    for column in grown.table.beside.split(","):
        if column.strip():
            name, kind = column.split()
            yield name, grown.around.get(name) or _plain(kind)
    yield from ((name, sql) for name, sql in grown.around.items() if name not in grown.table.beside.split())


def _plain(kind: str) -> str:
    return {
        "jsonb": "'{}'::jsonb",
        "text": "''",
        "text[]": "'{}'::text[]",
        "bigint[]": "'{}'::bigint[]",
        "boolean": "false",
        "timestamptz": "moment",
    }.get(kind, "0")
