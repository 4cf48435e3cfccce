"""The least that any actor of this shape does for a fact: no rule, no account, no balance, no log, no fence.

It reads a payment off a stream, parses it with the models, makes the event of its transaction, keeps that as one row,
a hundred rows a statement and commit, publishes it and awaits the acknowledgement. What the ledger does comes to this.

`python -m bench.ledger.least NATS_URL DATABASE_URL COUNT` prints facts/s.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime

import asyncpg
import nats
import uvloop
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

from bench.ledger.facts import fact
from messages.envelope import Event
from messages.ids import new_id
from messages.ledger import EntryLine, Side, Source, Transaction
from messages.payments import Payment
from messages.wire import json_of
from pocketpay.embedded.nats_users import PROVISIONER, inbox

BATCH = 100
READ, SAID = "LEAST_READ", "LEAST_SAID"
TABLE = "drop table if exists least; create table least (seq bigint primary key, id text unique, message text)"
KEEP = "insert into least select * from unnest($1::bigint[], $2::text[], $3::text[])"
TIMEOUT_SECONDS = 30


async def per_second(nats_url: str, database_url: str, count: int) -> float:
    """From the first fetch to the last acknowledgement; one batch is read while nothing else waits, as is fastest."""
    database = await asyncpg.connect(database_url, timeout=10)
    client = await nats.connect(nats_url, inbox_prefix=inbox(PROVISIONER).encode(), allow_reconnect=False)
    try:
        await database.execute(TABLE)
        await _filled(client, count)
        config = ConsumerConfig(ack_policy=AckPolicy.NONE, mem_storage=True)
        waiting = await client.jetstream().pull_subscribe("least.read", stream=READ, config=config)
        began = time.monotonic()
        for start in range(0, count, BATCH):
            messages = await waiting.fetch(BATCH, timeout=TIMEOUT_SECONDS)
            events = [_event(message, start + number) for number, message in enumerate(messages)]
            texts = [event.model_dump_json() for event in events]
            numbers = list(range(start, start + len(events)))
            await database.execute(KEEP, numbers, [event.id for event in events], texts, timeout=TIMEOUT_SECONDS)
            await _say(client, [(event.id, text) for event, text in zip(events, texts, strict=True)])
        return count / (time.monotonic() - began)
    finally:
        await client.close()
        await database.close(timeout=10)


async def _filled(client: Client, count: int) -> None:
    stream = client.jetstream()
    for name, subject in ((READ, "least.read"), (SAID, "least.said")):
        await stream.add_stream(StreamConfig(name=name, subjects=[subject]))
        await stream.purge_stream(name)
    for number in range(count):
        await client.publish("least.read", fact("spread", number).message.encode())
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while (await stream.stream_info(READ)).state.messages < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{READ} did not take {count} facts in {TIMEOUT_SECONDS} s")
        await asyncio.sleep(0.01)


def _event(message: Msg, number: int) -> Event:
    """What the ledger says of this payment: two entries, with balances that nobody kept."""
    heard, now = Event.model_validate_json(message.data), datetime.now(UTC)
    payment = Payment.model_validate(heard.data)
    sides: tuple[tuple[str, Side], ...] = (
        (f"assets:providers:{payment.provider}", "debit"),
        (f"wallets:{payment.customer_id}:available", "credit"),
    )
    entries = [
        EntryLine(
            id=new_id("ent"),
            account=path,
            side=side,
            amount=payment.amount,
            currency=payment.currency,
            balance_after=number,
        )
        for path, side in sides
    ]
    posted = Transaction(
        id=new_id("txn"),
        source=Source(type="payment", id=payment.id, kind="capture"),
        event=heard.id,
        created_at=now,
        updated_at=now,
        effective_at=heard.time,
        recorded_at=now,
        leaf_index=number,
        entries=entries,
    )
    return Event(
        id=new_id("evt"),
        type="ledger.transaction.posted",
        source="ledger",
        subject=posted.id,
        time=now,
        sequence=1,
        tenant=heard.tenant,
        correlation_id=heard.correlation_id,
        causation_id=heard.id,
        customer_id=heard.customer_id,
        about=heard.about,
        data=json_of(posted),
    )


async def _say(client: Client, said: list[tuple[str, str]]) -> None:
    """One write after the other, their acknowledgements awaited together."""
    there, acknowledged, waited = client.new_inbox(), 0, asyncio.Event()

    async def count(_: Msg) -> None:
        nonlocal acknowledged
        acknowledged += 1
        if acknowledged == len(said):
            waited.set()

    heard = await client.subscribe(there, cb=count)
    for id_, text in said:
        await client.publish("least.said", text.encode(), reply=there, headers={"Nats-Msg-Id": id_})
    await asyncio.wait_for(waited.wait(), TIMEOUT_SECONDS)
    await heard.unsubscribe()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.write(f"{runner.run(per_second(sys.argv[1], sys.argv[2], int(sys.argv[3])))}\n")
