"""What the first message of a turn changes may lead the second one to states that it did not need before."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from pydantic_core import to_json

from actors.runtime.actor import Actor
from actors.runtime.decision import Asked, Decision, Done, Key, Message, View
from messages.wire import json_of
from tests.runtime.road import Road, send
from tests.runtime.stage import Stage
from tests.runtime.tally import Outside, Tally, TallyState, decide, needs, tally_actor

DAY = "2026-01-31T00:00:00Z"
POINTER = Key("tally", "demo", "pointer")


def pointed_at(view: View) -> Key:
    state: TallyState | None = view.get(POINTER)
    return Key("tally", "demo", f"t{state.tally.value if state else 0}")


def following_needs(message: Message, view: View) -> set[Key]:
    """A wish of the follower is about the tally that the pointer names."""
    keys = needs(message, view)
    follows = isinstance(message, Asked) and message.command.subject == "follower"
    return keys | {POINTER, pointed_at(view)} if follows else keys


def following(message: Message, view: View, now: datetime) -> Decision:
    if isinstance(message, Asked) and message.command.subject == "follower":
        state: TallyState = view[pointed_at(view)]
        return Decision(outcome=Done(200, state.tally))
    return decide(message, view, now)


def follower(outside: Outside, needs_of: Callable[[Message, View], set[Key]] = following_needs) -> Actor:
    return replace(tally_actor(outside), decide=following, needs=needs_of)


async def written_down(play: Stage, **values: int) -> None:
    for name, value in values.items():
        tally = Tally.model_validate({"id": name, "created_at": DAY, "updated_at": DAY, "value": value})
        body = {"tally": json_of(tally), "command_id": None}
        await play.admin.execute(
            "insert into payments.tally values ('demo', $1, $2, $3::text::jsonb)", name, value, to_json(body).decode()
        )


async def test_who_was_led_on_by_the_message_before_is_decided_by_what_it_needs_now(
    empty_stage: Stage, outside: Outside, road: Road
) -> None:
    # Given two commands on the stream, of which the first moves what the second goes by
    await written_down(empty_stage, pointer=1, t1=10, t2=20)
    road.opened.set()
    attempts = await send(empty_stage, ("cmd_1", "pointer", 1), ("cmd_2", "follower", 1))
    # When they are decided in one turn
    await empty_stage.start(follower(outside))
    replies = [await empty_stage.done(attempt) for attempt in attempts]
    # Then the second sees what it was led to, which nobody had looked up
    assert [reply["body"]["value"] for reply in replies] == [2, 20]


async def test_who_looks_at_what_it_never_needs_is_put_aside(empty_stage: Stage, outside: Outside, road: Road) -> None:
    await written_down(empty_stage, pointer=1, t1=10)
    road.opened.set()
    await send(empty_stage, ("cmd_1", "follower", 1))
    await empty_stage.start(follower(outside, lambda *_: {POINTER}))
    await empty_stage.until("select count(*) from payments.parked where reason = 'undecidable'", 1)
