"""What the stream of events says, message by message, beside what the journals say that it should."""

from operator import itemgetter

import nats
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from messages.subjects import EVENTS
from pocketpay.embedded.nats_users import VIEWER, inbox
from pocketpay.running import nats_url
from storage.migrate import SCHEMAS
from tests.walks.system import System

PAGE = 500

_SAID = """
select j.id, p.stream_seq from {schema}.journal j
join {schema}.published p on p.partition = j.partition and p.journal_seq = j.seq
where j.stream = 'EVENTS' and p.stream_seq > $1"""

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
        said = [row for schema in SCHEMAS for row in await books.fetch(_SAID.format(schema=schema), after)]
        expected = [row["id"] for row in sorted(said, key=itemgetter("stream_seq"))]
        for schema in SCHEMAS:
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
