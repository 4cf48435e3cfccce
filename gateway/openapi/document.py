"""The whole document: built once when a gateway starts, and written to docs/openapi.json as it is served."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from gateway.authentication import COOKIE
from gateway.openapi.answers import HEADERS, answers_of, problem_examples
from gateway.openapi.codes import is_authenticated
from gateway.openapi.examples import body_example
from gateway.openapi.links import links_of
from gateway.openapi.parameters import parameters_of
from gateway.openapi.schemas import renamed, schemas_of, strict, walked
from gateway.rehearsal_shapes import DryRun
from gateway.route import JSON, Route
from gateway.shapes import ProblemBody
from messages.questions import CommandRecord
from messages.scopes import ADMIN
from messages.wire import Json

KEY, SESSION = "key", "session"

_DESCRIPTION = """Payments, wallets and a double-entry ledger. JSON in, JSON out.

* Amounts are integers in minor units: 1000 with `USD` is 10.00 USD.
* Send `Idempotency-Key` with every write, and repeat with the same key when in doubt: nothing happens twice.
* Errors are problems (RFC 9457) with a stable `code`; `retry` says what to do.
* Inside v1 things are only added: ignore fields, event types and codes that you do not know.
"""

_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "`Authorization: Bearer ppk_…`. Not needed where the gateway runs open (`pocketpay up`): requests "
    "then act as the test tenant `demo`. The list beside each operation names the scope that a key needs.",
}

_COOKIE = {
    "type": "apiKey",
    "in": "cookie",
    "name": COOKIE,
    "description": "Of a user who has logged in with `POST /api/v1/sessions`, for pages of the gateway itself.",
}

_OF_PAGES = """A page where a customer pays may ask this with a publishable key and the payment's `client_secret`;
it is told what its customer may see, and no more."""

_TAGS = {
    "payments": "Take money, and see what became of it.",
    "refunds": "Give it back.",
    "payouts": "Money that leaves the provider.",
    "disputes": "What a customer's bank takes back.",
    "wallets": "Money that customers keep with us.",
    "ledger": "The books: accounts, transactions, entries.",
    "access": "Keys, users, tenants, and who did what.",
    "events": "Everything that happened, as a log and as a stream.",
    "operations": "Commands, health and this API itself.",
    "pages": "For people.",
}


def document(routes: Sequence[Route], version: str) -> Json:
    """OpenAPI 3.1 of these routes, as JSON."""
    shown = [CommandRecord, ProblemBody, DryRun, *(route.answer for route in routes if route.answer)]
    answers, components = schemas_of(shown, "serialization")
    found = schemas_of([route.body for route in routes if route.body], "validation")
    bodies, inputs = renamed(found, {name: f"{name}Input" for name in found[1] if name in components})
    strictly = {name: walked(schema, strict) for name, schema in inputs.items()}
    paths: dict[str, Json] = defaultdict(dict)
    for route in routes:
        operation = paths[route.path][route.method.lower()] = _operation(route, answers, bodies)
        if links := links_of(route, routes):
            operation["responses"][str(route.status)]["links"] = links
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "PocketPay",
            "version": version,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": description} for name, description in _TAGS.items()],
        "paths": dict(paths),
        "components": {
            "schemas": dict(sorted({**components, **strictly}.items())),
            "examples": problem_examples(),
            "headers": HEADERS,
            "securitySchemes": {KEY: _BEARER, SESSION: _COOKIE},
        },
    }


def _operation(route: Route, answers: Mapping[Any, Json], bodies: Mapping[Any, Json]) -> Json:
    return {
        "operationId": route.operation,
        "summary": route.summary,
        **({"description": _OF_PAGES} if route.takes_secret else {}),
        "tags": [tag_of(route)],
        "parameters": parameters_of(route),
        **({"requestBody": _body(route.body, bodies)} if route.body else {}),
        "responses": answers_of(route, answers),
        "security": _security(route) if is_authenticated(route) else [],
    }


def _security(route: Route) -> list[Json]:
    """A key, or a session whose role has the scope."""
    scopes = [route.scope] if route.scope else []
    return [{KEY: scopes}, {SESSION: scopes}]


def _body(model: type[BaseModel], bodies: Mapping[Any, Json]) -> Json:
    required = any(field.is_required() for field in model.model_fields.values())
    return {"required": required, "content": {JSON: {"schema": bodies[model], "example": body_example(model)}}}


def tag_of(route: Route) -> str:
    """By what the scope is for."""
    noun = (route.scope or "").partition(":")[0]
    if noun:
        return "access" if noun == ADMIN else noun
    return "operations" if JSON in route.media else "pages"
