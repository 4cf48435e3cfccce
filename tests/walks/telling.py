"""What the stream of events says, message by message, beside what the journals say that it should."""

import nats
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from messages.subjects import EVENTS
from pocketpay.embedded.nats_users import VIEWER, inbox
from pocketpay.running import nats_url
from tests.walks.system import System

PAGE = 500

_JOURNALS = """
select id from (
    select j.id, p.stream_seq from payments.journal j
        join payments.published p on p.partition = j.partition and p.journal_seq = j.seq
        where j.stream = 'EVENTS' and p.stream_seq > $1
    union all
    select j.id, p.stream_seq from ledger.journal j
        join ledger.published p on p.partition = j.partition and p.journal_seq = j.seq
        where j.stream = 'EVENTS' and p.stream_seq > $1) said
order by stream_seq"""

_OUT_OF_ORDER = """
select count(*) from (
    select stream_seq < lag(stream_seq) over (partition by j.partition, j.stream order by j.seq) as before
    from {schema}.journal j join {schema}.published p on p.partition = j.partition and p.journal_seq = j.seq) told
where before"""


async def must_be_told(system: System, after: int) -> None:
    """Every event of the journals is on the stream once, where its row says, and nothing else is.

    `after` is a sequence of the stream; nothing may be on its way any more.
    """
    async with system.books() as books:
        expected = [row["id"] for row in await books.fetch(_JOURNALS, after)]
        for schema in ("payments", "ledger"):
            assert await books.fetchval(_OUT_OF_ORDER.format(schema=schema)) == 0
    assert await ids_after(system, after) == expected


async def stream_end(system: System) -> int:
    """The last sequence of the stream."""
    client = await nats.connect(nats_url(system.data_dir, system.running, VIEWER), inbox_prefix=inbox(VIEWER))
    try:
        return (await client.jetstream(timeout=5).stream_info(EVENTS)).state.last_seq
    finally:
        await client.close()


async def ids_after(system: System, after: int) -> list[str]:
    """The ids of all events behind a sequence, in the stream's order."""
    client = await nats.connect(nats_url(system.data_dir, system.running, VIEWER), inbox_prefix=inbox(VIEWER))
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=after + 1,
        ack_policy=AckPolicy.NONE,
        headers_only=True,
        mem_storage=True,
        inactive_threshold=30,
    )
    found: list[str] = []
    try:
        consumer = await client.jetstream(timeout=5).pull_subscribe("", stream=EVENTS, config=config)
        pending = (await consumer.consumer_info()).num_pending
        while pending:
            for message in await consumer.fetch(min(pending, PAGE), timeout=5):
                pending = message.metadata.num_pending
                found.append((message.headers or {})["Nats-Msg-Id"])
    finally:
        await client.close()
    return found
