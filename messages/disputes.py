"""Disputes: a customer's bank takes a payment back, and what becomes of that."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from messages.destinations import Destined, Sale
from messages.ids import CustomerId
from messages.money import Amount, Currency, PositiveAmount
from messages.queries import Listing
from messages.resource import Resource
from messages.wire import Instant, Wire


class DisputeStatus(StrEnum):
    """Closed for v1. The `warning_…` are inquiries and move no money; the last four are final."""

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WARNING_CLOSED = "warning_closed"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"


DisputeReason = Literal[
    "bank_cannot_process",
    "check_returned",
    "credit_not_processed",
    "customer_initiated",
    "debit_not_authorized",
    "duplicate",
    "fraudulent",
    "general",
    "incorrect_account_details",
    "insufficient_funds",
    "noncompliant",
    "product_not_received",
    "product_unacceptable",
    "subscription_canceled",
    "unrecognized",
]


EvidenceText = Annotated[str, StringConstraints(max_length=20_000)]


class Evidence(Wire):
    """What is said against the dispute."""

    product_description: EvidenceText | None = None
    customer_communication: EvidenceText | None = None
    uncategorized_text: EvidenceText | None = None


class EvidenceDetails(Wire):
    """Until when evidence is taken, and how often it was handed in."""

    due_by: Instant | None = None
    has_evidence: bool = False
    past_due: bool = False
    submission_count: int = 0


class Dispute(Resource):
    """`amount_withdrawn` and `fee` are what the provider took. The ledger posts by `destination`, the payment's."""

    object: str = "dispute"
    status: DisputeStatus
    amount: PositiveAmount
    currency: Currency
    payment: str
    customer_id: CustomerId
    reason: DisputeReason
    amount_withdrawn: Amount = 0
    fee: Amount = 0
    fee_returned: Amount = 0
    evidence: Evidence = Field(default_factory=Evidence)
    evidence_details: EvidenceDetails = Field(default_factory=EvidenceDetails)
    destination: Destined = Field(default_factory=Sale)
    provider: str
    provider_reference: str | None = None


EVENTS: dict[str, type[Resource]] = dict.fromkeys(
    (
        "dispute.created",
        "dispute.updated",
        "dispute.evidence_submitted",
        "dispute.deadline_neared",
        "dispute.funds_withdrawn",
        "dispute.funds_reinstated",
        "dispute.won",
        "dispute.lost",
        "dispute.closed",
    ),
    Dispute,
)


# Commands: `subject` of the envelope is the dispute, but for `dispute.open` the payment.


class SubmitEvidence(Evidence):
    """`dispute.submit_evidence`: what is left out stays as it was said before."""


class AcceptDispute(Wire):
    """`dispute.accept`: give in; the money is lost for good."""


class OpenDispute(Wire):
    """`dispute.open`, in a test: the customer's bank takes the payment back."""


class CloseDispute(Wire):
    """`dispute.close`, in a test: who was right."""

    outcome: Literal["won", "lost"]


COMMANDS: dict[str, type[Wire]] = {
    "dispute.submit_evidence": SubmitEvidence,
    "dispute.accept": AcceptDispute,
    "dispute.open": OpenDispute,
    "dispute.close": CloseDispute,
}


class DisputeListing(Listing):
    """`disputes`."""

    customer_id: str | None = None
    payment: str | None = None
