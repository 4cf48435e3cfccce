"""Test clocks are listed by status, as everything that has one."""

import aiohttp

from messages.envelope import Reply
from tests.gateway.conftest import Stage

CLOCKS = "/api/v1/test-clocks"


async def test_clocks_are_listed_by_status(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.answers["invoicing.test_clocks"] = lambda _: Reply(body={"data": [], "has_more": False})
    async with http.get(CLOCKS, params={"status": "ready,advancing"}) as answer:
        assert answer.status == 200
    assert stage.queries[-1].params["status"] == ["ready", "advancing"]
    async with http.get(CLOCKS, params={"status": "asleep"}) as answer:
        assert (answer.status, (await answer.json())["errors"][0]["parameter"]) == (400, "status")
