"""Puts facts on EVENTS and into the payments actor's journal, as if it had said them, before the ledger starts."""

import asyncio
import time

import asyncpg
from nats.aio.client import Client

from bench.ledger.facts import TENANT, Fact, Kind, fact
from messages.subjects import EVENTS, partition_of

AT_ONCE = 1000
PATIENCE_SECONDS = 30.0
COLUMNS = (
    *("partition", "seq", "id", "stream", "subject", "tenant", "type", "entity", "entity_seq"),
    *("payment", "causation_id", "message", "recorded_at"),
)

PARTITION = partition_of(TENANT)


async def preload(client: Client, database: asyncpg.Connection, kind: Kind, count: int) -> int:
    """Returns the last sequence of EVENTS before the first of them. Nobody else may speak meanwhile."""
    before = (await client.jetstream().stream_info(EVENTS)).state.last_seq
    asked = "select journal_seq from payments.partition where partition = $1"
    journal_seq = int(await database.fetchval(asked, PARTITION) or 0)
    for start in range(0, count, AT_ONCE):
        facts = [fact(kind, number) for number in range(start, min(start + AT_ONCE, count))]
        await _publish(client, facts, journal_seq + start, before + start)
        await _write_journal(database, facts, journal_seq + start, before + start)
    return before


async def _publish(client: Client, facts: list[Fact], journal_seq: int, stream_seq: int) -> None:
    for number, each in enumerate(facts, 1):
        origin = f"payments/{PARTITION}/{journal_seq + number}"
        headers = {"Nats-Msg-Id": each.id, "PocketPay-Origin": origin}
        await client.publish(each.subject, each.message.encode(), headers=headers)
    deadline, wanted = time.monotonic() + PATIENCE_SECONDS, stream_seq + len(facts)
    while (await client.jetstream().stream_info(EVENTS)).state.last_seq < wanted:
        if time.monotonic() > deadline:
            raise TimeoutError(f"EVENTS did not take {len(facts)} facts in {PATIENCE_SECONDS:g} s")
        await asyncio.sleep(0.01)


async def _write_journal(database: asyncpg.Connection, facts: list[Fact], journal_seq: int, stream_seq: int) -> None:
    rows = [
        (
            *(PARTITION, journal_seq + number, each.id, EVENTS, each.subject, TENANT, "payment.succeeded"),
            *(each.payment, 2, each.payment, each.payment, each.message, each.at),
        )
        for number, each in enumerate(facts, 1)
    ]
    notes = [(PARTITION, journal_seq + number, stream_seq + number) for number in range(1, len(facts) + 1)]
    async with database.transaction():
        await database.copy_records_to_table("journal", records=rows, columns=COLUMNS, schema_name="payments")
        await database.copy_records_to_table("published", records=notes, schema_name="payments")
        await database.execute(
            "update payments.partition set journal_seq = $2 where partition = $1", PARTITION, journal_seq + len(facts)
        )
