"""What becomes of a command: once, in order, answered, or put aside."""

import asyncio
from datetime import UTC, datetime, timedelta

from messages.envelope import Event
from tests.runtime.stage import Stage
from tests.runtime.tally import Outside


async def test_a_command_is_decided_saved_said_and_answered(play: Stage) -> None:
    # When a command is sent
    reply = await play.ask("tally.add", "t1", {"amount": 5})
    # Then the answer is the whole resource, at a position of EVENTS
    assert reply["status"] == 200
    assert reply["body"]["value"] == 5
    events = await play.events()
    assert [event["type"] for event in events] == ["tally.added"]
    assert events[0]["sequence"] == 1
    assert events[0]["data"]["value"] == 5
    assert reply["position"] == 1
    # And the row, the journal and the inbox say the same
    assert await play.admin.fetchval("select value from payments.tally") == 5
    assert await play.admin.fetchval("select status from payments.inbox") == "done"
    await play.until("select count(*) from payments.published", 1)


async def test_changes_tell_what_was_before(play: Stage) -> None:
    await play.ask("tally.add", "t1", {"amount": 5})
    await play.ask("tally.add", "t1", {"amount": 2})
    first, second = await play.events()
    assert first["changes"] == {}
    assert second["changes"] == {"value": 5}
    assert second["sequence"] == second["data"]["version"] == 2


async def test_the_same_command_many_times_happens_once_and_all_hear_the_same(play: Stage) -> None:
    # Given 32 attempts of one command, of which every eighth has another body
    attempts = [
        await play.send("tally.add", "t1", {"amount": 7 if n % 8 == 7 else 5}, id="cmd_same") for n in range(32)
    ]
    replies = await asyncio.gather(*(play.done(attempt) for attempt in attempts))
    # Then it happened once
    assert await play.admin.fetchval("select value from payments.tally") == 5
    assert len(await play.events()) == 1
    # And the good ones hear the outcome, the others which field differs
    good = [reply for n, reply in enumerate(replies) if n % 8 != 7]
    bad = [reply for n, reply in enumerate(replies) if n % 8 == 7]
    assert {reply["body"]["value"] for reply in good} == {5}
    assert {reply["status"] for reply in bad} == {422}
    assert {tuple(reply["body"]["differing"]) for reply in bad} == {("/amount",)}


async def test_a_refusal_is_kept_and_told_again(play: Stage) -> None:
    first = await play.ask("tally.add", "t1", {"amount": 500}, id="cmd_big")
    again = await play.ask("tally.add", "t1", {"amount": 500}, id="cmd_big")
    assert first["status"] == again["status"] == 422
    assert first["body"] == again["body"]
    assert again["replayed"]
    assert await play.admin.fetchval("select replays from payments.inbox") == 1
    assert await play.events() == []


async def test_an_expired_command_never_happens_and_leaves_its_key_free(play: Stage) -> None:
    await play.send("tally.add", "t1", {"amount": 5}, id="cmd_late", expires_at=datetime.now(UTC) - timedelta(1))
    reply = await play.ask("tally.add", "t1", {"amount": 5}, id="cmd_late")
    assert reply["status"] == 200
    assert await play.admin.fetchval("select value from payments.tally") == 5


async def test_five_hundred_commands_keep_their_order(play: Stage) -> None:
    for _ in range(500):
        await play.send("tally.add", "t1", {"amount": 1})
    await play.until("select value from payments.tally", 500)
    await play.until("select count(*) from payments.published", 500)
    assert [event["sequence"] for event in await play.events()] == list(range(1, 501))


async def test_what_cannot_be_read_is_parked_and_the_next_goes_on(play: Stage) -> None:
    for body in ("no json", "{}", '{"id":"cmd_x","type":"tally.add","data":{"amount":"\\ud800"}}'):
        await play.publish("pocketpay.command.demo.payments.tally-add.t1", body)
    reply = await play.ask("tally.add", "t1", {"amount": 5})
    assert reply["status"] == 200
    rows = await play.admin.fetch("select reason, message from payments.parked order by id")
    assert [row["reason"] for row in rows] == ["unreadable"] * 3
    assert rows[0]["message"] == b"no json"


async def test_a_bug_parks_its_message_and_those_of_its_entity_behind_it_but_no_others(play: Stage) -> None:
    # Given a message that the rules fail on, then one more of its entity and one of another
    await play.send("tally.add", "t1", {"amount": 13})
    await play.send("tally.add", "t1", {"amount": 5})
    reply = await play.ask("tally.add", "t2", {"amount": 5})
    assert reply["status"] == 200
    await play.send("tally.add", "t1", {"amount": 6})
    await play.until("select count(*) from payments.parked", 3)
    reasons = await play.admin.fetch("select reason from payments.parked order by id")
    assert [row["reason"] for row in reasons] == ["undecidable", "behind", "behind"]
    assert await play.admin.fetchval("select count(*) from payments.tally where id = 't1'") == 0


async def test_what_the_database_refuses_is_found_by_halving(play: Stage) -> None:
    # Given twenty commands of which one breaks a constraint of the table
    attempts = [await play.send("tally.add", f"t{n}", {"amount": 2_000_000 if n == 11 else 1}) for n in range(20)]
    replies = await asyncio.gather(*(play.done(attempt) for n, attempt in enumerate(attempts) if n != 11))
    assert {reply["status"] for reply in replies} == {200}
    await play.until("select count(*) from payments.parked where reason = 'undecidable'", 1)
    assert await play.admin.fetchval("select count(*) from payments.tally") == 19


async def test_a_call_is_repeated_with_its_key_until_it_is_definite(play: Stage, outside: Outside) -> None:
    # Given a world that is silent twice
    outside.silences = 2
    attempt = await play.send("tally.add", "t1", {"amount": 5, "ask_outside": True}, id="cmd_call", tell_accepted=True)
    accepted = await asyncio.wait_for(play.replies[attempt].get(), 5)
    reply = await play.done(attempt)
    # Then the command was first accepted, and done once
    assert accepted["kind"] == "accepted"
    assert reply["body"]["value"] == 5
    assert outside.done == {"call_cmd_call": 3}
    assert await play.admin.fetchval("select count(*) from payments.call where closed_at is null") == 0


async def test_an_alarm_rings_once(play: Stage) -> None:
    await play.ask("tally.add", "t1", {"amount": 5, "later": True})
    await play.until("select value from payments.tally", 6)
    await play.until("select count(*) from payments.due", 0)
    await asyncio.sleep(1)
    assert await play.admin.fetchval("select value from payments.tally") == 6


async def test_an_event_has_every_field_of_its_model_and_no_other(play: Stage) -> None:
    await play.ask("tally.add", "t1", {"amount": 5})
    (event,) = await play.events()
    assert event.keys() == Event.model_fields.keys()
    assert Event.model_validate(event).model_dump(mode="json") == event
