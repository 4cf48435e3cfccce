"""Repeats while the first runs, two streams of one author, and messages that no rule was made for."""

import asyncio
import re
from datetime import UTC, datetime

from messages.envelope import Event
from tests.runtime.stage import Stage
from tests.runtime.tally import Outside, Tally
from tests.runtime.test_queries import ask


def said(value: int) -> str:
    """An event of another actor about tally t1."""
    now = datetime.now(UTC)
    tally = Tally(id="t1", created_at=now, updated_at=now, value=value)
    return Event(
        id=f"evt_{value}",
        type="other.said",
        source="ledger",
        subject="t1",
        time=now,
        sequence=1,
        tenant="demo",
        correlation_id="req_1",
        data=tally.model_dump(mode="json"),
    ).model_dump_json()


async def test_a_command_that_is_repeated_while_its_call_runs_happens_once(play: Stage, outside: Outside) -> None:
    # Given a command whose call takes a while
    outside.slow_seconds = 1
    data = {"amount": 5, "ask_outside": True}
    first = await play.send("tally.add", "t1", data, id="cmd_slow")
    await play.until("select count(*) from payments.call", 1)
    # When it comes again, alone, and once more as another request
    again = await play.send("tally.add", "t1", data, id="cmd_slow", tell_accepted=True)
    other = await play.ask("tally.add", "t1", {"amount": 6, "ask_outside": True}, id="cmd_slow")
    # Then the repeat is accepted and hears the one outcome, the other is told what differs
    assert (await asyncio.wait_for(play.replies[again].get(), 5))["kind"] == "accepted"
    assert (other["status"], other["body"]["code"]) == (422, "idempotency_mismatch")
    assert (await play.done(first))["body"] == (await play.done(again))["body"]
    assert outside.done == {"call_cmd_slow": 1}
    assert await play.admin.fetchval("select value from payments.tally") == 5


async def test_an_author_is_heard_on_each_stream_by_itself(play: Stage) -> None:
    # Given that a later command of an author is read before an earlier event
    await play.ask("tally.add", "t1", {"amount": 1}, origin="ledger/6/101")
    await play.publish("pocketpay.event.demo.other.said.t1", said(10), origin="ledger/6/100")
    await play.until("select value from payments.tally", 11)
    # When both are said again
    await play.send("tally.add", "t1", {"amount": 1}, origin="ledger/6/101")
    await play.publish("pocketpay.event.demo.other.said.t1", said(10), origin="ledger/6/100")
    # Then they change nothing, and what comes after them is heard
    await play.publish("pocketpay.event.demo.other.said.t1", said(100), origin="ledger/6/102")
    await play.until("select value from payments.tally", 111)
    assert await play.admin.fetchval("select count(*) from payments.journal") == 3


async def test_a_time_out_of_all_ranges_is_parked_and_stops_nobody(play: Stage) -> None:
    body = re.sub(r'"time":"[^"]+"', '"time":"0001-01-01T00:00:00+14:00"', said(1))
    await play.publish("pocketpay.event.demo.other.said.t1", body)
    assert (await play.ask("tally.add", "t1", {"amount": 5}))["status"] == 200
    await play.until("select reason from payments.parked", "unreadable")


async def test_a_bug_in_what_a_message_needs_parks_it_and_its_command_is_stuck(play: Stage) -> None:
    attempt = await play.send("tally.add", "t1", {"amount": 14}, id="cmd_bug")
    assert (await play.ask("tally.add", "t2", {"amount": 5}))["status"] == 200
    await play.until("select count(*) from payments.parked where reason = 'undecidable'", 1)
    # Then one can ask what became of it, and a repeat does not try it again
    assert (await ask(play, "command", id="cmd_bug"))["body"]["status"] == "stuck"
    again = await play.send("tally.add", "t1", {"amount": 14}, id="cmd_bug", tell_accepted=True)
    assert (await asyncio.wait_for(play.replies[again].get(), 5))["kind"] == "accepted"
    assert await play.admin.fetchval("select count(*) from payments.parked") == 1
    assert play.replies[attempt].empty()


async def test_a_row_that_cannot_be_read_stops_only_those_who_need_it(play: Stage) -> None:
    # Given a row that a hand has broken
    row = """insert into payments.tally values ('demo', 't1', 1, '{"tally": {"value": "?"}, "command_id": null}')"""
    await play.admin.execute(row)
    # When one wish needs it, and another does not
    await play.send("tally.add", "t1", {"amount": 5}, id="cmd_broken")
    assert (await play.ask("tally.add", "t2", {"amount": 5}))["status"] == 200
    # Then the first is put aside with its reason
    await play.until("select count(*) from payments.parked where reason = 'undecidable'", 1)
    assert (await ask(play, "command", id="cmd_broken"))["body"]["status"] == "stuck"


async def test_a_result_for_a_blocked_entity_is_kept_and_its_call_is_not_made_again(
    play: Stage, outside: Outside
) -> None:
    outside.slow_seconds = 0.5
    await play.send("tally.add", "t1", {"amount": 5, "ask_outside": True})
    await play.until("select count(*) from payments.call", 1)
    await play.send("tally.add", "t1", {"amount": 13})
    await play.until("select count(*) from payments.parked where reason = 'behind'", 1)
    assert await play.admin.fetchval("select count(*) from payments.call where closed_at is null") == 0
    kept = await play.admin.fetchval("select message from payments.parked where reason = 'behind'")
    assert b'"amount":5' in (kept or b"")
