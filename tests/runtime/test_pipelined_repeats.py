"""The same command in two turns of which one is decided on the other happens once; and everything else by chance."""

import random
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from actors.runtime import partition
from messages.subjects import COMMANDS, partition_of
from tests.runtime.road import Road, send, until_decided
from tests.runtime.stage import Stage
from tests.runtime.tally import Outside


@pytest.mark.parametrize(("amount", "status"), [(5, 200), (101, 422)])
async def test_a_command_that_comes_again_while_it_is_on_its_way_is_told_the_same(
    empty_stage: Stage, outside: Outside, road: Road, amount: int, status: int
) -> None:
    # Given a command, the same in the next turn, and another request under its id
    attempts = await send(empty_stage, ("cmd_1", "t1", amount), ("cmd_2", "t2", 1), ("cmd_1", "t1", amount))
    other = await send(empty_stage, ("cmd_1", "t1", amount + 1))
    await empty_stage.start(road.actor(outside))
    await until_decided(road, "cmd_1", "cmd_2", "cmd_1")
    road.opened.set()
    # Then it happened once, both hear what became of it, and the other is told what differs
    first, _, again = [await empty_stage.done(attempt) for attempt in attempts]
    assert (first["status"], first["body"]) == (again["status"], again["body"])
    assert first["status"] == status
    assert (await empty_stage.done(other[0]))["body"]["code"] == "idempotency_mismatch"
    assert await empty_stage.admin.fetchval("select sum(value) from payments.tally") == 1 + (5 if amount == 5 else 0)


async def test_a_command_that_waits_for_its_call_is_known_to_the_next_turn(
    empty_stage: Stage, outside: Outside, road: Road
) -> None:
    attempts = await send(empty_stage, ("cmd_1", "t1", 5), ("cmd_2", "t2", 5), ask_outside=True)
    attempts += await send(empty_stage, ("cmd_1", "t1", 5), ask_outside=True)
    await empty_stage.start(road.actor(outside))
    await until_decided(road, "cmd_1", "cmd_2")
    road.opened.set()
    assert [(await empty_stage.done(attempt))["body"]["value"] for attempt in attempts] == [5, 5, 5]
    assert outside.done == {"call_cmd_1": 1, "call_cmd_2": 1}
    assert road.decided == ["cmd_1", "cmd_2"]


async def test_a_key_that_a_turn_on_its_way_leaves_free_is_taken_up_once(
    empty_stage: Stage, outside: Outside, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a command that leaves its key free the first time, and comes in four turns
    monkeypatch.setattr(partition, "BATCH_MAX", 1)
    attempts = await send(empty_stage, *[("cmd_1", "t1", 77)] * 4)
    await empty_stage.start(road.actor(outside))
    await until_decided(road, "cmd_1", "cmd_1")
    road.opened.set()
    replies = [await empty_stage.done(attempt) for attempt in attempts]
    assert [reply["status"] for reply in replies] == [503, 200, 200, 200]
    assert await empty_stage.admin.fetchval("select value from payments.tally") == 77


def wishes(draw: random.Random) -> list[tuple[str, str, int]]:
    """On four tallies: good and refused ones, repeats, other requests under known ids, and a few bad ones."""
    made: list[tuple[str, str, int]] = []
    for number in range(60):
        id_, name, amount = f"{number}", f"t{draw.randrange(4)}", draw.choice([1, 1, 2, 3, 50, 101])
        if made and draw.random() < 0.25:
            id_, name, amount = draw.choice(made)
            amount += draw.choice([0, 0, 1])
        made.append((id_, name, amount))
    for bad in (13, 14, 2_000_000):
        made.insert(draw.randrange(len(made)), (f"bad{bad}", f"t{draw.randrange(3)}", bad))
    return made


SEEN = {
    "tallies": "select id, value from payments.tally where tenant = '{tenant}' order by id",
    "inbox": "select substring(id from '[^_]+$'), status, outcome_status, outcome_body::json ->> 'value', outcome_seq"
    " from payments.inbox where tenant = '{tenant}' order by 1",
    "parked": "select entity, reason from payments.parked where tenant = '{tenant}' order by id",
    "journal": "select seq, entity, entity_seq, message::json -> 'data' ->> 'value'"
    " from payments.journal where tenant = '{tenant}' order by seq",
}


async def outcome(stage: Stage, tenant: str, draw: random.Random) -> dict[str, Any]:
    """What the tables and the stream say once everything has been dealt with, but for ids and times."""
    for id_, name, amount in wishes(draw):
        await stage.send("tally.add", name, {"amount": amount}, id=f"cmd_{tenant}_{id_}", tenant=tenant)
    end = (await stage.client.jetstream().stream_info(COMMANDS)).state.last_seq
    where = f"where partition = {partition_of(tenant)}"
    await stage.until(f"select (cursors ->> 'COMMANDS')::integer from payments.partition {where}", end, 30)
    found = {name: await stage.admin.fetch(sql.format(tenant=tenant)) for name, sql in SEEN.items()}
    rows = {name: [tuple(row) for row in each] for name, each in found.items()}
    await stage.until(f"select count(*) from payments.published {where}", len(rows["journal"]))
    events = [event for event in await stage.events() if event["tenant"] == tenant]
    return {**rows, "said": [(event["subject"], event["sequence"], event["data"]["value"]) for event in events]}


@pytest.fixture
def unlogged() -> Iterator[None]:
    """To draw a traceback for every bad message would take longer than all the rest."""
    with capture_logs():
        yield


@pytest.fixture
def shaky(monkeypatch: pytest.MonkeyPatch) -> list[random.Random]:
    """With chance in it, some statements do not arrive, and the answers to others are lost."""
    chances: list[random.Random] = []
    fetch = asyncpg.Pool.fetchval

    async def unreliable(pool: asyncpg.Pool, sql: str, *arguments: Any, **how: Any) -> Any:
        chance = chances[0].random() if chances and sql.startswith("with fence") else 1
        if chance < 0.1:
            raise OSError("it never arrived")
        found = await fetch(pool, sql, *arguments, **how)
        if chance < 0.2:
            raise OSError("its answer is lost")
        return found

    monkeypatch.setattr(asyncpg.Pool, "fetchval", unreliable)
    return chances


@pytest.mark.usefixtures("unlogged")
@pytest.mark.parametrize("seed", range(5))
async def test_what_comes_of_it_is_as_if_each_had_come_alone(
    empty_stage: Stage,
    outside: Outside,
    road: Road,
    shaky: list[random.Random],
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    # Given what comes of commands that are taken one at a time, never ahead
    await empty_stage.start(road.actor(outside))
    monkeypatch.setattr(partition, "BATCH_MAX", 1)
    monkeypatch.setattr(partition, "AHEAD_MIN", 1000)
    road.opened.set()
    alone = await outcome(empty_stage, "demo", random.Random(seed))
    # When another tenant sends the same, turns overlap, and the way to the database is bad
    monkeypatch.setattr(partition, "BATCH_MAX", 5)
    monkeypatch.setattr(partition, "AHEAD_MIN", 1)
    shaky.append(random.Random(seed))
    together = await outcome(empty_stage, "other", random.Random(seed))
    # Then nobody can tell the difference
    assert together == alone
    assert len(alone["parked"]) >= 3
