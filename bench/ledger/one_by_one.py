"""A peer: one transaction per transfer, 32 connections of asyncpg, the two accounts locked in order.

`python -m bench.ledger.one_by_one URL spread|hot SECONDS` prints transfers/s.
"""

import asyncio
import sys
import time
from uuid import UUID

import asyncpg
import uvloop
from uuid_utils import uuid7

from bench.ledger.transfer_pairs import AMOUNT, pairs

CONNECTIONS = 32

LOCK = "select id from transfers.account where id = any($1::int[]) order by id for no key update"
POST = """
with moved as (
    update transfers.account a set balance = a.balance + m.amount, version = a.version + 1
    from (values ($3::int, -$5::bigint), ($4::int, $5::bigint)) m(id, amount) where a.id = m.id
    returning a.id, a.version, m.amount, a.balance),
posted as (insert into transfers.transaction (id, key) values ($1, $2))
insert into transfers.entry select id, version, $1, amount, balance from moved"""


async def transfer(connection: asyncpg.Connection, origin: int, to: int) -> None:
    """Four round trips: begin, lock, write, commit."""
    async with connection.transaction():
        await connection.execute(LOCK, [origin, to])
        await connection.execute(POST, UUID(bytes=uuid7().bytes), UUID(bytes=uuid7().bytes), origin, to, AMOUNT)


async def work(connection: asyncpg.Connection, kind: str, seed: int, until: float) -> int:
    """Transfers of one connection, one after the other."""
    done = 0
    for origin, to in pairs(kind, seed):
        if time.monotonic() > until:
            break
        await transfer(connection, origin, to)
        done += 1
    return done


async def per_second(url: str, kind: str, seconds: float) -> float:
    """All connections at once."""
    connections = [await asyncpg.connect(url, timeout=10) for _ in range(CONNECTIONS)]
    for connection in connections:  # statements are prepared before the clock starts
        await transfer(connection, 0, 1000)
    began = time.monotonic()
    working = (work(each, kind, seed, began + seconds) for seed, each in enumerate(connections))
    done = sum(await asyncio.gather(*working))
    spent = time.monotonic() - began
    for connection in connections:
        await connection.close(timeout=10)
    return done / spent


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.write(f"{runner.run(per_second(sys.argv[1], sys.argv[2], float(sys.argv[3])))}\n")
