"""Pages of lists, the newest first, each read along an index that is in the order of the list and ends with the page.

Such an index is on `(tenant || '/' || column), time, id`, an expression of its own. On plain columns it would serve a
look-up by a whole key as well, at the same price while the table is small, and a plan that was made then is kept when
it is large. Without a column it is on `(tenant || '/')`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storage.narrowing import Filter, narrowed

Keys = Mapping[str, Sequence[str]]
"""Columns with an index of their own, and which values are wanted of each."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A table. `told` is the predicate of its indexes: rows that anybody may know of."""

    table: str
    at: str = "created_at"
    told: str = "true"


def page_of(listed: Listed, tenant: str, keys: Keys, filters: Sequence[Filter], count: int) -> tuple[str, list[object]]:
    """SQL of so many rows, and its arguments.

    Several values of one column are read each along the index, and then put in order. When more columns are asked for,
    Postgres chooses by how many rows have what.
    """
    order = f"order by {listed.at} desc, id desc limit {count}"
    match list(keys.items()):
        case [(column, [_, _, *_] as values)]:
            conditions, args = narrowed(filters)
            where = f"tenant || '/' || {column} = wanted.key and {listed.told} and {conditions or 'true'}"
            one = f"select * from {listed.table} where {where} {order}"
            keys_asked = f"unnest(${len(args) + 1}::text[]) as wanted(key)"
            sql = f"select one.* from {keys_asked} cross join lateral ({one}) one {order}"
            return sql, [*args, _of(tenant, values)]
        case chosen:
            whole: list[Filter] = [_chosen(tenant, *each) for each in chosen] or [("tenant || '/' = {} || '/'", tenant)]
            conditions, args = narrowed([*whole, *filters])
            return f"select * from {listed.table} where {conditions} and {listed.told} {order}", args


def _chosen(tenant: str, column: str, values: Sequence[str]) -> Filter:
    if len(values) == 1:
        return f"tenant || '/' || {column} = {{}}", f"{tenant}/{values[0]}"
    return f"tenant || '/' || {column} = any({{}}::text[])", _of(tenant, values)


def _of(tenant: str, values: Sequence[str]) -> list[str]:
    return [f"{tenant}/{value}" for value in dict.fromkeys(values)]
