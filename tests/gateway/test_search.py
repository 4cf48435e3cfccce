"""Search over HTTP: all actors are asked, and what they find stands in one order with where it can be read."""

import aiohttp
import pytest

from gateway.routes import ROUTES
from gateway.search import READ_BY, may_read
from messages.envelope import Query, Reply
from messages.search import PLACES, Found, path_of
from messages.wire import Json, json_of
from tests.gateway.conftest import Stage

PATH = "/api/v1/search"


def _finds(stage: Stage, actor: str, *found: Found, has_more: bool = False) -> None:
    body = {"data": [json_of(each) for each in found], "has_more": has_more}
    stage.answers[f"{actor}.search"] = lambda _: Reply(body=body)


def _hit(kind: str, number: int) -> Found:
    return Found(object=kind, id=f"{kind}_{number:02}", title="10.00 USD", subtitle=None)


async def _search(http: aiohttp.ClientSession, q: str) -> Json:
    async with http.get(PATH, params={"q": q}) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


@pytest.fixture
def nobody_finds(stage: Stage) -> Stage:
    """All are there, and have nothing."""
    for actor in ("payments", "ledger", "invoicing", "notifications", "access"):
        _finds(stage, actor)
    return stage


async def test_the_very_id_comes_first_then_kind_by_kind(nobody_finds: Stage, http: aiohttp.ClientSession) -> None:
    _finds(nobody_finds, "payments", _hit("refund", 1), _hit("payment", 2), _hit("payment", 1))
    _finds(nobody_finds, "invoicing", _hit("invoice", 1), _hit("customer", 1))
    found = await _search(http, " invoice_01 ")
    assert [each["id"] for each in found["data"]] == [
        "invoice_01",
        "customer_01",
        "payment_01",
        "payment_02",
        "refund_01",
    ]
    assert found["data"][0] == {
        "object": "invoice",
        "id": "invoice_01",
        "title": "10.00 USD",
        "subtitle": None,
        "url": "/api/v1/invoices/invoice_01",
    }
    assert found["has_more"] is False
    asked = {(query.tenant, query.params["q"]) for query in nobody_finds.queries if "q" in query.params}
    assert asked == {("demo", "invoice_01")}


async def test_twenty_are_shown_and_it_is_said_that_there_are_more(
    nobody_finds: Stage, http: aiohttp.ClientSession
) -> None:
    _finds(nobody_finds, "payments", *(_hit("payment", number) for number in range(15)))
    _finds(nobody_finds, "invoicing", *(_hit("invoice", number) for number in range(15)))
    found = await _search(http, "p")
    assert (len(found["data"]), found["has_more"]) == (20, True)
    _finds(nobody_finds, "invoicing")
    assert (await _search(http, "p"))["has_more"] is False
    _finds(nobody_finds, "payments", _hit("payment", 1), has_more=True)
    assert (await _search(http, "p"))["has_more"] is True


async def test_what_an_actor_that_is_away_has_is_not_said_to_be_nowhere(
    nobody_finds: Stage, http: aiohttp.ClientSession
) -> None:
    def away(_: Query) -> Reply:
        return Reply(status=503, body={"code": "unavailable", "detail": "away"})

    nobody_finds.answers["ledger.search"] = away
    async with http.get(PATH, params={"q": "x"}) as answer:
        assert (answer.status, (await answer.json())["code"]) == (503, "unavailable")


@pytest.mark.parametrize(
    "parameters", [{}, {"q": ""}, {"q": "  "}, {"q": "x" * 256}, {"q": "a\0b"}, {"q": "a", "x": "1"}]
)
async def test_what_cannot_be_looked_for_is_refused(
    nobody_finds: Stage, http: aiohttp.ClientSession, parameters: dict[str, str]
) -> None:
    async with http.get(PATH, params=parameters) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, "invalid_parameter")


def test_a_transaction_lies_in_the_ledger() -> None:
    assert path_of(_hit("transaction", 1)) == "/api/v1/ledger/transactions/transaction_01"


@pytest.mark.parametrize("kind", PLACES)
def test_a_kind_is_found_with_the_scope_that_reads_it(kind: str) -> None:
    path = path_of(_hit(kind, 1)).rpartition("/")[0]
    (scope,) = {route.scope for route in ROUTES if route.method == "GET" and route.path == f"{path}/{{id}}"}
    assert READ_BY[kind] == scope


def test_what_may_not_be_read_is_not_found() -> None:
    found = [_hit("payment", 1), _hit("invoice", 1), _hit("command", 1)]
    assert [each.object for each in may_read({"operations:read", "payments:write"}, found)] == ["payment", "command"]
    assert may_read({"admin"}, found) == found
