"""Which error codes a route can give: those that follow from what it takes, and those it names itself."""

from collections import defaultdict

from gateway.permissions import LIVE_HAS_NONE
from gateway.route import EVENTS, Route, needs_caller
from messages.problems import PROBLEMS

_EVERY_ROUTE = ("invalid_header", "origin_not_allowed", "uri_too_long", "headers_too_large", "internal_error")
_KEYS = (
    *("key_missing", "key_invalid", "key_expired", "key_revoked", "session_expired", "mode_mismatch"),
    *("rate_limited", "quota_exceeded", "starting"),
)
_BODY = (
    "malformed_json",
    "duplicate_key",
    "invalid_encoding",
    "request_timeout",
    "body_too_large",
    "unsupported_media_type",
    "validation_failed",
)
_COMMAND = (
    "idempotency_mismatch",
    "too_many_streams",
    "unavailable",
    "overloaded",
    "draining",
    "outcome_unknown",
)
_OF_BODY_FIELD = {"amount": ("amount_too_small", "amount_too_large"), "currency": ("currency_unknown",)}
_OF_PARAMETER = {"cursor": ("invalid_cursor",), "min_position": ("behind",), "wait": ("too_many_streams",)}
_PROBES = ("/healthz", "/readyz")


def codes_of(route: Route) -> dict[int, list[str]]:
    """Status -> the codes that may come with it, each in the order of the error table."""
    told = set(_asked(route)) | set(_written(route)) | set(route.codes)
    by_status: dict[int, list[str]] = defaultdict(list)
    for code, problem in PROBLEMS.items():
        if code in told:
            by_status[problem.status].append(code)
    return dict(by_status)


def is_authenticated(route: Route) -> bool:
    """Whether the door asks for a key, in the mode where there are keys."""
    return needs_caller(route.method, route.path)


def _asked(route: Route) -> list[str]:
    codes = [*_EVERY_ROUTE, *(_KEYS if is_authenticated(route) else ())]
    if is_authenticated(route) and route.scope:
        codes.append("scope_missing")
    if route.takes_secret:
        codes.append("client_secret_invalid")
    if route.path.startswith(LIVE_HAS_NONE):
        codes.append("test_mode_only")
    if route.path not in _PROBES:
        codes.append("invalid_host")
    if route.handler is not None:
        codes.append("invalid_parameter")
    if "{" in route.path:
        codes.append("not_found")
    if route.method == "GET" and route.scope and route.handler is not None and EVENTS not in route.media:
        codes.append("unavailable")
    if EVENTS in route.media:
        codes.append("too_many_streams")
    return codes + [code for name in route.parameters.model_fields for code in _OF_PARAMETER.get(name, ())]


def _written(route: Route) -> list[str]:
    if route.body is None:
        return [*_COMMAND] if route.writes else []
    fields = route.body.model_fields
    needed = ["body_required"] if any(field.is_required() for field in fields.values()) else []
    return [*_BODY, *_COMMAND, *needed, *(code for name in fields for code in _OF_BODY_FIELD.get(name, ()))]
