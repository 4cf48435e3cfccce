"""What customers see of their payment and of what becomes of it: the rest is the seller's."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic_core import from_json, to_json

from gateway.outcomes import Answer
from gateway.ring import Stored
from messages.wire import Json

PAYMENT: Final = frozenset(
    {
        *("id", "object", "status", "amount", "currency", "capture_method", "payment_method", "description"),
        *("last_error", "next_action", "processing", "return_url", "client_secret", "canceled_at"),
        *("cancellation_reason", "created_at", "updated_at", "version", "livemode"),
    }
)
_EVENT: Final = frozenset({"id", "object", "type", "api_version", "subject", "sequence", "time", "livemode"})
_COMMAND: Final = frozenset({"id", "object", "status", "type", "livemode"})
_PROBLEM: Final = frozenset(
    {
        *("type", "title", "status", "code", "detail", "request_id", "retry", "retry_after_seconds", "decline_code"),
        *("errors", "resource", "status_now", "allowed_from", "reason"),
    }
)
_HEADERS: Final = frozenset({"PocketPay-Command", "Idempotent-Replayed", "Retry-After", "ETag"})


def payment_seen(payment: Mapping[str, Any]) -> Json:
    """Without who they are to the seller, where the money goes, and what it costs."""
    return _only(PAYMENT, payment)


def event_seen(event: Stored) -> Stored:
    """An event of the payment: what happened, when, and the payment as they see it after that."""
    told = from_json(event.raw)
    changes = _only(PAYMENT, told.get("changes") or {})
    seen = {**_only(_EVENT, told), "changes": changes, "data": payment_seen(told["data"])}
    return replace(event, raw=to_json(seen))


def answer_seen(answer: Answer, key: str) -> Answer:
    """What became of their wish, under the key that they know it by."""
    headers = {name: value for name, value in answer.headers.items() if name in _HEADERS}
    if answer.status < 400:
        shown = PAYMENT if answer.body.get("object") == "payment" else _COMMAND
        return Answer(answer.status, _only(shown, answer.body), headers)
    body = _only(_PROBLEM, answer.body)
    if isinstance(declined := answer.body.get("payment"), dict):
        body["payment"] = payment_seen(declined)
    if "idempotency_key" in answer.body:
        body["idempotency_key"] = key
    return Answer(answer.status, body, headers)


def _only(names: frozenset[str], whole: Mapping[str, Any]) -> Json:
    return {name: value for name, value in whole.items() if name in names}
