"""Two processes of one actor, servers that vanish, and connections that break: nothing lost, doubled or reordered."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from actors.runtime import partition as partition_module
from actors.runtime.mailbox import SILENCE_SECONDS
from tests.runtime.stage import Stage
from tests.runtime.tally import Outside, tally_actor
from tests.runtime.test_queries import ask


@pytest.fixture
async def load(play: Stage) -> AsyncIterator[list[asyncio.Task[dict[str, Any]]]]:
    """Three hundred commands on ten entities, under way while the story goes on."""

    async def one(number: int) -> dict[str, Any]:
        await asyncio.sleep(number * 0.01)
        for _ in range(10):
            attempt = await play.send("tally.add", f"t{number % 10}", {"amount": 1}, id=f"cmd_{number}")
            try:
                return await play.done(attempt, timeout_seconds=3)
            except TimeoutError:
                continue
        raise AssertionError("no answer after ten attempts")

    tasks = [asyncio.create_task(one(number)) for number in range(300)]
    yield tasks
    for task in tasks:
        task.cancel()


async def holds(play: Stage) -> None:
    """What must be so after every story: each command once, each event once and in order, balances right."""
    await play.until("select count(*) from payments.published", 300)
    assert await play.admin.fetchval("select sum(value) from payments.tally") == 300
    assert await play.admin.fetchval("select count(*) from payments.inbox where status = 'done'") == 300
    events = await play.events()
    assert len({event["id"] for event in events}) == len(events) == 300
    for name in {event["subject"] for event in events}:
        sequences = [event["sequence"] for event in events if event["subject"] == name]
        assert sequences == list(range(1, 31))


async def test_two_processes_share_the_work_and_the_second_takes_over(
    play: Stage, outside: Outside, load: list[asyncio.Task[dict[str, Any]]]
) -> None:
    # Given a second process that stands by
    await play.start(tally_actor(outside))
    await asyncio.sleep(1)
    # When the first stops
    play.processes[0][1].set()
    # Then every command is answered and done once
    assert {reply["status"] for reply in await asyncio.gather(*load)} == {200}
    await holds(play)


async def test_backends_that_are_killed_cost_nothing(play: Stage, load: list[asyncio.Task[dict[str, Any]]]) -> None:
    for _ in range(8):
        await asyncio.sleep(0.3)
        await play.admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'payments'"
        )
    assert {reply["status"] for reply in await asyncio.gather(*load)} == {200}
    await holds(play)


async def test_a_holder_that_lost_its_epoch_writes_nothing_more(
    play: Stage, load: list[asyncio.Task[dict[str, Any]]]
) -> None:
    # When somebody else takes the partitions under the holder's feet, again and again
    for _ in range(4):
        await asyncio.sleep(0.4)
        await play.admin.execute("update payments.partition set epoch = epoch + 1, holder = 'x', lease_until = null")
    # Then it notices, begins again from the tables, and nothing is lost or doubled
    assert {reply["status"] for reply in await asyncio.gather(*load)} == {200}
    await holds(play)


async def test_voices_that_break_go_on_where_the_stream_ends(
    play: Stage, load: list[asyncio.Task[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The acknowledgement is lost after the stream took the message: the next connection must not say it again."""
    voice = partition_module.Voice
    publish = voice._publish
    failures = iter(range(6))

    async def publish_then_break(self: Any, client: Any, inbox: str, rows: Any) -> dict[int, int]:
        said = await publish(self, client, inbox, rows)
        if next(failures, None) is not None:
            raise TimeoutError("the acknowledgement is lost")
        return said

    monkeypatch.setattr(voice, "_publish", publish_then_break)
    assert {reply["status"] for reply in await asyncio.gather(*load)} == {200}
    assert next(failures, None) is None
    await holds(play)


async def test_a_frozen_holder_is_fenced_and_its_successor_goes_on(
    play: Stage, outside: Outside, load: list[asyncio.Task[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A holder that cannot renew (its renewals hang) loses the partitions after the lease, not earlier work."""
    await asyncio.sleep(0.5)
    await play.start(tally_actor(outside))
    await asyncio.sleep(0.3)
    first = await play.admin.fetchval("select holder from payments.partition where partition = 6")
    await play.admin.execute(
        "update payments.partition set lease_until = clock_timestamp() - interval '1 s' where holder = $1", first
    )
    assert {reply["status"] for reply in await asyncio.gather(*load)} == {200}
    await holds(play)


async def test_only_the_fence_can_let_a_turn_through(play: Stage) -> None:
    await play.ask("tally.add", "t1", {"amount": 1})
    with pytest.raises(asyncpg.DivisionByZeroError):
        await play.admin.execute(
            "with fence as (update payments.partition set turn = turn + 1 where turn = -1 returning 1)"
            " select 1 / (select count(*) from fence)"
        )


async def test_a_partition_that_breaks_shows_in_the_process_health_and_begins_again(
    play: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await play.ask("tally.add", "t1", {"amount": 1})
    # Given that something breaks that nobody thought of
    broken = iter([RuntimeError("nobody thought of this")])

    def break_once(*_: Any) -> None:
        if error := next(broken, None):
            raise error

    monkeypatch.setattr(partition_module, "count", break_once)
    await play.send("tally.add", "t1", {"amount": 1}, id="cmd_2")
    # Then the work goes on from the tables, and the process says that something is wrong
    later = await play.send("tally.add", "t2", {"amount": 1})
    assert (await play.done(later, 3 * SILENCE_SECONDS))["status"] == 200  # a mailbox may have to find itself deaf
    await play.until("select value from payments.tally where id = 't1'", 2)
    assert (await ask(play, "health"))["body"]["work"] == "degraded"
