"""What is personal in a command is there until the command is decided, and then nowhere."""

from dataclasses import replace

import pytest

from storage.parked import ask_to_retry
from tests.runtime.stage import Stage
from tests.runtime.tally import tally_actor
from tests.runtime.test_parked import OPEN, _mend
from tests.runtime.test_queries import ask

PRIVATE = frozenset({"tally.add"})


async def messages(play: Stage, table: str) -> list[str]:
    rows = await play.admin.fetch(f"select message from payments.{table} order by 1")
    return [row[0] if isinstance(row[0], str) else bytes(row[0]).decode() for row in rows]


async def test_a_private_command_is_recorded_without_its_data(empty_stage: Stage) -> None:
    await empty_stage.start(replace(tally_actor(), private=PRIVATE))
    # When a command of a private type is done, and one with the same id comes again
    first = await empty_stage.ask("tally.add", "t1", {"amount": 41}, id="cmd_1")
    again = await empty_stage.ask("tally.add", "t1", {"amount": 41}, id="cmd_1")
    other = await empty_stage.ask("tally.add", "t1", {"amount": 42}, id="cmd_1")
    # Then it is known, but what it said is not
    assert (first["body"], again["replayed"]) == (again["body"], True)
    assert (other["body"]["code"], other["body"]["differing"]) == ("idempotency_mismatch", ["/"])
    assert [('"amount":' in text, "cmd_1" in text) for text in await messages(empty_stage, "inbox")] == [(False, True)]
    assert (await ask(empty_stage, "command", id="cmd_1"))["body"]["request"]["method"] == "POST"


async def test_a_private_command_that_is_parked_is_kept_whole_until_it_is_decided(
    empty_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a private command that no rule can decide
    await empty_stage.start(replace(tally_actor(), private=PRIVATE))
    attempt = await empty_stage.send("tally.add", "t1", {"amount": 13}, id="cmd_1")
    await empty_stage.until(OPEN, 1)
    assert ['"amount":' in text for text in await messages(empty_stage, "inbox")] == [False]
    assert ['"amount":' in text for text in await messages(empty_stage, "parked")] == [True]
    # When it is decided after all
    _mend(monkeypatch)
    await ask_to_retry(empty_stage.admin, "payments")
    assert (await empty_stage.done(attempt))["body"]["value"] == 50
    # Then it is emptied
    assert await messages(empty_stage, "parked") == [""]
