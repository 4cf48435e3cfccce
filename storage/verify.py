"""Does the money add up? Read-only checks over all schemas; every figure must be zero."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Final

import asyncpg
from asyncpg import Connection

from storage.billing_checks import BILLED
from storage.breaches import TOLD_MAX, Check, Finding, breach_of
from storage.ledger_checks import BALANCES, CORRECTIONS, LOG
from storage.payment_checks import AGREED, ENDED, PAID_ONCE, POSTED_ONCE, STREAMED
from storage.progress import Progress, unseen
from storage.revenue_checks import REVENUE
from storage.usage_checks import METERED

STATEMENT_SECONDS: Final = 300

CHECKS: Final = (
    *BALANCES,
    *ENDED,
    *AGREED,
    *PAID_ONCE,
    *POSTED_ONCE,
    *STREAMED,
    *LOG,
    *CORRECTIONS,
    *METERED,
    *BILLED,
    *REVENUE,
)


async def run(dsn: str, stale_seconds: int = 30, progress: Progress = unseen) -> list[Finding]:
    """All checks on one snapshot of the database. The role `pocketpay_verifier` may do this."""
    async with snapshot(dsn) as connection:
        return await findings(connection, CHECKS, stale_seconds, progress)


@contextlib.asynccontextmanager
async def snapshot(dsn: str) -> AsyncIterator[Connection]:
    """A connection of its own that sees one moment of all schemas, and may change nothing."""
    connection: Connection = await asyncpg.connect(dsn, timeout=10)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection
    finally:
        await connection.close(timeout=10)


async def findings(
    connection: Connection, checks: Sequence[Check], stale_seconds: int, progress: Progress = unseen
) -> list[Finding]:
    """Each check in turn, with a deadline each."""
    found = list[Finding]()
    for check in checks:
        progress(len(found), len(checks))
        found.append(await _find(connection, check, stale_seconds))
    return found


async def _find(connection: Connection, check: Check, stale_seconds: int) -> Finding:
    sql = f"""
        with stale as (select $1::double precision as seconds), breach(detail, tenant, accounts) as ({check.breaches})
        select count(*) over () as figure, detail, tenant, accounts
        from stale cross join breach limit {TOLD_MAX}"""
    rows = await connection.fetch(sql, float(stale_seconds), timeout=STATEMENT_SECONDS)
    return Finding(check.id, check.title, rows[0]["figure"] if rows else 0, tuple(map(breach_of, rows)))
