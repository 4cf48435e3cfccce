"""Old rows looked at again, a window at a time, and what the ledger was told of broken rules."""

from typing import Final

from asyncpg import Connection
from pydantic_core import from_json

from messages.wire import Json
from storage.breaches import Breach, breach_of

LOOK_SECONDS_MAX: Final = 20

Path = tuple[str, str, str]
"""Of an account: tenant, path, currency. Three empty texts are before all."""

_ACCOUNTS: Final = """
select a.tenant, a.path, a.currency, a.balance is distinct from (
    select e.balance_after from ledger.entry e
    where (e.tenant, e.path, e.currency) = (a.tenant, a.path, a.currency) and e.account_version = a.version) as wrong
from ledger.account a where (a.tenant, a.path, a.currency) > ($1, $2, $3)
order by a.tenant, a.path, a.currency limit $4"""

_SIZES: Final = "select tenant, size from ledger.tree"

_TOLD: Final = "select tenant, id, version, body::text as body from ledger.invariant"


async def stored_balances(connection: Connection, after: Path, limit: int) -> tuple[Path | None, list[Breach]]:
    """Where the next so many accounts end, None behind the last, and those that are not as their last entry says."""
    rows = await connection.fetch(_ACCOUNTS, *after, limit, timeout=LOOK_SECONDS_MAX)
    wrong = [
        {"detail": f"{row[0]} {row[1]} {row[2]}", "tenant": row[0], "accounts": [row[1]]}
        for row in rows
        if row["wrong"]
    ]
    end = rows[-1] if len(rows) == limit else None
    return (end and (end[0], end[1], end[2])), [breach_of(row) for row in wrong]


async def sizes(connection: Connection) -> dict[str, int]:
    """How many leaves each tenant's log has."""
    rows = await connection.fetch(_SIZES, timeout=LOOK_SECONDS_MAX)
    return {row["tenant"]: row["size"] for row in rows}


async def told(connection: Connection) -> dict[tuple[str, str], tuple[int, Json]]:
    """By tenant and invariant, its version and the whole of it as the ledger last said it."""
    rows = await connection.fetch(_TOLD, timeout=LOOK_SECONDS_MAX)
    return {(row["tenant"], row["id"]): (row["version"], from_json(row["body"])) for row in rows}
