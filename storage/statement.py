"""SQL as values: the parts of a batch, and how they become one statement, which is one transaction.

A batch is fenced: `update partition … where epoch = … and turn = …` is one of the parts, and when it touches no row
the whole statement fails. So there is no BEGIN and COMMIT to wait for, nothing is ever idle in a transaction, and a
process that slept past its lease writes nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_PLACEHOLDER = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class Statement:
    """One data-modifying statement. Set-based: an array per column or one JSON array, never a row at a time."""

    name: str
    sql: str
    args: tuple[Any, ...] = ()


def names_of(columns: str) -> str:
    """Of columns that are written as in a table, `id text, seq bigint`."""
    return ", ".join(column.split()[0] for column in columns.split(","))


def unnested(columns: str) -> str:
    """These columns as rows, an array each. Text costs less than half of what it costs as JSON inside JSON."""
    types = [column.split()[1] for column in columns.split(",")]
    return f"unnest({', '.join(f'${number}::{each}[]' for number, each in enumerate(types, 1))})"


def by_column(rows: Sequence[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    """The arguments of `unnested`, of one row at least."""
    return tuple(map(list, zip(*rows, strict=True)))


def as_one(fence: Statement, parts: Sequence[Statement]) -> tuple[str, list[Any]]:
    """One SQL text and its arguments. It raises division_by_zero (22012) when the fence touches no row."""
    all_parts = (fence, *parts)
    text = _together(tuple((part.name, part.sql, len(part.args)) for part in all_parts))
    return text, [arg for part in all_parts for arg in part.args]


@lru_cache(maxsize=256)
def _together(parts: tuple[tuple[str, str, int], ...]) -> str:
    """The text for (name, SQL, number of arguments) of each part: there are few combinations, and they come again."""
    ctes: list[str] = []
    offset = 0
    for position, (name, sql, count) in enumerate(parts):
        renumbered = _PLACEHOLDER.sub(lambda match, offset=offset: f"${int(match[1]) + offset}", sql)
        ctes.append(f"{name}_{position} as ({renumbered})")
        offset += count
    return f"with {', '.join(ctes)} select 1 / (select count(*) from {parts[0][0]}_0)"
