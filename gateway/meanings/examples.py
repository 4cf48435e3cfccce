"""A problem of each code as it is answered, for the pages of codes and for OpenAPI."""

from typing import Final

from gateway.problems import problem_body
from messages.problems import PROBLEMS
from messages.wire import Json

MEMBERS: Final[dict[str, Json]] = {
    "invalid_parameter": {"errors": [{"parameter": "limit", "code": "too_large", "detail": "at most 100"}]},
    "invalid_header": {
        "errors": [{"parameter": "Idempotency-Key", "code": "bad_format", "detail": "1 to 255 characters"}]
    },
    "card_declined": {"decline_code": "insufficient_funds"},
    "scope_missing": {"scope": "payments:write"},
    "wrong_state": {
        "resource": {"object": "payment", "id": "pay_01ja"},
        "status_now": "succeeded",
        "allowed_from": ["requires_capture"],
    },
    "validation_failed": {
        "errors": [
            {"pointer": "/amount", "code": "wrong_type", "detail": '"10" is a string'},
            {"pointer": "/customerId", "code": "unknown_field", "detail": "did you mean customer_id?"},
        ]
    },
    "idempotency_mismatch": {"differing": ["/amount"]},
    "rate_limited": {"retry_after_seconds": 4},
    "behind": {"lag": 12},
    "outcome_unknown": {"idempotency_key": "order-42"},
}
"""What the code names besides, in an example."""


def problem_example(code: str) -> Json:
    """As it is answered. The members that it names say what is wrong with this one."""
    members = MEMBERS.get(code, {})
    errors: list[Json] = members.get("errors", [])
    detail = errors[0]["detail"] if errors else f"{PROBLEMS[code].title}."
    return problem_body(code, detail, "req_01ja", members)
