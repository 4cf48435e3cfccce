"""The limit: a hundred transfers per statement and commit on one connection, no messages, no events, no triggers.

`python -m bench.ledger.in_hundreds URL spread|hot SECONDS` prints transfers/s.
"""

import asyncio
import sys
import time
from itertools import islice
from uuid import UUID

import asyncpg
import uvloop
from uuid_utils import uuid7

from bench.ledger.transfer_pairs import AMOUNT, pairs

BATCH = 100

POST = """
with wanted as (
    select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[]) with ordinality
        as w(id, key, origin, destination, number)),
line as (
    select id, number, origin as account, -$5::bigint as amount from wanted
    union all select id, number, destination, $5::bigint from wanted),
running as (
    select l.*, sum(amount) over w as moved, row_number() over w as step
    from line l window w as (partition by account order by number)),
moved as (
    update transfers.account a set balance = a.balance + m.amount, version = a.version + m.steps
    from (select account, sum(amount)::bigint as amount, count(*) as steps from line group by account) m
    where a.id = m.account
    returning a.id, a.balance - m.amount as balance_before, a.version - m.steps as version_before),
posted as (insert into transfers.transaction (id, key) select id, key from wanted)
insert into transfers.entry
select r.account, m.version_before + r.step, r.id, r.amount, m.balance_before + r.moved
from running r join moved m on m.id = r.account"""


async def post(connection: asyncpg.Connection, batch: list[tuple[int, int]]) -> None:
    """One statement, one commit."""
    ids = [UUID(bytes=uuid7().bytes) for _ in batch]
    keys = [UUID(bytes=uuid7().bytes) for _ in batch]
    await connection.execute(POST, ids, keys, [origin for origin, _ in batch], [to for _, to in batch], AMOUNT)


async def per_second(url: str, kind: str, seconds: float) -> float:
    """One connection: more of them would wait for one another's accounts."""
    connection, going = await asyncpg.connect(url, timeout=10), pairs(kind, 0)
    await post(connection, list(islice(going, BATCH)))
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        await post(connection, list(islice(going, BATCH)))
        done += BATCH
    spent = time.monotonic() - began
    await connection.close(timeout=10)
    return done / spent


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.write(f"{runner.run(per_second(sys.argv[1], sys.argv[2], float(sys.argv[3])))}\n")
