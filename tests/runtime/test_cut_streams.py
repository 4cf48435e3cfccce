"""A stream that lost what was said on it: an actor says and hears nothing until it is whole again."""

import pytest
from pydantic_core import from_json

from messages.streams import ORIGIN_HEADER
from messages.subjects import COMMANDS, EVENTS, query_subject
from pocketpay.provision import provision
from pocketpay.streams.shapes import streams
from tests.runtime.stage import Stage
from tests.runtime.tally import Outside, tally_actor


@pytest.mark.parametrize("lost", [EVENTS, COMMANDS])
async def test_nothing_is_said_on_a_stream_that_lost_its_tail(
    play: Stage, outside: Outside, database: str, nats_server: str, lost: str
) -> None:
    # Given an actor that has said something and noted it, and ended
    for number in range(3):
        await play.done(await play.send("tally.add", "t1", {"amount": 1}, id=f"cmd_{number}"))
    await play.until("select count(*) from payments.published", 3)
    play.processes[0][1].set()
    await play.processes[0][0]
    # When somebody makes the stream anew, empty, and the actor begins again
    jetstream = play.client.jetstream()
    await jetstream.delete_stream(lost)
    await jetstream.add_stream(next(config for config in streams() if config.name == lost))
    await play.start(tally_actor(outside))
    attempt = await play.send("tally.add", "t1", {"amount": 1}, id="cmd_3")
    # Then it gives out no number a second time
    with pytest.raises(TimeoutError):
        await play.done(attempt, timeout_seconds=3)
    assert (await jetstream.stream_info(EVENTS)).state.last_seq == (0 if lost == EVENTS else 3)
    answer = await play.client.request(query_subject("payments", "health"), b"", timeout=5)
    assert from_json(answer.data)["body"]["work"] == "degraded"
    # And once the stream is whole it goes on beside it, and each is there once
    assert lost in await provision(nats_server, database)
    again = await play.send("tally.add", "t1", {"amount": 1}, id="cmd_3")
    assert (await play.done(again, timeout_seconds=15))["status"] == 200
    messages = [await jetstream.get_msg(EVENTS, seq) for seq in (1, 2, 3, 4)]
    assert len({(message.headers or {})[ORIGIN_HEADER] for message in messages}) == 4
    assert (await jetstream.stream_info(EVENTS)).state.last_seq == 4
