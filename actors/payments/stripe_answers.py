"""What Stripe's objects mean to us. They are read as JSON; fields that a fake leaves out have a stand-in."""

from actors.payments.provider import ActionNeeded, Declined, Outcome, Taken
from actors.payments.stripe_amounts import from_stripe
from actors.payments.stripe_errors import declined
from messages.wire import Json

CANCELED = "The payment was canceled at Stripe."


def charged(intent: Json, off_session: bool = False) -> Outcome:
    """After a confirmation, or after the customer authenticated."""
    reference = str(intent["id"])
    match intent["status"]:
        case "succeeded":
            return Taken(reference=reference, amount=amount_of(intent, "amount_received"))
        case "requires_capture":
            return Taken(reference=reference, amount=amount_of(intent, "amount_capturable"))
        case "processing":
            return Taken(reference=reference, amount=amount_of(intent), pending=True)
        case "requires_action" if off_session:
            return declined({"type": "card_error", "code": "authentication_required"}, reference)
        case "requires_action":
            return ActionNeeded(reference=reference, url=_page(intent), client_secret=intent.get("client_secret"))
        case "canceled":
            return Declined(reference=reference, code="card_declined", detail=CANCELED)
        case _:
            return declined(intent.get("last_payment_error") or {}, reference)


def prepared(intent: Json) -> Outcome:
    """Made and not confirmed: whoever has the secret may pay it, and only this intent."""
    return Taken(
        reference=str(intent["id"]),
        amount=amount_of(intent),
        pending=True,
        client_secret=intent.get("client_secret"),
    )


def captured(intent: Json, asked_minor: int) -> Outcome:
    """After a capture. A fake that does not say what it took is believed to have done as asked."""
    reference = str(intent["id"])
    if intent["status"] != "succeeded":
        return Declined(reference=reference, code="card_declined", detail=_stands(intent))
    told = "amount_received" in intent
    return Taken(reference=reference, amount=amount_of(intent, "amount_received") if told else asked_minor)


def released(intent: Json) -> Outcome:
    """After a cancellation."""
    reference = str(intent["id"])
    if intent["status"] != "canceled":
        return Declined(reference=reference, code="card_declined", detail=_stands(intent))
    return Taken(reference=reference, amount=amount_of(intent))


def refunded(refund: Json) -> Outcome:
    """A refund as it stands; one that waits for the customer is pending too."""
    reference, status = str(refund["id"]), refund["status"]
    if status in {"failed", "canceled"}:
        reason = str(refund.get("failure_reason") or "unknown")
        detail = f"The refund {status.replace('canceled', 'was canceled')} at Stripe: {reason}."
        return Declined(reference=reference, code="card_declined", decline_code=reason, detail=detail)
    return Taken(reference=reference, amount=amount_of(refund), pending=status != "succeeded")


def paid_out(payout: Json) -> Outcome:
    """A payout as it stands; it may fail even after it was paid."""
    reference, status = str(payout["id"]), payout["status"]
    if status in {"failed", "canceled"}:
        reason = str(payout.get("failure_code") or status)
        detail = str(payout.get("failure_message") or f"The payout is {status} at Stripe.")
        return Declined(reference=reference, code="payment_method_unusable", decline_code=reason, detail=detail)
    return Taken(reference=reference, amount=amount_of(payout), pending=status != "paid")


def amount_of(thing: Json, field: str = "amount") -> int:
    """Our minor units; without that field, of its `amount`."""
    told = thing.get(field)
    return from_stripe(int(thing["amount"] if told is None else told), str(thing["currency"]).upper())


def _page(intent: Json) -> str:
    """Where the customer authenticates. Empty when only Stripe.js can take them there, with the client secret."""
    action = intent.get("next_action") or {}
    redirect, script = action.get("redirect_to_url") or {}, action.get("use_stripe_sdk") or {}
    return str(redirect.get("url") or script.get("stripe_js") or "")


def _stands(intent: Json) -> str:
    return f"The payment is {str(intent['status']).replace('_', ' ')} at Stripe."
