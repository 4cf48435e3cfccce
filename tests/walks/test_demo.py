"""A company with six months of history, made by one command, once."""

import json
from typing import Any

import pytest

from tests.walks.system import System
from tests.walks.whole import must_verify


@pytest.mark.timeout(300)
async def test_a_company_is_made_once_and_its_books_hold(system: System) -> None:
    # When the demo is asked for
    first = await _demo(system)

    # Then there is a company: all of it is new, and every kind of thing is there
    assert first["new"] == first["steps"] > 200
    assert first["counts"]["customers"] >= 30
    assert first["counts"]["invoices"] >= 90
    assert min(first["counts"].values()) >= 1
    assert {"EUR", "JPY", "USD"} <= first["money"].keys()
    assert (first["checked"] > 30, first["breached"]) == (True, 0)

    # And its subscriptions are in every state that half a year leads to
    listed = await system.get("/api/v1/subscriptions", limit="100")
    clocks = await _clocks(system)
    mine = [each for each in listed["data"] if each["test_clock"] in clocks]
    assert len(mine) == 25
    assert {each["status"] for each in mine} == {"active", "trialing", "past_due", "unpaid", "paused", "canceled"}

    # And it could write to its customers whatever it had to say
    failed = (await system.get("/api/v1/mails", status="failed", limit="100"))["data"]
    assert [each for each in failed if "cannot be written" in (each["error"] or "")] == []

    # And the books hold
    await must_verify(system)

    # When it is asked for again, nothing is made
    before = await _said(system)
    again = await _demo(system)
    assert (again["new"], again["steps"]) == (0, first["steps"])
    assert again["counts"] == first["counts"]
    assert await _said(system) == before


async def _demo(system: System) -> dict[str, Any]:
    code, said = await system.command("demo", "--json", seconds=240)
    assert code == 0, said
    return json.loads(said)


async def _clocks(system: System) -> set[str]:
    page = await system.get("/api/v1/test-clocks", limit="100")
    return {each["id"] for each in page["data"] if (each["name"] or "").startswith("demo, ")}


async def _said(system: System) -> int:
    """Events that the demo's customers were in: others go on meanwhile."""
    return len(await system.log(customer_id="grace-hopper"))
