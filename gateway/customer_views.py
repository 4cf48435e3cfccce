"""What customers see of their payment and of what becomes of it: the rest is the seller's."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic_core import from_json, to_json

from gateway.outcomes import Answer
from gateway.ring import Stored
from messages.problems import PROBLEMS
from messages.wire import Json

PAYMENT: Final = frozenset(
    {
        *("id", "object", "status", "amount", "currency", "capture_method", "payment_method", "description"),
        *("last_error", "next_action", "processing", "return_url", "client_secret", "canceled_at"),
        *("created_at", "updated_at", "version", "livemode"),
    }
)
_EVENT: Final = frozenset({"id", "object", "type", "api_version", "subject", "sequence", "time", "livemode"})
_COMMAND: Final = frozenset({"id", "object", "status", "type", "livemode"})
_PROBLEM: Final = frozenset(
    {
        *("type", "title", "status", "code", "detail", "request_id", "retry", "retry_after_seconds", "decline_code"),
        *("errors", "resource", "status_now", "allowed_from"),
    }
)
_SAID_TO_CUSTOMERS: Final = frozenset(
    {
        *("card_declined", "authentication_required", "authentication_failed", "payment_method_unusable"),
        *("wrong_state", "outcome_pending", "idempotency_mismatch", "outcome_unknown"),
    }
)
"""What speaks to the customer. Other details name accounts, limits, and why an operator has turned something off."""

_KEPT_FROM_THIEVES: Final = frozenset({"fraudulent", "lost_card", "stolen_card", "pickup_card", "merchant_blacklist"})
"""Networks have it that nobody at a page learns these: they are told a decline like any other."""

_OF_THE_SELLER: Final = {"payment.fraud_warned": "payment.updated"}
"""An event whose type says what the customer must not learn is told as one of those that change nothing they see."""

_HEADERS: Final = frozenset({"PocketPay-Command", "Idempotent-Replayed", "Retry-After", "ETag"})


def payment_seen(payment: Mapping[str, Any]) -> Json:
    """Without who they are to the seller, where the money goes, what it costs, and what the seller thinks of them."""
    seen = _only(PAYMENT, payment)
    error = seen.get("last_error")
    return {**seen, "last_error": error_seen(error)} if error else seen


def event_seen(event: Stored) -> Stored:
    """An event of the payment: what happened, when, and the payment as they see it after that."""
    told, type_ = from_json(event.raw), _OF_THE_SELLER.get(event.type, event.type)
    changes, data = (payment_seen(told.get(part) or {}) for part in ("changes", "data"))
    seen = {**_only(_EVENT, told), "type": type_, "changes": changes, "data": data}
    return replace(event, type=type_, raw=to_json(seen))


def error_seen(error: Mapping[str, Any]) -> Json:
    """A problem, or a payment's last error, in words for the customer."""
    known, code = PROBLEMS.get(error.get("code", "")), error.get("code")
    hushed = error.get("decline_code") in _KEPT_FROM_THIEVES
    said = {**error, "decline_code": "generic_decline"} if hushed else dict(error)
    if code in _SAID_TO_CUSTOMERS and not hushed:
        return said
    return {**said, "detail": f"{known.title if known else 'It did not work'}."}


def answer_seen(answer: Answer, key: str) -> Answer:
    """What became of their wish, under the key that they know it by."""
    headers = {name: value for name, value in answer.headers.items() if name in _HEADERS}
    if answer.status < 400:
        is_payment = answer.body.get("object") == "payment"
        shown = payment_seen(answer.body) if is_payment else _only(_COMMAND, answer.body)
        return Answer(answer.status, shown, headers)
    body = error_seen(_only(_PROBLEM, answer.body))
    if isinstance(declined := answer.body.get("payment"), dict):
        body["payment"] = payment_seen(declined)
    if "idempotency_key" in answer.body:
        body["idempotency_key"] = key
    return Answer(answer.status, body, headers)


def _only(names: frozenset[str], whole: Mapping[str, Any]) -> Json:
    return {name: value for name, value in whole.items() if name in names}
