"""What was put aside comes back: in its order, once, and only when somebody asks."""

import asyncio

import asyncpg
import pytest

from storage.parked import ask_to_retry
from tests.runtime import tally
from tests.runtime.stage import Stage
from tests.runtime.tally import Outside
from tests.runtime.test_oddities import said
from tests.runtime.test_queries import ask

OPEN = "select count(*) from payments.parked where resolved_at is null"
VALUE = "select value from payments.tally where id = 't1'"


def _mend(monkeypatch: pytest.MonkeyPatch) -> None:
    original = tally._asked

    def asked(before, tenant, name, command_id, data, now):
        amount = 50 if data.amount == 13 else data.amount
        return original(before, tenant, name, command_id, data.model_copy(update={"amount": amount}), now)

    monkeypatch.setattr(tally, "_asked", asked)


async def _retry(play: Stage) -> list[int]:
    return await ask_to_retry(play.admin, "payments")


async def test_a_mended_bug_lets_what_waits_go_on_in_its_order(play: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a command that no rule can decide, and others of its entity behind it
    first = await play.send("tally.add", "t1", {"amount": 13}, id="cmd_first")
    await play.until(OPEN, 1)
    second = await play.send("tally.add", "t1", {"amount": 5}, id="cmd_second")
    await play.until(OPEN, 2)
    await play.publish("pocketpay.event.demo.other.said.t1", said(10), origin="ledger/6/100")
    await play.until(OPEN, 3)

    # When the bug is mended and somebody asks for it
    _mend(monkeypatch)
    assert len(await _retry(play)) == 3

    # Then all are decided, in the order in which they came, and whoever waits hears of it
    assert (await play.done(first))["body"]["value"] == 50
    assert (await play.done(second))["body"]["value"] == 55
    await play.until(VALUE, 65)
    assert await play.admin.fetchval(OPEN) == 0
    assert [event["data"]["value"] for event in await play.events() if event["type"] == "tally.added"] == [50, 55, 65]
    # And the entity is free, and the commands are over
    assert (await play.ask("tally.add", "t1", {"amount": 1}))["body"]["value"] == 66
    assert (await ask(play, "command", id="cmd_first"))["body"]["status"] == "done"


async def test_what_is_still_broken_stays_parked_with_all_behind_it(play: Stage) -> None:
    # Given a message that no rule can decide and one behind it
    await play.send("tally.add", "t1", {"amount": 13})
    await play.until(OPEN, 1)
    await play.send("tally.add", "t1", {"amount": 5})
    await play.until(OPEN, 2)

    # When they are tried again although nothing has changed
    await _retry(play)
    await play.until("select attempts from payments.parked order by id limit 1", 2)

    # Then they wait on in the same order, without being tried for ever
    await asyncio.sleep(1.2)
    rows = await play.admin.fetch("select reason, attempts, retry_asked_at from payments.parked order by id")
    assert [tuple(row) for row in rows] == [("undecidable", 2, None), ("behind", 1, None)]
    assert await play.admin.fetchval(VALUE) is None


async def test_asked_for_again_and_again_it_happens_once(play: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await play.send("tally.add", "t1", {"amount": 13})
    await play.until(OPEN, 1)
    _mend(monkeypatch)

    for _ in range(40):
        await play.admin.execute(
            "update payments.parked set retry_asked_at = clock_timestamp() where resolved_at is null"
        )
        await asyncio.sleep(0.05)

    await play.until(OPEN, 0)
    assert await play.admin.fetchval(VALUE) == 50
    assert await play.admin.fetchval("select count(*) from payments.journal") == 1


async def test_a_result_that_came_for_a_blocked_entity_is_taken_later(
    play: Stage, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a call whose result comes while its entity is blocked
    outside.slow_seconds = 0.5
    await play.send("tally.add", "t1", {"amount": 5, "ask_outside": True})
    await play.until("select count(*) from payments.call", 1)
    await play.send("tally.add", "t1", {"amount": 13})
    await play.until("select count(*) from payments.parked where reason = 'behind'", 1)

    # When the bug is mended
    _mend(monkeypatch)
    await _retry(play)

    # Then both count, and nothing was done twice outside
    await play.until(VALUE, 55)
    assert list(outside.done.values()) == [1]


async def test_what_the_database_refuses_blocks_its_entity_and_can_be_asked_about(play: Stage) -> None:
    # Given a message whose effects the tables refuse
    await play.send("tally.add", "t1", {"amount": 2_000_000}, id="cmd_big")
    await play.until("select count(*) from payments.parked where reason = 'undecidable'", 1)

    # When another comes for the same entity, and one for another
    await play.send("tally.add", "t1", {"amount": 5})
    assert (await play.ask("tally.add", "t2", {"amount": 5}))["status"] == 200

    # Then the one waits, the other does not, and one can ask what became of the first
    await play.until("select count(*) from payments.parked where reason = 'behind'", 1)
    assert (await ask(play, "command", id="cmd_big"))["body"]["status"] == "stuck"


async def test_an_alarm_that_the_database_refuses_is_parked_once(play: Stage) -> None:
    # Given an alarm whose effects the tables refuse
    await play.ask("tally.add", "t1", {"amount": 5, "later": True})
    await play.admin.execute("alter table payments.tally add constraint small check (value < 6)")
    await play.until(OPEN, 1)
    # When time goes on
    await asyncio.sleep(1.5)
    # Then it rang once
    assert await play.admin.fetchval("select count(*) from payments.parked") == 1
    assert await play.admin.fetchval("select count(*) from payments.due") == 0


async def test_the_actor_alone_may_not_forget_what_is_parked(play: Stage) -> None:
    await play.send("tally.add", "t1", {"amount": 13})
    await play.until(OPEN, 1)
    await play.admin.execute("set role pocketpay_payments")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await play.admin.execute("delete from payments.parked")
    await play.admin.execute("reset role")
