"""Balance transactions: what a provider booked on our account with it, one for every movement of money there."""

from typing import Annotated, Literal

from pydantic import Field

from messages.ids import Token
from messages.money import AMOUNT_MAX, Balance, Currency
from messages.queries import Listing
from messages.resource import Resource
from messages.wire import Instant, Wire

Signed = Annotated[int, Field(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
Category = Literal[
    "charge",
    "refund",
    "refund_failure",
    "dispute",
    "dispute_reversal",
    "fee",
    "payout",
    "payout_failure",
    "other",
]
"""Of what kind the movement is; after Stripe's `reporting_category`, which its documents want used for accounting."""


class Booking(Wire):
    """A balance transaction as the provider tells it. Amounts are in minor units of `currency`, that of settlement.

    `amount` is signed, positive when it came to us; `fee` was kept of it, and `net` is what is left. `source` is the
    provider's name of what moved (a charge, refund, dispute or payout), `charges` are its names of the charge behind
    it, and `ours` is the id of the payment, refund or payout as we told it to the provider.
    """

    id: Token
    category: Category
    amount: Signed
    fee: Balance = 0
    net: Signed
    currency: Currency
    created: Instant
    available_on: Instant
    source: str | None = None
    charges: list[str] = []
    ours: str | None = None


class Moved(Wire):
    """What of ours a balance transaction is about."""

    object: Literal["payment", "refund", "dispute", "payout"]
    id: str


class BalanceTransaction(Resource):
    """A `Booking` as we keep it. `source` is null as long as nobody knows what of ours it is about.

    `provider_reference` is its id there, `provider_source` that of what moved. `payout` is the settlement that it was
    paid out with. `created_at` is by the provider's clock, `heard_at` by ours.
    """

    object: str = "balance_transaction"
    status: Literal["pending", "available"] = "pending"
    category: Category
    amount: Signed
    fee: Balance
    net: Signed
    currency: Currency
    available_on: Instant
    source: Moved | None = None
    payout: str | None = None
    provider: str
    provider_reference: str
    provider_source: str | None = None
    heard_at: Instant


class BookingListing(Listing):
    """`balance_transactions`: `source` is the id of a payment, refund, dispute or payout."""

    source_id: str | None = None
    payout: str | None = None
