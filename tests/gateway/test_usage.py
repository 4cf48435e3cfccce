"""Usage in bulk: one request, several commands, one answer."""

from typing import Any

import aiohttp
import pytest

from gateway.usage_bulk import PART_BYTES_MAX, UsageBulkBody, parts
from messages.envelope import Command, Done
from messages.usage import USAGE_PER_COMMAND_MAX, BulkUsageWish, UsageCounts, UsageResult
from messages.wire import Json, json_of
from tests.gateway.conftest import Played, Stage

BULK = "/api/v1/usage-events/bulk"


def events(count: int, **fields: Any) -> Json:
    return {"events": [{"id": f"call-{n}", "subscription": "sub_1", **fields} for n in range(count)]}


def recorded(command: Command) -> list[Played]:
    """Every event is recorded; the position is that of the part."""
    data = [UsageResult(id=event["id"], result="recorded") for event in command.data["events"]]
    body = json_of(UsageCounts(id=command.id, data=data, recorded=len(data)))
    return [Done(command_id=command.id, status=200, position=len(data), body=body)]


async def test_many_events_are_sent_in_parts_and_answered_as_one(http: aiohttp.ClientSession, stage: Stage) -> None:
    # Given an actor that records all
    stage.script = recorded
    # When more than one command's worth comes
    async with http.post(BULK, json=events(1201), headers={"Idempotency-Key": "november"}) as answer:
        body = await answer.json()
    # Then each part has a key of its own, and the answer is in the order of the events
    assert answer.status == 200, body
    assert {command.idempotency_key for command in stage.commands} == {"november/0", "november/1", "november/2"}
    assert sorted(len(command.data["events"]) for command in stage.commands) == [201, 500, 500]
    assert [each["id"] for each in body["data"]] == [f"call-{n}" for n in range(1201)]
    assert (body["recorded"], body["duplicate"], body["late"], body["rejected"]) == (1201, 0, 0, 0)
    assert answer.headers["Idempotency-Key"] == "november"
    assert answer.headers["PocketPay-Position"].endswith("500")
    assert "Idempotent-Replayed" not in answer.headers


async def test_a_part_that_stays_silent_is_asked_for_again_by_the_same_request(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    # Given an actor of which one part is not heard
    stage.script = lambda command: [] if command.idempotency_key == "k/1" else recorded(command)
    # When the request is made with little patience
    headers = {"Idempotency-Key": "k", "Prefer": "wait=1"}
    async with http.post(BULK, json=events(501), headers=headers) as answer:
        problem = await answer.json()
    # Then nobody claims to know
    assert (answer.status, problem["code"], problem["idempotency_key"]) == (504, "outcome_unknown", "k")
    # And the same request makes the same commands, and is answered
    first = {command.idempotency_key: command.id for command in stage.commands}
    stage.script = recorded
    stage.commands.clear()
    async with http.post(BULK, json=events(501), headers=headers) as answer:
        assert (await answer.json())["recorded"] == 501
    assert {command.idempotency_key: command.id for command in stage.commands} == first


async def test_a_part_that_is_refused_refuses_the_request(http: aiohttp.ClientSession, stage: Stage) -> None:
    no = {"code": "idempotency_mismatch", "detail": "The key was used for another request."}
    stage.script = lambda command: [Done(command_id=command.id, status=422, body=no)]
    async with http.post(BULK, json=events(2)) as answer:
        assert (answer.status, (await answer.json())["code"]) == (422, "idempotency_mismatch")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"events": []}, "/events"),
        (events(10_001), "/events"),
        (events(2, quantity="-1"), "/events/0/quantity"),
        ({"events": [{"id": "call-1"}]}, "/events/0/subscription"),
        (events(1, extra=1), "/events/0/extra"),
    ],
)
async def test_what_cannot_be_read_refuses_all(
    http: aiohttp.ClientSession, stage: Stage, body: Json, pointer: str
) -> None:
    async with http.post(BULK, json=body) as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"]) == (422, "validation_failed")
    assert problem["errors"][0]["pointer"] == pointer
    assert stage.commands == []


@pytest.mark.parametrize(("status", "replayed"), [(201, None), (200, "true")])
async def test_a_repeat_of_an_id_is_told_as_one(
    http: aiohttp.ClientSession, stage: Stage, status: int, replayed: str | None
) -> None:
    shown = {"id": "call-1", "object": "usage_event", "version": 1}
    stage.script = lambda command: [Done(command_id=command.id, status=status, position=1, body=shown)]
    async with http.post("/api/v1/subscriptions/sub_1/usage", json={"id": "call-1"}) as answer:
        assert answer.status == status
        assert answer.headers.get("Idempotent-Replayed") == replayed
        assert answer.headers.get("Location") == ("/api/v1/usage-events/call-1" if status == 201 else None)
    (command,) = stage.commands
    assert (command.type, command.subject, command.data["single"]) == ("usage.record", "call-1", True)


def test_a_part_fits_on_the_bus_whatever_its_events_hold() -> None:
    # Given events as large as they may be
    large = {f"key-{n}": "€" * 500 for n in range(50)}
    wishes = [BulkUsageWish(id=f"call-{n}", subscription="sub_1", properties=large) for n in range(40)]
    # When they are cut into parts
    cut = list(parts(UsageBulkBody(events=wishes)))
    # Then none is too long, and nothing is lost
    assert [event for part in cut for event in part] == wishes
    assert all(sum(len(event.model_dump_json().encode()) for event in part) <= PART_BYTES_MAX for part in cut)
    assert len(cut) > len(wishes) // USAGE_PER_COMMAND_MAX + 1
