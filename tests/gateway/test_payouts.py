"""Withdrawals and payouts at the door: the commands that requests become, and where answers lead."""

import aiohttp
import pytest

from messages.envelope import Query, Reply
from messages.wire import Json
from tests.gateway.conftest import Stage, done

WITHDRAWALS = "/api/v1/wallets/abc123/withdrawals"
GOOD: Json = {"amount": 2500, "currency": "USD"}


def _payout(payout: str, status: str = "in_transit") -> Json:
    return {"id": payout, "object": "payout", "status": status, "version": 2}


async def test_a_withdrawal_is_a_payout_whose_id_is_chosen_here(http: aiohttp.ClientSession, stage: Stage) -> None:
    # Given
    stage.script = lambda command: [done(command, body=_payout(command.subject))]
    # When
    wish = {**GOOD, "description": "Rent", "metadata": {"flat": "4"}}
    async with http.post(WITHDRAWALS, json=wish) as answer:
        body = await answer.json()
    # Then
    (command,) = stage.commands
    assert (command.actor, command.type) == ("payments", "payout.create")
    assert command.data == {**wish, "customer_id": "abc123"}
    assert command.subject.startswith("po_")
    assert (answer.status, body) == (201, _payout(command.subject))
    assert answer.headers["Location"] == f"/api/v1/payouts/{command.subject}"
    assert answer.headers["ETag"] == '"2"'


async def test_a_payout_that_was_not_sent_is_a_problem_that_leads_to_it(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    no = {"code": "provider_unavailable", "detail": "Away.", "payout": _payout("po_9", "canceled")}
    stage.script = lambda command: [done(command, 503, no)]
    async with http.post(WITHDRAWALS, json=GOOD) as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"], problem["payout"]["status"]) == (503, "provider_unavailable", "canceled")
    assert (answer.headers["Location"], "Retry-After" in answer.headers) == ("/api/v1/payouts/po_9", True)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"currency": "USD"}, "/amount"),
        ({**GOOD, "amount": 0}, "/amount"),
        ({**GOOD, "amount": "2500"}, "/amount"),
        ({**GOOD, "currency": "usd"}, "/currency"),
        ({**GOOD, "customer_id": "bob"}, "/customer_id"),
        ({**GOOD, "destination": "assets:bank:main"}, "/destination"),
    ],
)
async def test_a_withdrawal_that_cannot_be_is_told_what_is_wrong(
    http: aiohttp.ClientSession, stage: Stage, body: Json, pointer: str
) -> None:
    async with http.post(WITHDRAWALS, json=body) as answer:
        problem = await answer.json()
    assert (answer.status, [error["pointer"] for error in problem["errors"]]) == (422, [pointer])
    assert stage.commands == []


@pytest.mark.parametrize("outcome", ["paid", "fail"])
async def test_a_test_settles_a_payout(http: aiohttp.ClientSession, stage: Stage, outcome: str) -> None:
    stage.script = lambda command: [done(command, 200, _payout(command.subject, "paid"))]
    async with http.post(f"/simulated/payouts/po_1/{outcome}") as answer:
        assert (answer.status, await answer.json()) == (200, _payout("po_1", "paid"))
    (command,) = stage.commands
    assert (command.type, command.subject, command.data) == ("payout.simulate", "po_1", {"outcome": outcome})


async def test_payouts_are_listed_by_what_they_are_for(http: aiohttp.ClientSession, stage: Stage) -> None:
    listed = [{**_payout("po_1"), "created_at": "2026-11-22T10:00:00.000Z"}]
    asked: list[Query] = []

    def answer(query: Query) -> Reply:
        asked.append(query)
        return Reply(body={"data": listed, "has_more": False})

    stage.answers["payments.payouts"] = answer
    filters = {"customer_id": "abc123", "purpose": "withdrawal", "status": "paid,failed"}
    async with http.get("/api/v1/payouts", params=filters) as response:
        page = await response.json()
    assert (response.status, page["data"], page["next_cursor"]) == (200, listed, None)
    expected = {"customer_id": "abc123", "purpose": "withdrawal", "status": ["paid", "failed"]}
    assert {name: asked[0].params[name] for name in expected} == expected
    for wrong in ({"purpose": "gift"}, {"status": "lost"}, {"payment": "pay_1"}):
        async with http.get("/api/v1/payouts", params=wrong) as response:
            assert (response.status, (await response.json())["code"]) == (400, "invalid_parameter")


async def test_a_payout_is_read_by_its_id(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.answers["payments.payout"] = lambda query: Reply(body=_payout(query.params["id"]))
    async with http.get("/api/v1/payouts/po_1") as response:
        assert (response.status, await response.json()) == (200, _payout("po_1"))
        assert response.headers["ETag"] == '"2"'
