"""What a request may say besides its body: in the path, in the query and in headers."""

import re
from typing import Any

from gateway.openapi.schemas import Untitled, walked, without_null
from gateway.route import EVENTS, Route
from messages.ids import TOKEN_PATTERN
from messages.wire import Json

_IN_PATH = re.compile(r"{(\w+)}")
_TOKEN: Json = {"type": "string", "pattern": TOKEN_PATTERN}
_PATH: dict[str, tuple[str, Json]] = {
    "id": ("The resource's id.", _TOKEN),
    "provider": ("Which provider.", {"type": "string", "enum": ["simulated", "stripe"]}),
    "account": ("The tenant whose account with the provider it is.", _TOKEN),
    "customer_id": ("The customer's id, which is the caller's own.", _TOKEN),
    "path": (
        "An account of the chart, such as `income:sales`.",
        {"type": "string", "pattern": r"^[a-z_]+(:[A-Za-z0-9_-]{1,64}){0,6}$", "maxLength": 255},
    ),
    "month": (
        "A month such as `2026-10`.",
        {"type": "string", "pattern": r"^(19[7-9][0-9]|2[0-9]{3})-(0[1-9]|1[0-2])$"},
    ),
    "series": ("A series of numbers such as `INV-2026`.", _TOKEN),
    "day": ("A day of UTC such as `2026-11-22`.", {"type": "string", "format": "date"}),
    "code": ("An error code.", {"type": "string", "minLength": 1}),
    "token": (
        "The end of an invoice's `hosted_url`.",
        {"type": "string", "pattern": r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}$", "maxLength": 400},
    ),
    "name": ("A file.", {"type": "string", "minLength": 1}),
    "folder": ("A folder of files.", {"type": "string", "minLength": 1}),
    "switch": (
        "`payments`, `provider:<name>`, `payouts`, `dunning`, `webhooks` or `mails`.",
        {"type": "string", "pattern": "^[a-z]+(:[A-Za-z0-9_-]{1,55})?$", "maxLength": 64},
    ),
}

_NOTES = {
    "min_position": "Waits up to 5 s until the answer has seen this position (`PocketPay-Position` of a write).",
    "limit": "How many at most.",
    "cursor": "`next_cursor` of the page before, with the same filters.",
    "status": "One or several, with commas.",
    "metadata": "`metadata[key]=value`, any number of them.",
    "customer_id": "Of this customer. `customer` is understood too.",
    "created_after": "Included.",
    "created_before": "Excluded.",
    "type": "A type, or what it begins with: `payment.*`. `*` is everything.",
    "wallet": "The customer whose wallet it is.",
    "plain": "Leaves `event:` out, so that `onmessage` of a browser hears everything.",
    "ticket": "Of `POST /stream-tickets`, in place of a key: good for one stream, within 30 s.",
    "publishable_key": "For an EventSource, which can send no header.",
    "client_secret": "Of this payment, from a page with a publishable key; the answer is then as much as its customer "
    "may see.",
    "last_event_id": "As the header Last-Event-ID, which wins.",
    "format": "For which program.",
    "from": "Included. An export goes by effective times, and what is dated before becomes opening balances; "
    "an explanation goes by recorded ones.",
    "to": "Excluded; a time as that of `from`. A month is included.",
    "after": "A cursor; `0` is the oldest.",
    "at": "A time; one that is yet to come is the same as now.",
    "by": "Whose time `at` is: `recorded` is ours, `effective` the world's.",
    "rollup": "The sum over the path and all that lie below it; the path may be a beginning, such as `assets:psp`.",
    "account": "Transactions that move this account.",
    "reference": "The provider's own name for what happened.",
    "first": "How many leaves the earlier head covers.",
    "second": "How many leaves the later head covers.",
    "q": "An id or its beginning, a customer's id or address, a key, a provider's reference, an invoice's number.",
    "token": "In the address that `next_action` names: the customer's right to this page, in place of a key.",
    "wait": "So many seconds for the first event to come.",
}


def _parameter(name: str, place: str, schema: Json, description: str | None, **more: Any) -> Json:
    said = {"name": name, "in": place, "description": description, "schema": schema, **more}
    return {key: value for key, value in said.items() if value is not None}


IDEMPOTENCY_KEY = _parameter(
    "Idempotency-Key",
    "header",
    {"type": "string", "pattern": r"^[!-~]([ -~]{0,253}[!-~])?$"},
    "1 to 255 printable ASCII characters. The same key with the same request gives the same answer again; "
    "without one the gateway chooses one and tells it.",
)

PREFER = _parameter(
    "Prefer",
    "header",
    {"type": "string", "examples": ["wait=3", "respond-async"]},
    "`wait=N` waits so many seconds for the outcome (10 by default), `respond-async` only until the first "
    "decision is committed. What else is preferred is ignored.",
)

REASON = _parameter(
    "PocketPay-Reason",
    "header",
    {"type": "string", "minLength": 1, "maxLength": 500},
    "Why: kept with the command for auditors.",
)

IF_MATCH = _parameter(
    "If-Match",
    "header",
    {"type": "string", "examples": ['"3"']},
    "The `ETag` that was read: if the resource has changed since, the answer is 412 and nothing changes.",
)

LAST_EVENT_ID = _parameter(
    "Last-Event-ID",
    "header",
    {"type": "string"},
    "The `id:` of the last frame seen: what was missed is replayed. `0` is the oldest; what is no place of ours "
    "opens the stream with `reset`.",
)


def parameters_of(route: Route) -> list[Json]:
    """Path, query, headers."""
    headers = [IDEMPOTENCY_KEY, PREFER] if route.writes else []
    if route.reason is not None:
        headers.append({**REASON, "required": True} if route.reason == "needed" else REASON)
    if route.method in ("PUT", "PATCH"):
        headers.append(IF_MATCH)
    if route.method == "GET" and EVENTS in route.media:
        headers.append(LAST_EVENT_ID)
    return [*(_in_path(name) for name in _IN_PATH.findall(route.path)), *_in_query(route), *headers]


def _in_path(name: str) -> Json:
    description, schema = _PATH[name]
    return _parameter(name, "path", schema, description, required=True)


def _in_query(route: Route) -> list[Json]:
    model = route.parameters.model_json_schema(schema_generator=Untitled, ref_template="{model}")
    known = model.get("$defs", {})
    fields: Json = walked(model.get("properties", {}), lambda node: known.get(node.get("$ref"), node))
    needed = model.get("required", ())
    return [_query(name, without_null(field), name in needed) for name, field in fields.items()]


def _query(name: str, schema: Json, needed: bool) -> Json:
    more: Json = {"required": True} if needed else {}
    if schema.get("type") == "object":
        more |= {"style": "deepObject", "explode": True}
    if schema.get("type") == "array":
        more |= {"style": "form", "explode": False}
    said = {key: value for key, value in schema.items() if key != "default" or isinstance(value, str | int)}
    return _parameter(name, "query", said, _NOTES.get(name), **more)
