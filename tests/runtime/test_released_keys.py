"""A refusal that means that nothing was accepted leaves the key free, and its repeat is about the same thing."""

import pytest

from actors.runtime.decision import Decision, Refused
from tests.runtime import tally
from tests.runtime.stage import Stage


async def test_a_released_key_is_used_again_for_the_same_entity(play: Stage) -> None:
    # Given a command that is refused because something is away
    first = await play.ask("tally.add", "t1", {"amount": 77}, id="cmd_1")
    assert (first["status"], first["body"]["code"]) == (503, "provider_unavailable")
    # When the same request comes again, though a gateway has chosen another id for what it makes
    second = await play.ask("tally.add", "t2", {"amount": 77}, id="cmd_1")
    # Then it is decided anew, and about the first id
    assert (second["status"], second["body"]["id"], second["body"]["value"]) == (200, "t1", 77)
    assert not second["replayed"]
    # And from now on it is told again
    assert (await play.ask("tally.add", "t3", {"amount": 77}, id="cmd_1"))["replayed"]
    assert await play.admin.fetchval("select count(*) from payments.tally") == 1


async def test_a_released_key_may_serve_another_request(play: Stage) -> None:
    await play.ask("tally.add", "t1", {"amount": 77}, id="cmd_1")
    other = await play.ask("tally.add", "t2", {"amount": 5}, id="cmd_1")
    assert (other["status"], other["body"]["id"]) == (200, "t2")


async def test_a_key_that_is_released_again_and_again_stays_with_the_first_entity(
    play: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a command that is refused twice because something is away, each time with another id for what it makes
    away = Decision(outcome=Refused("provider_unavailable", "nobody is there"))
    with monkeypatch.context() as patched:
        patched.setattr(tally, "_asked", lambda *_: away)
        for name in ("t1", "t2"):
            assert (await play.ask("tally.add", name, {"amount": 5}, id="cmd_1"))["status"] == 503
    # Then what is made at last is still the first
    assert (await play.ask("tally.add", "t3", {"amount": 5}, id="cmd_1"))["body"]["id"] == "t1"
