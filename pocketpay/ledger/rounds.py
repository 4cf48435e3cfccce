"""The monitor's rounds: what is old is looked at again and again, a window at each look, what is new at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from asyncpg import Connection
from pydantic_core import from_json

from messages.ledger import Transaction
from pocketpay.ledger.differences import difference, hash_of, transaction_of
from storage import ledger_log, rounds
from storage.breaches import Breach

TRANSACTIONS_PER_LOOK = 2_000
ACCOUNTS_PER_LOOK = 2_000
FRESH_MAX = 10_000
"""So many of a tenant's newest transactions are looked at when it is first seen, or has run ahead."""

BROKEN_MAX = 200

Span = tuple[str, int, int]
"""Leaves of a tenant: from the first to before the end."""


@dataclass
class Rounds:
    """Where the rounds are; `fresh` is how far new leaves were looked at, `broken` what was found, by leaf."""

    leaf: tuple[str, int] = ("", -1)
    account: rounds.Path = ("", "", "")
    fresh: dict[str, int] = field(default_factory=dict)
    broken: dict[tuple[str, int], Breach] = field(default_factory=dict)


async def go_round(connection: Connection, state: Rounds) -> list[Breach]:
    """One window further; what is mended is forgotten. Gives accounts that are not as their last entry says."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await _look_again(connection, state)
        for span in [*await _fresh(connection, state), *await _next(connection, state)]:
            found = await _broken_in(connection, *span)
            for leaf, breach in found.items():
                if len(state.broken) < BROKEN_MAX:
                    state.broken[span[0], leaf] = breach
        end, wrong = await rounds.stored_balances(connection, state.account, ACCOUNTS_PER_LOOK)
        state.account = end or ("", "", "")
    return wrong


async def _look_again(connection: Connection, state: Rounds) -> None:
    for tenant, leaf in list(state.broken):
        if not await _broken_in(connection, tenant, leaf, leaf + 1):
            del state.broken[tenant, leaf]


async def _fresh(connection: Connection, state: Rounds) -> list[Span]:
    spans: list[Span] = []
    for tenant, size in (await rounds.sizes(connection)).items():
        first = max(state.fresh.get(tenant, 0), size - FRESH_MAX)
        if size > first:
            spans.append((tenant, first, size))
        state.fresh[tenant] = size
    return spans


async def _next(connection: Connection, state: Rounds) -> list[Span]:
    window = await ledger_log.next_window(connection, state.leaf, TRANSACTIONS_PER_LOOK)
    before, state.leaf = state.leaf, window[-1] if len(window) == TRANSACTIONS_PER_LOOK else ("", -1)
    return list(_spans(window, before))


def _spans(window: Iterable[tuple[str, int]], before: tuple[str, int]) -> Iterable[Span]:
    """From where the last window ended, so that a gap between two is seen too."""
    for tenant, leaves in groupby(window, key=lambda one: one[0]):
        last = max(leaf for _, leaf in leaves)
        yield tenant, before[1] + 1 if tenant == before[0] else 0, last + 1


async def _broken_in(connection: Connection, tenant: str, first: int, end: int) -> dict[int, Breach]:
    touched: dict[int, Transaction] = {}
    there = 0
    async for row, lines in ledger_log.in_leaf_order(connection, tenant, first, end):
        transaction = transaction_of(row, lines)
        there += 1
        if hash_of(tenant, transaction) != row["leaf_hash"] and len(touched) < BROKEN_MAX:
            touched[row["leaf_index"]] = transaction
    broken: dict[int, Breach] = {}
    if there < end - first:
        detail = f"{end - first - there} of the leaves {first} to {end - 1} of {tenant} are gone"
        broken[first] = Breach(detail, tenant)
    said = await ledger_log.said(connection, tenant, [one.id for one in touched.values()]) if touched else {}
    for leaf, transaction in touched.items():
        data = said.get(transaction.id)
        found = difference(transaction, from_json(data) if data else None)
        broken[leaf] = Breach(f"transaction {transaction.id}: {found.words}", tenant, found.accounts)
    return broken
