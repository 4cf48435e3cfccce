"""One list of what stands still with any actor; a retry goes to the actor that has the item."""

import aiohttp

from messages.envelope import Command, Done, Query, Reply
from messages.operation_examples import STUCK
from messages.wire import Json, json_of
from tests.gateway.conftest import Stage

PATH = "/api/v1/stuck"


def _item(number: int, actor: str) -> Json:
    return {**json_of(STUCK), "id": f"stk_{number}", "actor": actor, "since": f"2026-11-22T10:00:0{number}.000Z"}


def _keeps(stage: Stage, actor: str, *numbers: int) -> None:
    """The actor answers as it would, page by page."""
    items = [_item(number, actor) for number in numbers]

    def all_stuck(query: Query) -> Reply:
        after = tuple(query.params["after"] or ("", ""))
        behind = [each for each in items if (each["since"], each["id"]) > after]
        limit = query.params["limit"]
        return Reply(body={"data": behind[:limit], "has_more": len(behind) > limit})

    def stuck(query: Query) -> Reply:
        found = [each for each in items if each["id"] == query.params["id"]]
        return Reply(body=found[0]) if found else Reply(status=404, body={"code": "not_found", "detail": "No."})

    stage.answers[f"{actor}.all_stuck"], stage.answers[f"{actor}.stuck"] = all_stuck, stuck


def _all_keep(stage: Stage) -> None:
    _keeps(stage, "payments", 1, 4, 5)
    _keeps(stage, "ledger", 2, 3)
    _keeps(stage, "invoicing")
    _keeps(stage, "notifications", 6)
    _keeps(stage, "access")


async def test_the_list_has_all_actors_items_once_and_the_oldest_first(
    stage: Stage, http: aiohttp.ClientSession
) -> None:
    _all_keep(stage)
    found: list[str] = []
    parameters = {"limit": "2"}
    while True:
        async with http.get(PATH, params=parameters) as answer:
            page = await answer.json()
        found += [each["id"] for each in page["data"]]
        if not page["has_more"]:
            break
        parameters["cursor"] = page["next_cursor"]
    assert found == [f"stk_{number}" for number in range(1, 7)]
    assert page["next_cursor"] is None


async def test_a_list_that_lacks_an_actors_part_is_not_given_for_whole(
    stage: Stage, http: aiohttp.ClientSession
) -> None:
    _all_keep(stage)
    away = Reply(status=503, body={"code": "unavailable", "detail": "the database cannot be reached"})
    stage.answers["ledger.all_stuck"] = stage.answers["ledger.stuck"] = lambda _: away
    for path in (PATH, f"{PATH}/stk_none"):
        async with http.get(path) as answer:
            assert (answer.status, (await answer.json())["code"]) == (503, "unavailable")
    async with http.get(f"{PATH}/stk_6") as answer:  # whoever has it has told
        assert answer.status == 200


async def test_a_retry_goes_to_the_actor_that_has_the_item(stage: Stage, http: aiohttp.ClientSession) -> None:
    _all_keep(stage)
    stage.script = lambda command: [_retrying(command)]
    async with http.post(f"{PATH}/stk_3/retry", json={}) as answer:
        assert (answer.status, (await answer.json())["status"]) == (200, "retrying")
    (command,) = stage.commands
    assert (command.actor, command.type, command.subject) == ("ledger", "parked.retry", "stk_3")
    async with http.post(f"{PATH}/stk_7/retry", json={}) as answer:
        assert (answer.status, (await answer.json())["code"]) == (404, "not_found")


def _retrying(command: Command) -> Done:
    return Done(command_id=command.id, status=200, body={**_item(3, "ledger"), "status": "retrying"})
