"""Streams that lost something, made again on real servers."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import asyncpg
import nats
import pytest
from nats.aio.client import Client
from nats.js.errors import NoStreamResponseError

from messages.streams import BEGAN, EPOCH, ORIGIN_HEADER
from messages.subjects import COMMANDS, EVENTS, event_subject, partition_of
from pocketpay.provision import provision

TENANT = "demo"
PARTITION = partition_of(TENANT)

_SAY = """
with said as (
    insert into {schema}.journal
        (partition, seq, id, stream, subject, tenant, type, entity, entity_seq, message, recorded_at)
    select $1, n, '{schema}-' || n, $2, $3, 'demo', 'x', 'e', null, '{schema} said ' || n || repeat('.', $6::int),
        clock_timestamp() - $7::interval + n * interval '1 microsecond'
    from generate_series($4::bigint, $5::bigint) n returning partition, seq)
select count(*) from said"""

_NOTE = """
insert into {schema}.published (partition, journal_seq, stream_seq)
select $1, journal_seq, stream_seq from unnest($2::bigint[], $3::bigint[]) as n(journal_seq, stream_seq)"""


@pytest.fixture
async def books(database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close(timeout=10)


@pytest.fixture
async def bus(nats_server: str) -> AsyncIterator[Client]:
    client = await nats.connect(nats_server)
    yield client
    await client.close()


async def say(
    books: asyncpg.Connection, schema: str, stream: str, numbers: Mapping[int, int | None], *, days_ago: float = 0
) -> None:
    """Journal position -> number on the stream, None where nobody noted it. Positions follow one another."""
    kind = "event.demo.payment.created" if stream == EVENTS else "command.demo.ledger.hold-create"
    first, last = min(numbers), max(numbers)
    subject = f"pocketpay.{kind}.e"
    args = (PARTITION, stream, subject, first, last, 400, timedelta(days=days_ago, seconds=0 if days_ago else 5))
    await books.fetchval(_SAY.format(schema=schema), *args)
    noted = {position: number for position, number in numbers.items() if number is not None}
    await books.execute(_NOTE.format(schema=schema), PARTITION, list(noted), list(noted.values()))


async def held(bus: Client, stream: str) -> dict[int, tuple[str, str]]:
    """Number -> origin and body, without fillers."""
    state = (await bus.jetstream().stream_info(stream)).state
    found: dict[int, tuple[str, str]] = {}
    for seq in range(state.first_seq, state.last_seq + 1):
        message = await bus.jetstream().get_msg(stream, seq, direct=True)
        if message.data:
            found[seq] = (message.headers or {})[ORIGIN_HEADER], (message.data or b"").decode().rstrip(".")
    return found


def of(schema: str, numbers: dict[int, int]) -> dict[int, tuple[str, str]]:
    return {seq: (f"{schema}/{PARTITION}/{n}", f"{schema} said {n}") for n, seq in numbers.items()}


async def test_events_come_back_under_their_numbers_with_nothing_where_nobody_spoke(
    books: asyncpg.Connection, bus: Client, nats_server: str, database: str
) -> None:
    # Given two voices that took turns, a number between them that was never a row's, and a row that is too old
    await say(books, "payments", EVENTS, {1: 3}, days_ago=31)
    await say(books, "payments", EVENTS, {2: 10, 3: 11, 4: 15})
    await say(books, "ledger", EVENTS, {1: 12, 2: 14})
    await bus.jetstream().delete_stream(EVENTS)
    # When the stream is gone and made again
    assert await provision(nats_server, database) == [EVENTS]
    # Then every number is what it was, and nobody who listens to a tenant sees what stands between
    told = of("payments", {2: 10, 3: 11, 4: 15}) | of("ledger", {1: 12, 2: 14})
    assert await held(bus, EVENTS) == dict(sorted(told.items()))
    info = await bus.jetstream().stream_info(EVENTS, subjects_filter=">")
    assert (info.state.first_seq, info.state.last_seq, (info.config.metadata or {})[EPOCH]) == (10, 15, "1")
    assert info.state.subjects == {
        f"pocketpay.event.demo.payment.created.{PARTITION}": 5,
        "pocketpay.event.~.stream.filler.none": 1,
    }
    # And a second run finds nothing to do
    assert await provision(nats_server, database) == []


async def test_a_tail_of_two_voices_that_nobody_noted_begins_a_new_epoch(
    books: asyncpg.Connection, bus: Client, nats_server: str, database: str
) -> None:
    await say(books, "payments", EVENTS, {1: 1, 2: 3, 3: None})
    await say(books, "ledger", EVENTS, {1: 2, 2: None})
    await bus.jetstream().delete_stream(EVENTS)
    await provision(nats_server, database)
    assert sorted(await held(bus, EVENTS)) == [1, 2, 3, 4, 5]
    metadata = (await bus.jetstream().stream_info(EVENTS)).config.metadata or {}
    assert (metadata[EPOCH], metadata[BEGAN]) == ("2", "5")
    # And the new epoch outlives the stream
    await bus.jetstream().delete_stream(EVENTS)
    await provision(nats_server, database)
    metadata = (await bus.jetstream().stream_info(EVENTS)).config.metadata or {}
    assert (metadata[EPOCH], sorted(await held(bus, EVENTS))) == ("2", [1, 2, 3, 4, 5])


async def test_a_number_that_went_to_another_message_is_given_to_none_of_both(
    books: asyncpg.Connection, bus: Client, nats_server: str, database: str
) -> None:
    # Given a stream that lost the ledger's words and got others in their place
    await say(books, "payments", EVENTS, {1: 1, 2: 2, 3: 3})
    await provision(nats_server, database)
    await say(books, "ledger", EVENTS, {1: 2, 2: 3, 3: 9})
    assert await provision(nats_server, database) == [EVENTS]
    # Then what was lost is said again, behind all that was seen, in its order
    assert await held(bus, EVENTS) == {
        **of("payments", {1: 1, 2: 2, 3: 3}),
        **of("ledger", {1: 10, 2: 11, 3: 12}),
    }
    assert ((await bus.jetstream().stream_info(EVENTS)).config.metadata or {})[EPOCH] == "2"


async def test_a_cursor_beyond_the_end_is_never_reached_by_an_older_message(
    books: asyncpg.Connection, bus: Client, nats_server: str, database: str
) -> None:
    await say(books, "payments", EVENTS, {1: 1, 2: 2})
    await books.execute("""update ledger.partition set cursors = '{"EVENTS": 7}' where partition = $1""", PARTITION)
    await provision(nats_server, database)
    ack = await bus.jetstream().publish(event_subject(TENANT, "payment.created", "p"), b"new")
    assert (ack.seq, sorted(await held_numbers(bus))) == (8, [1, 2, 8])


async def held_numbers(bus: Client) -> list[int]:
    state = (await bus.jetstream().stream_info(EVENTS)).state
    numbers = range(state.first_seq, state.last_seq + 1)
    return [seq for seq in numbers if (await bus.jetstream().get_msg(EVENTS, seq, direct=True)).data]


async def test_commands_that_nobody_dealt_with_are_said_again_above_all_that_was(
    books: asyncpg.Connection, bus: Client, nats_server: str, database: str
) -> None:
    # Given five commands to the ledger, two of which it heard, and one that was never noted
    await say(books, "payments", COMMANDS, {1: 3, 2: 5, 3: 7, 4: 11, 5: None})
    heard = f'{{"COMMANDS/payments/{PARTITION}": 2}}'
    await books.execute("update ledger.partition set heard = $2 where partition = $1", PARTITION, heard)
    await books.execute(
        """update payments.partition set cursors = '{"COMMANDS": 20}' where partition = $1""", PARTITION
    )
    # When the stream is gone
    await bus.jetstream().delete_stream(COMMANDS)
    assert await provision(nats_server, database) == [COMMANDS]
    # Then the other three come, in order, where no reader has been
    assert await held(bus, COMMANDS) == of("payments", {3: 21, 4: 22, 5: 23})
    assert await provision(nats_server, database) == []


@pytest.mark.parametrize("point", ["after_numbers", "mid_put:1", "mid_put:700", "after_fill:1", "after_fill:2"])
async def test_a_run_that_dies_anywhere_is_finished_by_the_next(
    books: asyncpg.Connection, bus: Client, nats_server: str, database: str, point: str
) -> None:
    # Given streams that lost their tails, of which some was never noted
    both = {n: 2 * n - 1 for n in range(1, 601)}
    await say(books, "payments", EVENTS, both)
    await say(books, "payments", COMMANDS, {601: 9, 602: 10})
    await say(books, "payments", EVENTS, {603: None})
    await say(books, "payments", COMMANDS, {604: None})
    await say(books, "ledger", EVENTS, {n: 2 * n for n in range(1, 601)})
    # When the first run dies
    assert await in_a_process(nats_server, database, POCKETPAY_CRASH_AT=point) == -9
    # Then nobody can write beside what is not yet whole
    if point != "after_fill:2":
        with pytest.raises(NoStreamResponseError):
            await bus.jetstream().publish(event_subject(TENANT, "payment.created", "p"), b"too early")
    # And the next run finishes it
    assert await in_a_process(nats_server, database) == 0
    told = of("payments", {**both, 603: 1201}) | of("ledger", {n: 2 * n for n in range(1, 601)})
    assert await held(bus, EVENTS) == dict(sorted(told.items()))
    commands = await held(bus, COMMANDS)
    assert [body for _, body in commands.values()] == ["payments said 601", "payments said 602", "payments said 604"]
    assert min(commands) > 10
    assert await provision(nats_server, database) == []


async def in_a_process(nats_url: str, database_url: str, **environment: str) -> int | None:
    urls = {"POCKETPAY_NATS_URL": nats_url, "POCKETPAY_DATABASE_URL": database_url}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pocketpay", "provision"), env={**os.environ, **urls, **environment}
    )
    return await asyncio.wait_for(process.wait(), 60)
