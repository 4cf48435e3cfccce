"""The monitor's rounds come by every row, a window at a look, and remember what is broken until it is mended."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from pocketpay.ledger import rounds as rule
from pocketpay.ledger.rounds import Rounds, go_round
from tests.pocketpay.test_ledger_verify import SALES, superuser

__all__ = ["superuser"]


@pytest.fixture
async def verifier(
    superuser: asyncpg.Connection, database_as: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[asyncpg.Connection]:
    monkeypatch.setattr(rule, "TRANSACTIONS_PER_LOOK", 100)
    monkeypatch.setattr(rule, "ACCOUNTS_PER_LOOK", 2)
    connection = await asyncpg.connect(database_as("pocketpay_verifier"), timeout=10)
    yield connection
    await connection.close(timeout=10)


async def gone_round(verifier: asyncpg.Connection, state: Rounds, looks: int = 8) -> list[str]:
    """What all looks of a round have found of stored balances."""
    return [breach.detail for _ in range(looks) for breach in await go_round(verifier, state)]


async def test_healthy_books_are_gone_round_again_and_again(verifier):
    state = Rounds()

    assert await gone_round(verifier, state, looks=20) == []
    assert state.broken == {}


async def test_an_old_row_that_was_changed_is_found_within_a_round_and_forgotten_when_mended(superuser, verifier):
    # Given books that were looked at already
    state = Rounds()
    await gone_round(verifier, state)

    # When an old entry is changed, and a transaction removed
    await superuser.execute(f"update ledger.entry set amount = 900 where {SALES}")
    await superuser.execute("create table kept as select * from ledger.transaction where leaf_index = 200")
    await superuser.execute("delete from ledger.transaction where leaf_index = 200")
    await gone_round(verifier, state)

    # Then both are known, with the account of the entry
    [entry, gone] = sorted(state.broken.values(), key=lambda breach: breach.detail, reverse=True)
    assert entry.detail.endswith("(income:sales): amount is 900, was 1000 when it was said")
    assert entry.accounts == ("income:sales",)
    assert gone.detail.startswith("1 of the leaves ")

    # And they stay until they are mended
    await gone_round(verifier, state)
    assert len(state.broken) == 2
    await superuser.execute(f"update ledger.entry set amount = 1000 where {SALES}")
    await superuser.execute("insert into ledger.transaction select * from kept")
    await go_round(verifier, state)
    assert state.broken == {}


async def test_what_is_new_is_looked_at_at_once(superuser, verifier, monkeypatch: pytest.MonkeyPatch):
    # Given rounds that are far from the newest leaf
    monkeypatch.setattr(rule, "TRANSACTIONS_PER_LOOK", 1)
    state = Rounds()
    await go_round(verifier, state)
    await superuser.execute("update ledger.transaction set event = null where leaf_index = 310")

    # When the log has grown by that leaf
    state.fresh["demo"] = 310
    await go_round(verifier, state)

    # Then it is seen at the next look
    assert [leaf for _, leaf in state.broken] == [310]


async def test_a_stored_balance_that_was_changed_is_found_within_a_round(superuser, verifier):
    await superuser.execute("update ledger.account set balance = balance + 5 where path = 'liabilities:wallets:bob'")

    assert await gone_round(verifier, Rounds(), looks=9) == ["demo liabilities:wallets:bob USD"]
