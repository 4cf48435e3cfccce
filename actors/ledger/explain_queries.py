"""`explain`: the two balances, and what lies between them."""

from datetime import UTC, datetime, timedelta

from asyncpg import Connection

from actors.ledger import chart
from actors.ledger.explain import lines_of
from actors.runtime.resources import not_found, unreadable, whole
from messages.envelope import Query, Reply
from messages.ledger_queries import Explain, Explanation
from messages.wire import Instant
from storage import explain_queries as books
from storage.account_queries import currencies_of
from storage.proof_queries import newest_recorded


async def explain(connection: Connection, query: Query) -> Reply:
    """404 outside the chart, 400 for a span that ends before it begins or a currency that must be named."""
    asked = Explain.model_validate(query.params)
    if chart.class_of(asked.path) is None:
        return not_found(f"The chart has no account {asked.path}.")
    currency = await only_currency(connection, query.tenant, asked.path, asked.currency)
    if isinstance(currency, Reply):
        return currency
    if asked.since is not None and asked.until is not None and asked.since > asked.until:
        return unreadable("to lies before from.", "to", fault="conflicts_with")
    return whole(await explained(connection, query.tenant, asked, currency))


async def explained(connection: Connection, tenant: str, asked: Explain, currency: str) -> Explanation:
    """Of a path in the chart. What is recorded at the end itself is not in it."""
    row = chart.class_of(asked.path)
    assert row is not None, f"{asked.path} is in no chart"
    account = (tenant, asked.path, currency)
    ends = await books.find_ends(connection, *account, (asked.since, asked.until))
    versions = (ends["low"], ends["high"])
    groups = await books.find_groups(connection, *account, row.normal_side, versions)
    return Explanation(
        account=asked.path,
        currency=currency,
        opening_at=asked.since,
        closing_at=asked.until or _now(await newest_recorded(connection, *account)),
        opening=ends.get("opening") or 0,
        lines=lines_of(groups),
        closing=ends.get("closing") or 0,
    )


async def only_currency(connection: Connection, tenant: str, path: str, named: str | None) -> str | Reply:
    """The currency that was named, or the account's if it has exactly one; else 400."""
    if named is not None:
        return named
    found = await currencies_of(connection, tenant, path)
    if len(found) == 1:
        return found[0]
    which = f"one of {', '.join(found)}" if found else "it has none yet"
    return unreadable(f"Name the currency of {path}: {which}.", "currency", fault="missing")


def _now(newest: Instant | None) -> Instant:
    """After all that is there."""
    now = datetime.now(UTC)
    return now if newest is None else max(now, newest + timedelta(milliseconds=1))
