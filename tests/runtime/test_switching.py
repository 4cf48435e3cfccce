"""Switches in the tables: kept over a restart, of one tenant, in the inbox with who turned them."""

import asyncio
from typing import Any

import pytest
from pydantic_core import from_json, to_json

from actors.runtime.actor import Actor
from actors.runtime.switching import with_switches
from tests.runtime.stage import Stage
from tests.runtime.tally import Outside, tally_actor

NAMES = ("payments", "payouts")


@pytest.fixture
def switched(outside: Outside) -> Actor:
    """The tally actor, with switches."""
    return with_switches(tally_actor(outside), NAMES)


async def _switches(play: Stage, tenant: str = "demo") -> list[dict[str, Any]]:
    query = to_json({"tenant": tenant, "params": {}})
    reply = await play.client.request("pocketpay.query.payments.switches", query, timeout=15)
    return from_json(reply.data)["body"]["data"]


async def _turn(play: Stage, name: str, *, on: bool) -> dict[str, Any]:
    data = {"name": name, "on": on, "reason": "We look into it."}
    return await play.ask("switch.set", f"switch_{name}", data, principal="user:usr_1", fingerprint=f"{name}{on}")


async def test_a_switch_is_kept_over_a_restart_of_one_tenant_alone(empty_stage: Stage, switched: Actor) -> None:
    # Given one that was turned off
    play = empty_stage
    await play.start(switched)
    told = (await _turn(play, "payments", on=False))["body"]
    assert (told["on"], told["changed_by"], told["reason"]) == (False, "user:usr_1", "We look into it.")
    # When the actor is started anew
    task, stopping = play.processes.pop()
    stopping.set()
    await asyncio.wait([task], timeout=12)
    await play.start(switched)
    assert (await play.ask("tally.add", "t1", {"amount": 5}))["status"] == 200
    # Then it is off still, and all others are on
    assert [(each["name"], each["on"]) for each in await _switches(play)] == [("payments", False), ("payouts", True)]
    assert [each["on"] for each in await _switches(play, "other")] == [True, True]
    # And it goes on, and another stays as it is
    await _turn(play, "payouts", on=False)
    await _turn(play, "payments", on=True)
    assert [each["on"] for each in await _switches(play)] == [True, False]
    turned = "select count(*) from payments.inbox where type = 'switch.set' and principal = 'user:usr_1'"
    assert await play.admin.fetchval(turned) == 3


async def test_there_is_no_switch_of_another_name_and_the_actor_s_own_work_goes_on(
    empty_stage: Stage, switched: Actor
) -> None:
    play = empty_stage
    await play.start(switched)
    assert (await _turn(play, "mails", on=False))["status"] == 404
    assert (await play.ask("tally.add", "t1", {"amount": 5}))["body"]["value"] == 5
