"""Switches over HTTP: those of all actors in one list, each turned by a command to its own."""

import aiohttp
import pytest

from messages.envelope import Command, Done, Reply
from messages.switches import Switch
from messages.wire import json_of
from tests.gateway.conftest import Stage

PATH = "/api/v1/switches"


async def test_the_list_has_the_switches_of_all_who_own_one(stage: Stage, http: aiohttp.ClientSession) -> None:
    for actor, names in {"payments": ["payments", "payouts"], "invoicing": ["dunning"], "notifications": []}.items():
        body = {"data": [json_of(Switch(name=name)) for name in names]}
        stage.answers[f"{actor}.switches"] = lambda _, body=body: Reply(body=body)
    async with http.get(PATH) as answer:
        page = await answer.json()
    assert [(each["name"], each["on"]) for each in page["data"]] == [
        ("payments", True),
        ("payouts", True),
        ("dunning", True),
    ]
    assert page["data"][0].keys() == {"object", "name", "on", "reason", "changed_by", "changed_at"}
    assert (page["has_more"], page["next_cursor"]) == (False, None)


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("payments", "payments"),
        ("provider:stripe", "payments"),
        ("payouts", "payments"),
        ("dunning", "invoicing"),
        ("webhooks", "notifications"),
        ("mails", "notifications"),
    ],
)
async def test_a_switch_is_turned_by_its_owner(
    stage: Stage, http: aiohttp.ClientSession, name: str, actor: str
) -> None:
    stage.script = lambda command: [_turned(command)]
    async with http.post(f"{PATH}/{name}", json={"on": False, "reason": "We look into it."}) as answer:
        assert (answer.status, (await answer.json())["on"]) == (200, False)
    (command,) = stage.commands
    assert (command.actor, command.type) == (actor, "switch.set")
    assert command.data == {"name": name, "on": False, "reason": "We look into it."}


@pytest.mark.parametrize("name", ["nothing", "provider:", "provider:a:b", f"provider:{'x' * 64}", "provider:a%20b"])
async def test_what_is_no_switch_is_not_found(stage: Stage, http: aiohttp.ClientSession, name: str) -> None:
    async with http.post(f"{PATH}/{name}", json={"on": False}) as answer:
        assert (answer.status, (await answer.json())["code"]) == (404, "not_found")
    assert stage.commands == []


async def test_it_must_say_whether_it_is_on(stage: Stage, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{PATH}/payments", json={"reason": "x"}) as answer:
        assert (answer.status, (await answer.json())["code"]) == (422, "validation_failed")
    assert stage.commands == []


def _turned(command: Command) -> Done:
    return Done(command_id=command.id, status=200, body={"object": "switch", **command.data})
