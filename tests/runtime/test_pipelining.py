"""A turn is decided while the one before is on its way to the database: nobody may be able to tell."""

from typing import Any

import asyncpg
import pytest

from tests.runtime.road import Road, send, until_decided
from tests.runtime.stage import Stage
from tests.runtime.tally import Outside

FOUR = (("cmd_1", "t1", 1), ("cmd_2", "t2", 10), ("cmd_3", "t1", 2), ("cmd_4", "t2", 20))


async def test_the_next_turn_is_decided_on_what_is_on_its_way_and_told_after_its_own_commit(
    empty_stage: Stage, outside: Outside, road: Road
) -> None:
    # Given four commands on the stream, and no way to the database yet
    attempts = await send(empty_stage, *FOUR)
    await empty_stage.start(road.actor(outside))
    # Then two turns are decided, and nobody has heard of either
    await until_decided(road, "cmd_1", "cmd_2", "cmd_3", "cmd_4")
    assert await empty_stage.events() == []
    assert all(empty_stage.replies[attempt].empty() for attempt in attempts)
    # When the way is open, everything comes out as if they had come alone
    road.opened.set()
    replies = [await empty_stage.done(attempt) for attempt in attempts]
    assert [reply["body"]["value"] for reply in replies] == [1, 10, 3, 30]
    assert [reply["position"] for reply in replies] == [1, 2, 3, 4]
    assert len(road.decided) == 4
    assert [event["sequence"] for event in await empty_stage.events()] == [1, 1, 2, 2]


async def test_what_was_decided_on_a_turn_that_the_database_refuses_is_decided_anew(
    empty_stage: Stage, outside: Outside, road: Road
) -> None:
    # Given a command that breaks a constraint, and others that were decided on what it would have left
    await send(empty_stage, ("cmd_0", "t1", 5))
    await send(empty_stage, ("cmd_bad", "t2", 2_000_000))
    after = await send(empty_stage, ("cmd_1", "t1", 1), ("cmd_2", "t2", 1), ("cmd_3", "t3", 1))
    await empty_stage.start(road.actor(outside))
    await until_decided(road, "cmd_0", "cmd_bad", "cmd_1", "cmd_2")
    road.opened.set()
    # Then it alone is put aside with what comes after it for the same tally
    assert [(await empty_stage.done(after[n]))["body"]["value"] for n in (0, 2)] == [6, 1]
    rows = await empty_stage.admin.fetch("select reason, entity from payments.parked order by id")
    assert [tuple(row) for row in rows] == [("undecidable", "t2"), ("behind", "t2")]
    assert await empty_stage.admin.fetchval("select count(*) from payments.tally") == 2
    assert [(event["subject"], event["sequence"]) for event in await empty_stage.events()] == [
        ("t1", 1),
        ("t1", 2),
        ("t3", 1),
    ]


async def test_who_is_fenced_while_a_turn_is_on_its_way_leaves_nothing_of_the_next(
    empty_stage: Stage, outside: Outside, road: Road
) -> None:
    attempts = await send(empty_stage, *FOUR)
    await empty_stage.start(road.actor(outside))
    await until_decided(road, "cmd_1", "cmd_2", "cmd_3", "cmd_4")
    # When somebody else takes the partition and lets it go again
    await empty_stage.admin.execute("update payments.partition set epoch = epoch + 1, holder = 'x', lease_until = null")
    road.opened.set()
    # Then the holder begins anew from the tables, and each command is done once
    replies = [await empty_stage.done(attempt, 15) for attempt in attempts]
    assert [reply["body"]["value"] for reply in replies] == [1, 10, 3, 30]
    assert await empty_stage.admin.fetchval("select count(*) from payments.journal") == 4
    assert road.decided == [wish[0] for wish in FOUR] * 2


@pytest.mark.parametrize("behind", [False, True])
async def test_a_process_that_dies_between_two_turns_leaves_the_next_to_who_comes(
    empty_stage: Stage, outside: Outside, road: Road, behind: bool
) -> None:
    """It dies before the first turn arrives, or after; the second is decided."""
    attempts = await send(empty_stage, *FOUR)
    (road.errors_behind if behind else road.errors_before).append(RuntimeError("the process dies"))
    await empty_stage.start(road.actor(outside))
    await until_decided(road, "cmd_1", "cmd_2", "cmd_3", "cmd_4")
    road.opened.set()
    # Then the next holder does what was not committed; who was not told asks again
    assert [(await empty_stage.done(attempts[n], 15))["body"]["value"] for n in (2, 3)] == [3, 30]
    assert await empty_stage.admin.fetchval("select count(*) from payments.journal") == 4
    assert len(road.decided) == (6 if behind else 8)
    again = await send(empty_stage, *FOUR[:2])
    assert [(await empty_stage.done(attempt))["body"]["value"] for attempt in again] == [1, 10]
    assert await empty_stage.admin.fetchval("select sum(value) from payments.tally") == 33


@pytest.mark.parametrize("error", [OSError("gone"), asyncpg.InterfaceError("broken")])
async def test_a_database_that_goes_away_meanwhile_delays_both_turns(
    empty_stage: Stage, outside: Outside, road: Road, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    attempts = await send(empty_stage, *FOUR)
    errors = iter([error] * 2)
    fetch = asyncpg.Pool.fetchval

    async def failing(pool: asyncpg.Pool, sql: str, *arguments: Any, **how: Any) -> Any:
        found = await fetch(pool, sql, *arguments, **how)  # the answer is lost: it took place all the same
        if sql.startswith("with fence") and (broken := next(errors, None)) is not None:
            raise broken
        return found

    monkeypatch.setattr(asyncpg.Pool, "fetchval", failing)
    road.opened.set()
    await empty_stage.start(road.actor(outside))
    assert [(await empty_stage.done(attempt))["body"]["value"] for attempt in attempts] == [1, 10, 3, 30]
    assert next(errors, None) is None
    assert await empty_stage.admin.fetchval("select count(*) from payments.journal") == 4
