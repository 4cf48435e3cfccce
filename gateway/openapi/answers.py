"""What a route answers: success with its headers, and every problem under its status."""

from collections.abc import Mapping
from typing import Any

from gateway.meanings.examples import problem_example
from gateway.openapi.codes import codes_of
from gateway.openapi.examples import answer_example
from gateway.openapi.schemas import COMPONENTS
from gateway.parameters import DryRunAsked
from gateway.problems import MEDIA_TYPE
from gateway.rehearsal_shapes import DryRun
from gateway.route import EVENTS, JSON, Route
from gateway.shapes import ProblemBody
from messages.problems import PROBLEMS
from messages.questions import CommandRecord
from messages.wire import Json

STREAM = """retry: 1000
: position 1-41, filter type=payment.*

id: 1-42
event: payment.succeeded
data: {"id":"evt_01ja","object":"event","type":"payment.succeeded", …}
"""

_TEXT: Json = {"type": "string"}
_FRAMES: Json = {"description": "Server-sent events: frames of `id`, `event` and `data`, each read by itself."}
"""Without a type: some readers of this document hold it against the whole text, others against each frame."""

_ALWAYS = {
    "Request-Id": "Names this request and all that follows from it (`correlation_id`).",
    "Idempotency-Key": "The key, also when the gateway chose it.",
    "PocketPay-Command": "The command: `GET /api/v1/commands/{id}` shows what became of it.",
    "Retry-After": "So many seconds.",
    "WWW-Authenticate": "How to authenticate.",
}
_SOMETIMES = {
    "PocketPay-Position": "For `min_position`: reads that wait for it see what this write did.",
    "Idempotent-Replayed": "`true` when this answer was given before.",
    "Location": "Where the resource lies.",
    "ETag": "The resource's version.",
}

HEADERS: Json = {
    **{name: {"description": text, "required": True, "schema": _TEXT} for name, text in _ALWAYS.items()},
    **{name: {"description": text, "schema": _TEXT} for name, text in _SOMETIMES.items()},
}

_SUCCESS = {
    200: "Done.",
    201: "Created.",
    202: "Committed, and not finished in the time that you wait: the resource, or else the command.",
    302: "Leads on.",
    404: "A page that says so.",
    503: "Not just now.",
}


_REHEARSED = "With `dry_run=true`: all that would happen; nothing of it was done."


def problem_examples() -> Json:
    """Every error code as it is answered."""
    return {code: {"summary": known.title, "value": problem_example(code)} for code, known in PROBLEMS.items()}


def answers_of(route: Route, schemas: Mapping[Any, Json]) -> Json:
    """Status -> answer, in their order."""
    told = {status: _problem(route, status, codes) for status, codes in codes_of(route).items()}
    told |= {status: _success(route, status, schemas) for status in (route.status, *route.also)}
    if route.parameters is DryRunAsked:
        told[200] = _rehearsed(told.get(200), schemas)
    if route.writes:
        told[202] = _accepted(route, schemas)
    return {str(status): told[status] for status in sorted(told)}


def _success(route: Route, status: int, schemas: Mapping[Any, Json]) -> Json:
    media = (*route.media, EVENTS) if route.writes else route.media
    content = {"content": {name: _content(route, name, schemas) for name in media}} if status != 302 else {}
    return {"description": _SUCCESS[status], "headers": _headers(route, status), **content}


def _rehearsed(done: Json | None, schemas: Mapping[Any, Json]) -> Json:
    """With `dry_run=true` a write is answered with 200, whatever its success is otherwise."""
    schema, example = schemas[DryRun], answer_example(DryRun)
    if done is None:
        headers = {"Request-Id": {"$ref": "#/components/headers/Request-Id"}}
        content = {JSON: {"schema": schema, "example": example}}
        return {"description": _REHEARSED, "headers": headers, "content": content}
    headers = {name: header for name, header in done["headers"].items() if name != "PocketPay-Command"}
    either = {**done["content"][JSON], "schema": {"anyOf": [done["content"][JSON]["schema"], schema]}}
    optional = {"description": f"{done['description']} {_REHEARSED}", "content": {**done["content"], JSON: either}}
    return {**done, **optional, "headers": headers}


def _content(route: Route, media: str, schemas: Mapping[Any, Json]) -> Json:
    if media == EVENTS:
        return {"schema": _FRAMES, "example": STREAM}
    if media != JSON or route.answer is None:
        return {"schema": _TEXT}
    example = answer_example(route.answer)
    return {"schema": schemas[route.answer], **({"example": example} if example else {})}


def _accepted(route: Route, schemas: Mapping[Any, Json]) -> Json:
    either = {"anyOf": [schemas[route.answer], schemas[CommandRecord]]}
    return {"description": _SUCCESS[202], "headers": _headers(route, 202), "content": {JSON: {"schema": either}}}


def _problem(route: Route, status: int, codes: list[str]) -> Json:
    content = {
        "schema": {"$ref": COMPONENTS + ProblemBody.__name__},
        "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
    }
    told = "; ".join(f"`{code}`: {PROBLEMS[code].title}" for code in codes)
    return {"description": f"{told}.", "headers": _headers(route, status), "content": {MEDIA_TYPE: content}}


def _headers(route: Route, status: int) -> Json:
    names = ["Request-Id"]
    if route.writes and status < 300:
        names += ["Idempotency-Key", "PocketPay-Command", "PocketPay-Position", "Idempotent-Replayed"]
    if status in (201, 202, 302, 402):
        names.append("Location")
    if status < 300 and route.answer is not None and "version" in route.answer.model_fields:
        names.append("ETag")
    if status in (429, 503) and status not in route.also:
        names.append("Retry-After")
    if status == 401:
        names.append("WWW-Authenticate")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
