"""The ledger's part of `make bench` in small: what is measured is booked, and the peers book what they count."""

import asyncpg
import pytest

from bench.ledger import in_hundreds, one_by_one
from bench.ledger.alone import run, transactions_per_second
from bench.ledger.rounds import TABLES
from bench.servers import breaches, execute, folder, servers, verifier_url

BOOKED = "select count(*) from ledger.transaction where event is not null"
BOOKS = """
select (select count(*) from transfers.transaction), (select count(*) from transfers.entry),
       (select sum(balance)::bigint from transfers.account), (select sum(version)::bigint from transfers.account),
       (select count(*) from transfers.account a where version > 0 and balance is distinct from (
            select balance_after from transfers.entry e where e.account = a.id and e.version = a.version))"""


async def test_what_is_measured_stands_in_the_books() -> None:
    with folder() as home:
        async with servers(home) as here:
            # When the ledger posts what waits for it, twice
            first, sales = await run(here, "spread", 3000), await transactions_per_second(here, "sales", 300)
            # Then all of it is booked, each once, as the payments actor's journal says, and who worked for it is known
            assert min(first.per_second, sales, *first.cpu_ms.values()) > 0
            assert first.cpu_ms.keys() == {"postgres", "nats", "ledger"}
            owner = await asyncpg.connect(here.owner_url)
            assert await owner.fetchval(BOOKED) == 3300
            await owner.close()
            assert await breaches(verifier_url(here)) == []


@pytest.mark.parametrize("kind", ["spread", "hot"])
async def test_the_peers_keep_books_too(empty_database: str, kind: str) -> None:
    await execute(empty_database, TABLES.read_text())
    # When both have run, one after the other on the same tables
    one, hundreds = [await peer.per_second(empty_database, kind, 0.3) for peer in (one_by_one, in_hundreds)]
    # Then every transfer has two entries that add up to nothing and continue their accounts
    owner = await asyncpg.connect(empty_database)
    transactions, entries, total, versions, off = await owner.fetchrow(BOOKS)
    await owner.close()
    assert (entries, total, versions, off) == (2 * transactions, 0, 2 * transactions, 0)
    assert transactions > 0.2 * (one + hundreds)
