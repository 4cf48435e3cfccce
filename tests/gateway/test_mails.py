"""Mails at the door: how they are listed, and who wants none."""

from typing import Any

import aiohttp
import pytest

from messages.envelope import Reply
from messages.mails import address_hash
from messages.notification_examples import MAIL, SUPPRESSION
from messages.wire import Json, json_of
from tests.gateway.conftest import Stage, done

SUPPRESSIONS = "/api/v1/mail-suppressions"


async def test_an_address_that_wants_no_mails_goes_no_further_than_the_gateway(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    # Given
    said: list[bytes] = []

    async def hear(message: Any) -> None:
        said.append(message.data + str(message.headers).encode())

    await stage.client.subscribe(">", cb=hear)
    await stage.client.flush()
    stage.script = lambda command: [done(command, 201, json_of(SUPPRESSION))]
    # When
    async with http.post(SUPPRESSIONS, json={"email": "Ada@Example.com", "templates": ["receipt"]}) as answer:
        body = await answer.json()
    # Then
    (command,) = stage.commands
    assert (command.actor, command.type) == ("notifications", "mail_suppression.create")
    assert command.data["address_hash"] == address_hash("ada@example.com")
    assert (command.data["customer_id"], command.data["templates"]) == (None, ["receipt"])
    assert (answer.status, body, "Location" in answer.headers) == (201, json_of(SUPPRESSION), False)
    assert said
    assert [each for each in said if b"example.com" in each.lower()] == []


async def test_a_customer_who_wants_no_mails_is_named(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.script = lambda command: [done(command, 201, json_of(SUPPRESSION))]
    async with http.post(SUPPRESSIONS, json={"customer_id": "abc123", "reason": "complained"}) as answer:
        assert answer.status == 201
    data = stage.commands[0].data
    assert (data["customer_id"], data["address_hash"], data["reason"]) == ("abc123", None, "complained")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": "nobody"}, "/email"),
        ({"email": "a@b.example", "reason": "tired"}, "/reason"),
        ({"email": "a@b.example", "address_hash": "0" * 64}, "/address_hash"),
    ],
)
async def test_a_wish_that_cannot_be_read_is_told_what_is_wrong(
    http: aiohttp.ClientSession, stage: Stage, body: Json, pointer: str
) -> None:
    async with http.post(SUPPRESSIONS, json=body) as answer:
        problem = await answer.json()
    assert (answer.status, [error["pointer"] for error in problem["errors"]]) == (422, [pointer])
    assert stage.commands == []


async def test_a_suppression_is_lifted(http: aiohttp.ClientSession, stage: Stage) -> None:
    gone = {"id": "sup_1", "object": "mail_suppression", "deleted": True}
    stage.script = lambda command: [done(command, 200, gone)]
    async with http.delete(f"{SUPPRESSIONS}/sup_1") as answer:
        assert (answer.status, await answer.json()) == (200, gone)
    (command,) = stage.commands
    assert (command.type, command.subject) == ("mail_suppression.delete", "sup_1")


async def test_mails_are_listed_by_customer_event_and_status(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.answers["notifications.mails"] = lambda _: Reply(body={"data": [json_of(MAIL)], "has_more": False})
    async with http.get("/api/v1/mails?customer_id=abc123&event=evt_01ja&status=sent,bounced") as answer:
        assert (await answer.json())["data"] == [json_of(MAIL)]
    asked = stage.queries[-1].params
    assert (asked["customer_id"], asked["event"], asked["status"]) == ("abc123", "evt_01ja", ["sent", "bounced"])


async def test_a_mail_is_read(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.answers["notifications.mail"] = lambda _: Reply(body=json_of(MAIL))
    async with http.get("/api/v1/mails/mail_01ja") as answer:
        assert (answer.status, answer.headers["ETag"]) == (200, f'"{MAIL.version}"')
