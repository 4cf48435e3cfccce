"""What we ask of Stripe: paths and parameters. The same wish always gives the same bytes: the key demands it."""

from actors.payments.provider import Capture, Charge, GiveBack, Prepare, SendPayout
from actors.payments.stripe_amounts import payout_to_stripe, to_stripe
from messages.wire import Json

INTENTS, REFUNDS, PAYOUTS, BALANCE = "/v1/payment_intents", "/v1/refunds", "/v1/payouts", "/v1/balance"
BALANCE_TRANSACTIONS, EVENTS = "/v1/balance_transactions", "/v1/events"
CUSTOMERS, METHODS = "/v1/customers", "/v1/payment_methods"
SEARCH = f"{INTENTS}/search"

PAYMENT, CALL = "pocketpay_payment_id", "pocketpay_call_id"
REFUND, PAYOUT, CUSTOMER = "pocketpay_refund_id", "pocketpay_payout_id", "pocketpay_customer_id"
"""Metadata by which we find again what we made."""


def charge(asked: Charge, key: str) -> Json:
    """Makes and confirms a payment intent. Only cards: other methods need pages that we do not have."""
    return _intent(asked, key) | of_customer(asked) | _confirmation(asked) | {"confirm": True}


def of_customer(asked: Charge) -> Json:
    """Stripe takes a saved method only for an intent of the customer it was saved for."""
    return {"customer": asked.customer} if asked.customer else {}


def confirm(asked: Charge) -> Json:
    """Confirms an intent that was made before; its amount is fixed."""
    return _confirmation(asked)


def prepare(asked: Prepare, key: str) -> Json:
    """An intent that waits for its method."""
    return _intent(asked, key)


def capture(asked: Capture, currency: str) -> Json:
    """The rest is released."""
    return {"amount_to_capture": to_stripe(asked.amount, currency)}


def refund(asked: GiveBack) -> Json:
    """Always with its amount: without one Stripe gives back all that is left."""
    return {
        "payment_intent": asked.reference,
        "amount": to_stripe(asked.amount, asked.currency),
        "metadata": {REFUND: asked.refund},
    }


def payout(asked: SendPayout) -> Json:
    """To the default bank account of the Stripe account."""
    return {
        "amount": payout_to_stripe(asked.amount, asked.currency),
        "currency": asked.currency.lower(),
        "metadata": {PAYOUT: asked.payout},
    }


def search(key: str) -> Json:
    """The intent that this call made, if it made one."""
    return {"query": f"metadata['{CALL}']:'{key}'"}


def customer(customer_id: str) -> Json:
    """Only our own id of them: who they are Stripe need not know."""
    return {"metadata": {CUSTOMER: customer_id}}


def search_customer(customer_id: str) -> Json:
    """The customer that we made for ours, if we made one."""
    return {"query": f"metadata['{CUSTOMER}']:'{customer_id}'"}


def _intent(asked: Charge | Prepare, key: str) -> Json:
    return {
        "amount": to_stripe(asked.amount, asked.currency),
        "currency": asked.currency.lower(),
        "capture_method": "automatic" if asked.capture else "manual",
        "payment_method_types": ["card"],
        "metadata": {PAYMENT: asked.payment, CALL: key},
    }


def _confirmation(asked: Charge) -> Json:
    told: Json = {"payment_method": asked.payment_method}
    if asked.off_session:
        return told | {"off_session": True}
    return told | ({"return_url": asked.return_url} if asked.return_url else {})
