"""A voice that spoke, beside a stream without its tail, on a number that idle cursors had passed: it is heard still."""

from messages.subjects import EVENTS, partition_of
from pocketpay.provision import provision
from pocketpay.streams.shapes import streams
from tests.runtime.stage import Stage
from tests.runtime.tally import tally_actor
from tests.runtime.test_oddities import said

HERE = partition_of("demo")
TENANT = next(name for name in (f"t{number}" for number in range(100)) if partition_of(name) != HERE)
ELSEWHERE = partition_of(TENANT)


async def _says(play: Stage, tenant: str, partition: int, position: int, value: int) -> str:
    """As the ledger's voice of the partition does."""
    body = said(value).replace('"demo"', f'"{tenant}"')
    subject = f"pocketpay.event.{tenant}.other.said.t1"
    await play.publish(subject, body, origin=f"ledger/{partition}/{position}")
    return body


async def _notes(play: Stage, tenant: str, partition: int, position: int, number: int, body: str) -> None:
    """As the ledger does in the same and in its next turn."""
    await play.admin.execute(
        """insert into ledger.journal (partition, seq, id, stream, subject, tenant, type, entity, entity_seq, message,
           recorded_at) values ($1, $2, $3, 'EVENTS', $4, $5, 'other.said', 't1', $6, $7, clock_timestamp())""",
        partition,
        position,
        f"evt_{partition}_{position}",
        f"pocketpay.event.{tenant}.other.said.t1",
        tenant,
        position,
        body,
    )
    await play.admin.execute("insert into ledger.published values ($1, $2, $3)", partition, position, number)


async def test_what_was_said_below_a_cursor_is_heard_once_the_stream_is_whole(
    empty_stage: Stage, database: str, nats_server: str
) -> None:
    play, jetstream = empty_stage, empty_stage.client.jetstream(timeout=5)
    # Given a reader whose idle cursors have followed another partition's voice to the end of the stream
    task = await play.start(tally_actor())
    for number in range(1, 11):
        body = await _says(play, TENANT, ELSEWHERE, number, number)
        await _notes(play, TENANT, ELSEWHERE, number, number, body)
    await play.until(f"select value from payments.tally where tenant = '{TENANT}'", 55)
    play.processes[0][1].set()
    await task
    await play.admin.execute("update payments.partition set cursors = jsonb_set(cursors, '{EVENTS}', '10')")
    # When the stream loses its tail, and a voice that lost nothing speaks before anybody has made it whole
    await jetstream.delete_stream(EVENTS)
    await jetstream.add_stream(next(config for config in streams() if config.name == EVENTS))
    for number in range(1, 6):
        await _says(play, TENANT, ELSEWHERE, number, number)
    body = await _says(play, "demo", HERE, 1, 10)
    await _notes(play, "demo", HERE, 1, 6, body)
    assert EVENTS in await provision(nats_server, database)
    # Then it is heard, and what its voice says next too, each once
    await play.start(tally_actor())
    await play.until("select value from payments.tally where tenant = 'demo'", 10)
    await _says(play, "demo", HERE, 2, 100)
    await play.until("select value from payments.tally where tenant = 'demo'", 110)
    await play.until(f"select value from payments.tally where tenant = '{TENANT}'", 55)
