"""Payments and refunds: the resources, what one may ask of them, and what is said of them and of payouts."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from messages import disputes, payment_methods, payouts, provider_events, reconciliation
from messages.destinations import Destination, Destined, Sale, TaxShare, ToWallet
from messages.disputes import Dispute
from messages.ids import CustomerId, Token
from messages.money import Amount, Currency, PositiveAmount
from messages.payouts import CreatePayout, Payout, SimulatePayout
from messages.provider_events import ProviderEvent, SimulatedSettings
from messages.queries import Listing
from messages.resource import Metadata, Resource, Text
from messages.wire import Instant, Wire

__all__ = ["Destination", "Destined", "Dispute", "Payout", "Sale", "TaxShare", "ToWallet"]
"""What others also look for here."""

ACTOR = "payments"
WALLET = "wallet"
SIMULATED = "simulated"
STRIPE = "stripe"
"""The payment method, and so the provider, of a payment from the customer's wallet: the ledger moves its money."""


class PaymentStatus(StrEnum):
    """Closed for v1; the moves between them are in `actors/payments/moves.py`."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


class RefundStatus(StrEnum):
    """`pending` may become any other; `succeeded` may still fail, days later; the rest are final."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


CaptureMethod = Literal["automatic", "manual"]
CancellationReason = Literal["requested_by_customer", "duplicate", "fraudulent", "abandoned", "expired", "void_invoice"]
RefundReason = Literal["duplicate", "fraudulent", "requested_by_customer"]


class LastError(Wire):
    """Why the last attempt did not succeed."""

    code: str
    decline_code: str | None = None
    detail: str
    payment_method: str | None = None
    at: Instant


class Redirect(Wire):
    """Where the customer authenticates, and where they come back to."""

    url: str
    return_url: str | None = None


class NextAction(Wire):
    """What the customer must do before the payment can go on."""

    type: Literal["redirect_to_url"] = "redirect_to_url"
    redirect_to_url: Redirect


class Processing(Wire):
    """Since when we wait for the provider, and whether it has gone silent on us."""

    since: Instant
    reason: Literal["waiting_for_provider", "outcome_unknown"] = "waiting_for_provider"


class FraudWarning(Wire):
    """The card's network thinks that this was fraud: giving the money back in time avoids the dispute."""

    type: str
    actionable: bool = True
    provider_reference: str


class Payment(Resource):
    """`amount_refunded` counts refunds from the moment they are accepted; a failed refund gives its part back.

    `amount_available` is what the provider has made free to be paid out, net of its `fee`.
    """

    object: str = "payment"
    status: PaymentStatus
    amount: PositiveAmount
    amount_capturable: Amount = 0
    amount_captured: Amount = 0
    amount_refunded: Amount = 0
    amount_disputed: Amount = 0
    currency: Currency
    customer_id: CustomerId
    payment_method: str | None = None
    capture_method: CaptureMethod = "automatic"
    destination: Destined = Field(default_factory=Sale)
    provider: str
    provider_reference: str | None = None
    last_error: LastError | None = None
    next_action: NextAction | None = None
    processing: Processing | None = None
    description: str | None = None
    return_url: str | None = None
    fee: Amount | None = None
    balance_transaction: str | None = None
    amount_available: Amount = 0
    client_secret: str | None = None
    canceled_at: Instant | None = None
    cancellation_reason: CancellationReason | None = None
    fraud_warning: FraudWarning | None = None


class Refund(Resource):
    """`destination` is the payment's, with the tax that this refund gives back; the ledger posts by it."""

    object: str = "refund"
    status: RefundStatus
    amount: PositiveAmount
    currency: Currency
    payment: str
    customer_id: CustomerId
    reason: RefundReason | None = None
    pending_reason: Literal["processing", "insufficient_funds", "charge_pending"] | None = None
    failure_reason: Literal["lost_or_stolen_card", "expired_or_canceled_card", "declined", "unknown"] | None = None
    credit_note: str | None = None
    destination: Destined = Field(default_factory=Sale)
    hold: str | None = Field(default=None, description="The wallet hold behind the refund of a top-up.")
    provider: str
    provider_reference: str | None = None


# Commands: what may be asked. `subject` of the envelope is the payment, or the refund to be made.


class CreatePayment(Wire):
    """`payment.create`; the envelope's subject is the id that the payment will have."""

    amount: PositiveAmount
    currency: Currency
    customer_id: CustomerId
    payment_method: Token | None = None
    confirm: bool = True
    capture_method: CaptureMethod = "automatic"
    destination: Destined = Field(default_factory=Sale)
    return_url: Annotated[str, Field(max_length=2048, pattern=r"^https?://")] | None = None
    off_session: bool = False
    description: Text | None = None
    metadata: Metadata = Field(default_factory=dict)


class ConfirmPayment(Wire):
    """`payment.confirm`: try (again), with another method if one is given."""

    payment_method: Token | None = None
    return_url: Annotated[str, Field(max_length=2048, pattern=r"^https?://")] | None = None
    off_session: bool = False


class CapturePayment(Wire):
    """`payment.capture`: all that was authorised, or a part; the rest is released."""

    amount: PositiveAmount | None = None


class CancelPayment(Wire):
    """`payment.cancel`."""

    reason: CancellationReason | None = None


class CreateRefund(Wire):
    """`refund.create`, sent to the payment; `refund` is the id that the refund will have.

    One for a `credit_note` gives back what that has taken from the income already. One that must leave so much of the
    payment (`leaving`, in minor units) is refused rather than take of it, whoever else has refunded a part.
    """

    refund: Token
    amount: PositiveAmount | None = None
    reason: RefundReason | None = None
    credit_note: Token | None = None
    leaving: Amount = 0
    metadata: Metadata = Field(default_factory=dict)


class AuthenticatePayment(Wire):
    """`payment.authenticate`: the customer came back from the (simulated) bank."""

    outcome: Literal["succeed", "fail"]


COMMANDS: dict[str, type[Wire]] = {
    "payment.create": CreatePayment,
    "payment.confirm": ConfirmPayment,
    "payment.capture": CapturePayment,
    "payment.cancel": CancelPayment,
    "payment.authenticate": AuthenticatePayment,
    "refund.create": CreateRefund,
    "payout.create": CreatePayout,
    "payout.simulate": SimulatePayout,
    **disputes.COMMANDS,
    **payment_methods.COMMANDS,
    "provider_event.record": ProviderEvent,
    "provider.configure": SimulatedSettings,
    **reconciliation.COMMANDS,
}

EVENTS: dict[str, type[Resource]] = {
    **dict.fromkeys(
        (
            "payment.created",
            "payment.processing_started",
            "payment.action_required",
            "payment.authorized",
            "payment.succeeded",
            "payment.failed",
            "payment.canceled",
            "payment.fraud_warned",
            "payment.updated",
        ),
        Payment,
    ),
    **dict.fromkeys(
        (
            "refund.created",
            "refund.action_required",
            "refund.succeeded",
            "refund.failed",
            "refund.canceled",
            "refund.updated",
        ),
        Refund,
    ),
    **payouts.EVENTS,
    **disputes.EVENTS,
    **payment_methods.EVENTS,
    **provider_events.EVENTS,
    **reconciliation.EVENTS,
}


# Queries: names under `pocketpay.query.payments.…`, their parameters in `Query.params`.


class PaymentListing(Listing):
    """`payments`."""

    customer_id: str | None = None


class RefundListing(Listing):
    """`refunds`."""

    customer_id: str | None = None
    payment: str | None = None
