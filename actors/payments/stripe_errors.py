"""One table for all that can go wrong at Stripe: https://docs.stripe.com/error-low-level."""

from typing import Literal

from actors.payments.provider import Declined
from messages.wire import Json

Verdict = Literal["again", "look", "decline", "refuse", "away"]
"""`again`: unknown or not begun, the same call may be repeated with the same key. `look`: something may have been
done by this key, or by somebody else; the object says. `decline` and `refuse` are definite. `away`: we were not let
in, so nothing was done by this request; whether by one before it only the caller knows."""

_BY_STATUS: dict[int, Verdict] = {401: "away", 402: "decline", 403: "away", 409: "again", 429: "again"}
_LOOKS = frozenset({"payment_intent_unexpected_state", "charge_already_captured"})

_CODES = {
    "authentication_required": "authentication_required",
    "payment_intent_authentication_failure": "authentication_failed",
    "amount_too_small": "amount_too_small",
    "amount_too_large": "amount_too_large",
}
_UNUSABLE_PARAMETERS = frozenset({"payment_method", "source", "customer"})
_REASON_OF_REFUND = "declined"


def verdict(status: int, error: Json) -> Verdict:
    """What follows from an answer that is no success. `error` is the `error` member, or empty when there was none."""
    if error.get("type") == "idempotency_error":
        return "look"
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if not error or not 400 <= status < 500 or error.get("code") in {"lock_timeout", "idempotency_key_in_use"}:
        return "again"
    return "look" if error.get("code") in _LOOKS else "refuse"


def declined(error: Json, reference: str | None = None) -> Declined:
    """A definite no in our words. Codes of ours where there is one, else Stripe's as the `decline_code`."""
    code = str(error.get("code") or "")
    intent = error.get("payment_intent")
    known = intent.get("id") if isinstance(intent, dict) else intent
    ours = _CODES.get(code) or ("card_declined" if error.get("type") == "card_error" else _unfit(error))
    return Declined(
        reference=reference or known,
        code=ours,
        decline_code=error.get("decline_code") or code or None,
        detail=str(error.get("message") or "The card was declined."),
    )


def method_refused(customer: str | None, error: Json) -> Declined:
    """A method that Stripe does not save: its bank declined, or it is another's, spent or unknown."""
    known = declined(error, customer)
    if error.get("type") == "card_error" or error.get("code") == "card_declined":
        return known
    return known.model_copy(update={"code": "payment_method_unusable"})


def refund_refused(error: Json) -> Declined:
    """A refund that Stripe does not begin."""
    detail = str(error.get("message") or "Stripe refused the refund.")
    return Declined(code="card_declined", decline_code=_REASON_OF_REFUND, detail=detail)


def payout_refused(error: Json) -> Declined:
    """A payout that Stripe does not begin."""
    detail, reason = str(error.get("message") or "Stripe refused the payout."), str(error.get("code") or "refused")
    return Declined(code="payment_method_unusable", decline_code=reason, detail=detail)


def _unfit(error: Json) -> str:
    code, parameter = str(error.get("code") or ""), str(error.get("param") or "")
    if parameter == "currency":
        return "currency_not_supported"
    if parameter in _UNUSABLE_PARAMETERS or code.startswith("payment_method") or code == "resource_missing":
        return "payment_method_unusable"
    return "card_declined" if not error or code == "card_declined" else "validation_failed"
