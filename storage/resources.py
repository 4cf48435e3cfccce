"""Resources in tables of one shape: whole as JSON in `body`, with what is asked for or must hold as columns beside it.

Every such table has `tenant`, `id`, `created_at`, `body` and, for its lists, indexes of the columns that `_keys` names.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, cast

import asyncpg
from pydantic_core import to_json

from messages.queries import Listing
from storage.narrowing import Filter, newer
from storage.paging import Keys, Listed, page_of
from storage.statement import Statement

PAGE_MAX: Final = 100


@dataclass(frozen=True)
class Table:
    """`columns` (with their types) repeat fields of the resource, `beside` are fields of the state around it.

    A state's JSON is `{"tenant": …, "<name>": <resource>, <beside> …}`. Lists may be narrowed by `references`.
    `told` says which rows are answered with: some are kept before anybody is told of them.
    `derived` are statuses that follow from other tables: the one that such a row itself has, as `kept_status`.
    """

    name: str
    columns: str
    beside: str = ""
    references: tuple[str, ...] = ()
    told: str = "true"
    derived: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

    @cached_property
    def save_sql(self) -> str:
        """Rows of `$1`, a JSON array of states, inserted or replaced."""
        repeated, around = _names(self.columns), _names(self.beside)
        given = ["r.tenant", *(f"p.{name}" for name in repeated), f"r.{self.name}", *(f"r.{name}" for name in around)]
        kept = [name for name in (*repeated, "body", *around) if name != "id"]
        read = ", ".join(["tenant text", f"{self.name} jsonb", *([self.beside] if around else [])])
        return f"""
insert into {self.name} ({", ".join(["tenant", *repeated, "body", *around])})
select {", ".join(given)}
from jsonb_to_recordset($1::text::jsonb) as r({read})
cross join lateral jsonb_to_record(r.{self.name}) as p({self.columns})
on conflict (tenant, id) do update set {", ".join(f"{name} = excluded.{name}" for name in kept)}"""

    @cached_property
    def load_sql(self) -> str:
        """The states of the tenants `$1` and ids `$2`, as they were saved."""
        around = "".join(f", '{name}', to_jsonb({name})" for name in _names(self.beside))
        return f"""
select jsonb_build_object('tenant', tenant, '{self.name}', body{around})::text
from {self.name} join unnest($1::text[], $2::text[]) as wanted(tenant, id) using (tenant, id)"""


def save(table: Table, states: Sequence[str]) -> Statement:
    """Each resource at most once; states are JSON. The part's name is not the table's, which it would hide."""
    return Statement(f"{table.name}_saved", table.save_sql, (f"[{','.join(states)}]",))


async def load(connection: asyncpg.Connection, table: Table, keys: Collection[tuple[str, str]]) -> list[str]:
    """The states of these (tenant, id), as JSON; in no order."""
    rows = await connection.fetch(table.load_sql, [tenant for tenant, _ in keys], [id_ for _, id_ in keys])
    return [row[0] for row in rows]


async def by_id(connection: asyncpg.Connection, table: Table, tenant: str, resource: str) -> str | None:
    """The resource as JSON, or None when this tenant has no such one."""
    sql = f"select body::text from {table.name} where tenant = $1 and id = $2 and {table.told}"
    return await connection.fetchval(sql, tenant, resource)


async def newest(connection: asyncpg.Connection, table: Table, tenant: str, listing: Listing) -> tuple[list[str], bool]:
    """A page of resources as JSON, newest first, and whether there are more."""
    limit = max(1, min(listing.limit, PAGE_MAX))
    listed = Listed(table.name, told=table.told)
    page, args = page_of(listed, tenant, _keys(table, listing), _filters(table, listing), limit + 1)
    sql = f"select body::text from ({page}) page order by created_at desc, id desc"
    bodies: list[str] = [row[0] for row in await connection.fetch(sql, *args)]
    return bodies[:limit], len(bodies) > limit


async def read_at(connection: asyncpg.Connection) -> datetime:
    """When the transaction began that reads, by the database's clock."""
    return cast("datetime", await connection.fetchval("select now()"))


def _keys(table: Table, listing: Listing) -> Keys:
    active = getattr(listing, "active", None)
    referred = {name: getattr(listing, name) for name in table.references}
    asked = {
        "kept_status" if table.derived else "status": [table.derived.get(each, each) for each in listing.status],
        "active::text": [] if active is None else [str(active).lower()],
        **{name: [value] for name, value in referred.items() if value is not None},
    }
    return {column: values for column, values in asked.items() if values}


def _filters(table: Table, listing: Listing) -> list[Filter]:
    # The first half of the condition on metadata is what the partial index asks for.
    metadata = to_json(listing.metadata).decode() if listing.metadata else None
    return [
        ("status = any({}::text[])", (table.derived and listing.status) or None),
        ("body -> 'metadata' <> '{{}}' and body -> 'metadata' @> {}::text::jsonb", metadata),
        *newer(listing, "created_at", "id"),
    ]


def _names(columns: str) -> list[str]:
    return [column.split()[0] for column in columns.split(",") if column.strip()]
