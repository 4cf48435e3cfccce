"""What a check of the books is, and what it finds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

TOLD_MAX: Final = 1_000
"""So many breaches of one check are known one by one; beyond that they are counted."""


class Breach(NamedTuple):
    """One row that breaks a rule, in words. `accounts` are the paths whose money it concerns."""

    detail: str
    tenant: str | None = None
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """`breaches` is a query of (detail, tenant, accounts), one row each; $1 is the age in seconds that is too old."""

    id: str
    title: str
    breaches: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `figure` counts the breaches; `breaches` are the first of them."""

    id: str
    title: str
    figure: int
    breaches: tuple[Breach, ...] = ()

    @property
    def detail(self) -> str:
        """The first few in words, or an empty text."""
        return "; ".join(breach.detail for breach in self.breaches[:3])


def posted_types(names: Iterable[str]) -> str:
    """Event types as a list of SQL."""
    return ", ".join(f"'{name}'" for name in sorted(names))


def breach_of(row: Mapping[str, Any]) -> Breach:
    """From a row of such a query."""
    return Breach(row["detail"], row["tenant"], tuple(row["accounts"] or ()))
