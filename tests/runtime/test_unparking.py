"""Parked messages that are decided anew: in order, once, and by the partition's holder alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import asyncpg
import pytest

import storage.parked
from actors.runtime import committing, pipeline
from actors.runtime.decision import Asked, Decision, FellDue, Message, Refused, Returned, View
from storage.parked import ask_to_retry
from tests.runtime.stage import Stage
from tests.runtime.tally import Add, Outside, decide, tally_actor

OPEN = "select count(*) from payments.parked where resolved_at is null"
ASKED = "select count(*) from payments.parked where retry_asked_at is not null"


@dataclass
class Bug:
    """Rules that raise for an amount of 13, for every result of a call and for every alarm, until mended."""

    mended: bool = False
    instead: int = 30
    released: bool = False
    decided: list[int] = field(default_factory=list)

    def decide(self, message: Message, view: View, now: datetime) -> Decision:
        match message:
            case Asked() if self.released:
                return Decision(outcome=Refused("provider_unavailable", "nobody is there"))
            case Asked(command, Add(amount=13) as data) if self.mended:
                message = Asked(command, data.model_copy(update={"amount": self.instead}))
            case Returned() | FellDue() if not self.mended:
                raise RuntimeError("this rule has a bug")
            case _:
                pass
        decision = decide(message, view, now)
        self.decided += [said.resource.version for said in decision.events]
        return decision


@pytest.fixture
def bug() -> Bug:
    return Bug()


@pytest.fixture
async def buggy(empty_stage: Stage, outside: Outside, bug: Bug) -> Stage:
    """One process, whose rules have the bug."""
    await empty_stage.start(replace(tally_actor(outside), decide=bug.decide))
    return empty_stage


async def retry(play: Stage, ids: Sequence[int] = (), entity: str | None = None, **_: Any) -> list[int]:
    """Asks as an operator does; the ids of the rows that are asked for now."""
    return await ask_to_retry(play.admin, "payments", id_=ids[0] if ids else None, entity=entity)


async def park(play: Stage, amounts: Sequence[int], entity: str = "t1") -> list[str]:
    """Sends these in order; the first makes the rules fail, so that all end among the parked."""
    before = await play.admin.fetchval(OPEN) or 0
    attempts = [
        await play.send("tally.add", entity, {"amount": amount}, id=f"cmd_{entity}_{amount}") for amount in amounts
    ]
    await play.until(OPEN, before + len(amounts))
    return attempts


async def values(play: Stage) -> list[int]:
    return [event["data"]["value"] for event in await play.events()]


async def test_a_retry_in_vain_parks_again_and_keeps_the_order(buggy: Stage, bug: Bug) -> None:
    # Given that the bug is still there when it is tried again
    await park(buggy, [13, 1, 2])
    await retry(buggy, everything=True)
    await buggy.until("select attempts from payments.parked where id = 1", 2)
    rows = await buggy.admin.fetch("select reason, attempts, retry_asked_at from payments.parked order by id")
    assert [tuple(row) for row in rows] == [
        ("undecidable", 2, None),
        ("behind", 1, None),
        ("behind", 1, None),
    ]
    assert await buggy.admin.fetchval(ASKED) == 0
    # And that another comes meanwhile, and the process begins again from its tables
    await park(buggy, [4])
    buggy.processes[0][1].set()
    await asyncio.wait([buggy.processes[0][0]], timeout=12)
    await buggy.start(replace(tally_actor(), decide=bug.decide))
    await buggy.until("select count(*) from payments.partition where lease_until is not null", 8)
    # When it is mended and tried again
    bug.mended = True
    await retry(buggy, ids=[1])
    await buggy.until(OPEN, 0)
    await buggy.until("select count(*) from payments.published", 4)
    # Then nothing was lost, and nothing overtook
    assert await values(buggy) == [30, 31, 33, 37]


async def test_more_than_a_batch_is_decided_in_order_and_never_without_its_head(
    buggy: Stage, bug: Bug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.parked, "RETRIED_AT_ONCE_MAX", 2)
    await park(buggy, [13, 1, 2, 3, 4])
    await park(buggy, [13, 5], "t2")
    # While the first fails again, none behind it is tried, though they lie in later batches
    await retry(buggy, everything=True)
    await buggy.until(ASKED, 0)
    assert await buggy.admin.fetchval(OPEN) == 7
    assert bug.decided == []
    bug.mended = True
    await retry(buggy, everything=True)
    await buggy.until(OPEN, 0)
    await buggy.until("select count(*) from payments.published", 7)
    said = await buggy.events()
    assert [event["data"]["value"] for event in said if event["subject"] == "t1"] == [30, 31, 33, 36, 40]
    assert [event["data"]["value"] for event in said if event["subject"] == "t2"] == [30, 35]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_holder_that_dies_around_the_commit_leaves_each_decided_once(
    buggy: Stage, bug: Bug, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    await park(buggy, [13, 1])
    bug.mended = True
    deaths = iter([1])

    async def dying(*arguments: Any) -> None:
        writes_to_parked = any(part.name == "resolved" for part in arguments[3])
        dies = writes_to_parked and next(deaths, None) is not None
        if not dies or when == "after":
            await committing.commit(*arguments)
        if dies:
            raise RuntimeError("the process dies")

    monkeypatch.setattr(pipeline, "commit", dying)
    await retry(buggy, entity="t1")
    await buggy.until(OPEN, 0)
    assert next(deaths, None) is None
    await buggy.until("select count(*) from payments.published", 2)
    assert await values(buggy) == [30, 31]
    assert (await buggy.ask("tally.add", "t1", {"amount": 1}))["body"]["value"] == 32


async def test_a_holder_that_lost_its_partition_decides_nothing_anew(
    buggy: Stage, bug: Bug, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    # Given that somebody else takes the partition while the holder decides
    await park(buggy, [13, 1])
    thief = await asyncpg.connect(database, timeout=10)
    bug.mended = True
    thefts = iter([1])

    async def robbed(*arguments: Any) -> None:
        if any(part.name == "resolved" for part in arguments[3]) and next(thefts, None) is not None:
            await thief.execute("update payments.partition set epoch = epoch + 1, holder = 'x'")
            with pytest.raises(committing.Fenced):
                await committing.commit(*arguments)
            open_rows.append(await thief.fetchval(OPEN) or 0)
            await thief.execute("update payments.partition set lease_until = null")
        await committing.commit(*arguments)

    open_rows: list[int] = []
    monkeypatch.setattr(pipeline, "commit", robbed)
    await retry(buggy, entity="t1")
    # Then its statement changes nothing, and who holds the partition next does it all, once
    await buggy.until(OPEN, 0)
    assert open_rows == [2]
    await buggy.until("select count(*) from payments.published", 2)
    assert await values(buggy) == [30, 31]
    await thief.close(timeout=10)


async def test_a_result_and_an_alarm_are_decided_anew_too(buggy: Stage, bug: Bug, outside: Outside) -> None:
    # Given the result of a call and an alarm that the rules could not decide
    await buggy.send("tally.add", "t1", {"amount": 5, "ask_outside": True}, id="cmd_1")
    await buggy.ask("tally.add", "t2", {"amount": 7, "later": True})
    await buggy.until(OPEN, 2)
    # When they can
    bug.mended = True
    await retry(buggy, everything=True)
    await buggy.until(OPEN, 0)
    # Then the command is answered, and the call was not made again
    assert (await buggy.ask("tally.add", "t1", {"amount": 5, "ask_outside": True}, id="cmd_1"))["body"]["value"] == 5
    assert await buggy.admin.fetchval("select value from payments.tally where id = 't2'") == 8
    assert outside.done == {"call_cmd_1": 1}


async def test_what_a_later_version_can_read_is_decided_by_it(empty_stage: Stage) -> None:
    await empty_stage.start(replace(tally_actor(), commands={}))
    await empty_stage.send("tally.add", "t1", {"amount": 5}, id="cmd_1")
    await empty_stage.until("select reason from payments.parked", "unreadable")
    await retry(empty_stage, ids=[1])
    await empty_stage.until("select attempts from payments.parked", 2)
    # When a version comes that knows the command
    running, stopping = empty_stage.processes.pop()
    stopping.set()
    await asyncio.wait([running], timeout=12)
    await empty_stage.start(tally_actor())
    await retry(empty_stage, ids=[1])
    await empty_stage.until(OPEN, 0)
    assert await empty_stage.admin.fetchval("select value from payments.tally") == 5


async def test_what_the_database_refuses_again_stays_parked_and_stops_nobody(play: Stage) -> None:
    # The table takes no value of a million or more
    await play.send("tally.add", "t1", {"amount": 1_000_000}, id="cmd_1")
    await play.until(OPEN, 1)
    await retry(play, everything=True)
    await play.until("select attempts from payments.parked", 2)
    assert (await play.ask("tally.add", "t2", {"amount": 5}))["status"] == 200


async def test_what_waits_behind_a_message_that_the_database_refuses_is_not_tried(buggy: Stage, bug: Bug) -> None:
    # Given that the mended rules make something that the table does not take
    bug.instead = 1_000_000
    await park(buggy, [13, 1])
    bug.mended = True
    await retry(buggy, entity="t1")
    await buggy.until("select attempts from payments.parked where id = 1", 2)
    await buggy.until(ASKED, 0)
    # Then the message behind it still waits, and both are decided once that is mended too
    assert await buggy.admin.fetchval(OPEN) == 2
    bug.instead = 30
    await retry(buggy, entity="t1")
    await buggy.until(OPEN, 0)
    assert await buggy.admin.fetchval("select value from payments.tally") == 31


async def test_who_came_before_a_message_whose_needs_cannot_be_told_is_not_held_up(empty_stage: Stage) -> None:
    # Given a batch in which the rules fail to say what the last message needs
    for number in range(20):
        await empty_stage.send("tally.add", "t1", {"amount": 1}, id=f"cmd_{number}")
    await empty_stage.send("tally.add", "t1", {"amount": 14}, id="cmd_bug")
    await empty_stage.send("tally.add", "t1", {"amount": 2}, id="cmd_behind")
    # When it is decided
    await empty_stage.start(tally_actor())
    await empty_stage.until(OPEN, 2)
    # Then all before it are done, and only what came after it waits
    assert await empty_stage.admin.fetchval("select value from payments.tally") == 20
    rows = await empty_stage.admin.fetch("select reason from payments.parked order by id")
    assert [row["reason"] for row in rows] == ["undecidable", "behind"]


async def test_a_released_key_that_is_parked_twice_is_decided_once(buggy: Stage, bug: Bug) -> None:
    # Given a command that was told to come again, and then cannot be decided, twice
    bug.released = True
    assert (await buggy.ask("tally.add", "t1", {"amount": 13}, id="cmd_1"))["status"] == 503
    bug.released = False
    await buggy.send("tally.add", "t2", {"amount": 13}, id="cmd_1")
    await buggy.until(OPEN, 1)
    await buggy.send("tally.add", "t3", {"amount": 13}, id="cmd_1")
    await asyncio.sleep(1)
    # When the bug is mended
    bug.mended = True
    await retry(buggy)
    await buggy.until(OPEN, 0)
    # Then it happens once, about what it was about at first, and its repeat is told the same
    rows = await buggy.admin.fetch("select id, value from payments.tally")
    assert [tuple(row) for row in rows] == [("t1", 30)]
    assert (await buggy.ask("tally.add", "t4", {"amount": 13}, id="cmd_1"))["replayed"]
