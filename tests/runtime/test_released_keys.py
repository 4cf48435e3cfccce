"""A refusal that means that nothing was accepted leaves the key free, and its repeat is about the same thing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from actors.runtime.conclusions import leaves_the_key_free
from actors.runtime.decision import Decision, Refused
from messages.problems import PROBLEMS
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


USED_UP = {402, 404, 409, 412, 422, 423}
"""Statuses of what an actor decides that the contract calls an outcome."""


@pytest.mark.parametrize("code", PROBLEMS)
def test_the_contract_says_which_refusals_leave_a_key_free(code: str) -> None:
    free = PROBLEMS[code].status not in USED_UP or code in {"validation_failed", "idempotency_mismatch"}
    assert leaves_the_key_free(code, Decision(outcome=Refused(code, "no"))) is free


@pytest.mark.parametrize("code", ["validation_failed", "role_missing"])
def test_a_refusal_after_a_try_that_may_have_left_something_uses_its_key_up(code: str) -> None:
    assert not leaves_the_key_free(code, Decision(outcome=Refused(code, "no")), again=True)
    assert leaves_the_key_free("unavailable", Decision(outcome=Refused("unavailable", "no")), again=True)


@pytest.mark.parametrize(
    "left",
    [
        {"states": ["one"]},
        {"events": ["one"]},
        {"commands": ["one"]},
        {"calls": ["one"]},
        {"due": {"t1": datetime(2026, 1, 1, tzinfo=UTC)}},
        {"retries": [1]},
        {"answers": "cmd_1"},
    ],
)
@pytest.mark.parametrize("code", ["validation_failed", "role_missing", "test_mode_only", "internal_error"])
def test_a_refusal_that_leaves_something_behind_uses_its_key_up(code: str, left: dict[str, Any]) -> None:
    assert not leaves_the_key_free(code, Decision(outcome=Refused(code, "no"), **left))


@pytest.mark.parametrize("code", ["validation_failed", "role_missing", "test_mode_only"])
async def test_a_request_that_was_put_right_is_decided_under_its_key(
    play: Stage, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    # Given a request that the rules refuse, and its repeat
    with monkeypatch.context() as patched:
        patched.setattr(tally, "_asked", lambda *_: Decision(outcome=Refused(code, "not so")))
        for _ in range(2):
            answer = await play.ask("tally.add", "t1", {"amount": 5}, id="cmd_1")
            assert (answer["body"]["code"], answer["replayed"]) == (code, False)
    assert await play.admin.fetchval("select count(*) from payments.tally") == 0
    # When it comes put right under the same key
    right = await play.ask("tally.add", "t1", {"amount": 6}, id="cmd_1")
    # Then it is decided, once
    assert (right["status"], right["body"]["value"]) == (200, 6)
    assert (await play.ask("tally.add", "t1", {"amount": 6}, id="cmd_1"))["replayed"]
    assert await play.admin.fetchval("select value from payments.tally") == 6


async def test_a_request_that_changed_nothing_is_about_what_its_repeat_chooses(
    play: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(tally, "_asked", lambda *_: Decision(outcome=Refused("role_missing", "not so")))
        assert (await play.ask("tally.add", "t1", {"amount": 5}, id="cmd_1"))["status"] == 403
    assert (await play.ask("tally.add", "t2", {"amount": 5}, id="cmd_1"))["body"]["id"] == "t2"
