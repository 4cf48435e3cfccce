"""The OpenAPI document says of every route what it takes and gives; the gateway serves it, with Swagger UI."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from openapi_pydantic.v3.v3_1 import OpenAPI

from actors.payments import simulated_methods
from gateway import pages
from gateway.bus import new_bus
from gateway.door import Door, Settings
from gateway.follow import Feed
from gateway.openapi.document import document
from gateway.process import LOOPBACK_NAMES, application
from gateway.route import JSON, Route
from gateway.routes import HEALTH, ROUTES
from messages.problems import PROBLEMS
from messages.wire import Json

ROOT = Path(__file__).parents[2]
DOCUMENT = document(ROUTES, "1.2.3")
OPEN_TO_ALL = {"getVersion", "getMe", "logIn", "logOut", "createStreamTicket", "listSimulatedMethods"}
"""JSON that needs no scope, besides the documents and health."""

BY_ADDRESS = {"payHostedInvoice"}
"""Who has the address may."""


def gaps(route: Route) -> list[str]:
    """What a route does not say of itself."""
    needs_scope = route.path.startswith("/api/") and route.operation not in OPEN_TO_ALL
    missing = {
        "operation": not re.fullmatch(r"[a-z][A-Za-z]+", route.operation),
        "summary": not route.summary,
        "answer": JSON in route.media and route.answer is None,
        "scope": (needs_scope or route.writes) and not route.scope and route.operation not in BY_ADDRESS | OPEN_TO_ALL,
        "codes": any(code not in PROBLEMS for code in route.codes),
    }
    return [name for name, is_missing in missing.items() if is_missing]


def operations() -> dict[str, Json]:
    return {each["operationId"]: each for path in DOCUMENT["paths"].values() for each in path.values()}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_says_what_it_is(route: Route) -> None:
    assert gaps(route) == [], "give the Route in gateway/routes.py what is missing"


@pytest.mark.parametrize(
    ("gap", "value"), [("operation", ""), ("summary", ""), ("answer", None), ("scope", None), ("codes", ("none",))]
)
def test_a_gap_is_found(gap: str, value: object) -> None:
    assert gaps(replace(ROUTES[0], **{gap: value})) == [gap]


def test_no_two_operations_have_one_name() -> None:
    twice = [name for name, count in Counter(route.operation for route in ROUTES).items() if count > 1]
    assert twice == []


def test_generators_can_name_a_class_for_each_schema_and_a_file_for_each_operation() -> None:
    schemas: dict[str, Json] = DOCUMENT["components"]["schemas"]
    titles = Counter(str(schema.get("title", name)).lower() for name, schema in schemas.items())
    names = Counter(name.lower() for name in operations())
    assert [name for name in titles + names if titles[name] > 1 or names[name] > 1] == []


def test_the_document_is_openapi_and_nothing_of_it_is_unknown_to_openapi() -> None:
    read = OpenAPI.model_validate(DOCUMENT)
    assert json.loads(read.model_dump_json(by_alias=True, exclude_unset=True)) == DOCUMENT


def test_every_reference_leads_somewhere() -> None:
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DOCUMENT))):
        found = DOCUMENT
        for step in reference.split("/"):
            found = found[step]


async def test_all_that_is_served_is_in_the_table_and_all_of_the_table_is_served() -> None:
    bus = new_bus()
    app = application(Door(Settings("open", LOOPBACK_NAMES), bus, Feed(bus)))
    served = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource and route.method != "HEAD"
    }
    assert served == {(route.method, route.path) for route in ROUTES}
    assert {route.path for route in HEALTH} == {route.path for route in ROUTES if route.handler is None}


def test_every_code_that_the_payments_actor_can_refuse_with_is_told_by_some_route() -> None:
    told = {code for each in operations().values() for code in codes(each)}
    rules = "".join(file.read_text() for file in (ROOT / "actors" / "payments").glob("*.py"))
    refusals = set(re.findall(r'[rR]efused\(\s*"([a-z_]+)"', rules))
    assert refusals > {"wrong_state", "refund_exceeds_captured"}
    assert refusals - told == set()


@pytest.mark.parametrize("operation", ["createCustomer", "createSubscription", "createInvoice", "createCreditNote"])
def test_what_is_made_for_a_customer_tells_that_their_clock_may_be_gone(operation: str) -> None:
    assert "not_found" in codes(operations()[operation])


def codes(operation: Json) -> set[str]:
    problems = [answer.get("content", {}).get("application/problem+json") for answer in operation["responses"].values()]
    return {code for problem in problems if problem for code in problem["examples"]}


def test_an_operation_names_its_scope_its_headers_and_its_errors() -> None:
    create = operations()["createPayment"]
    assert create["security"] == [{"key": ["payments:write"]}, {"session": ["payments:write"]}]
    assert [each["name"] for each in create["parameters"]] == ["dry_run", "Idempotency-Key", "Prefer"]
    assert {"PocketPay-Command", "PocketPay-Position", "Location"} < create["responses"]["201"]["headers"].keys()
    assert {"amount_too_small", "card_declined", "idempotency_mismatch", "outcome_unknown"} < codes(create)
    assert operations()["getHealth"]["security"] == []


def test_a_request_may_not_say_what_the_gateway_does_not_know() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["CreatePayment"]["additionalProperties"] is False
    assert schemas["CreatePayment"]["required"] == ["amount", "currency", "customer_id"]
    assert schemas["SaleInput"] | {"description": ""} == schemas["SaleInput"] | {
        "additionalProperties": False,
        "required": ["type"],
        "description": "",
    }
    assert "additionalProperties" not in schemas["Sale"]


def test_the_methods_shown_for_tests_are_those_that_the_simulated_provider_knows() -> None:
    assert pages.METHODS.keys() == simulated_methods.METHODS


async def test_the_documents_are_served_and_asked_again_are_not_sent_again(http: aiohttp.ClientSession) -> None:
    for path in ("/openapi.json", "/asyncapi.json"):
        async with http.get(path) as first:
            assert (first.status, first.content_type) == (200, "application/json")
            assert (await first.json())["info"]["title"].startswith("PocketPay")
        async with http.get(path, headers={"If-None-Match": first.headers["ETag"]}) as again:
            assert (again.status, await again.read()) == (304, b"")


@pytest.mark.parametrize("name", ["index.html", "swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"])
async def test_swagger_ui_comes_from_the_gateway_alone(http: aiohttp.ClientSession, name: str) -> None:
    async with http.get(f"/swagger/{name}") as response:
        assert response.status == 200
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        assert not re.search(r"""(src|href|url)=?[:=] ?["']https?://""", (await response.text())[:5000])
    async with http.get(f"/swagger/{name}", headers={"If-None-Match": response.headers["ETag"]}) as again:
        assert again.status == 304


async def test_swagger_without_a_file_leads_to_the_page_and_no_other_file_is_there(http: aiohttp.ClientSession) -> None:
    async with http.get("/swagger/", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, "/swagger/index.html")
    for name in ("README.md", "..%2Findex.html", "%2e%2e%2f%2e%2e%2fprocess.py"):
        async with http.get(f"/swagger/{name}") as missing:
            assert missing.status == 404, name
