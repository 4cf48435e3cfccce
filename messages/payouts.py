"""Payouts: money that leaves the provider, for a customer's wallet or for our own bank."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from messages.ids import CustomerId
from messages.money import Currency, PositiveAmount
from messages.queries import Listing
from messages.resource import Metadata, Resource, Text
from messages.wire import Wire


class PayoutStatus(StrEnum):
    """Closed for v1; the moves between them are in `actors/payments/moves.py`. A bank may send back what was paid."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


PayoutPurpose = Literal["settlement", "withdrawal"]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]


class Payout(Resource):
    """Of a `withdrawal`, `customer_id` says whose wallet it is from, and `hold` what was set aside there for it.

    What failed before it was sent was `pending` then, and its hold is void; after that it was on its way or paid.
    """

    object: str = "payout"
    status: PayoutStatus
    purpose: PayoutPurpose
    amount: PositiveAmount
    currency: Currency
    customer_id: CustomerId | None = None
    automatic: bool = False
    arrival_date: Day | None = None
    destination: str | None = None
    reconciliation_status: Literal["not_applicable", "in_progress", "completed"] = "not_applicable"
    failure_code: str | None = None
    failure_detail: str | None = None
    description: str | None = None
    hold: str | None = Field(default=None, description="The wallet hold behind a withdrawal.")
    provider: str
    provider_reference: str | None = None


EVENTS: dict[str, type[Resource]] = dict.fromkeys(
    ("payout.created", "payout.sent", "payout.paid", "payout.failed", "payout.canceled", "payout.reconciled"), Payout
)


class CreatePayout(Wire):
    """`payout.create`: a withdrawal; the envelope's subject is the id that the payout will have."""

    customer_id: CustomerId
    amount: PositiveAmount
    currency: Currency
    description: Text | None = None
    metadata: Metadata = Field(default_factory=dict)


class SimulatePayout(Wire):
    """`payout.simulate`: in a test, the bank has the money, or sends it back."""

    outcome: Literal["paid", "fail"]


class PayoutListing(Listing):
    """`payouts`."""

    customer_id: str | None = None
    purpose: PayoutPurpose | None = None
