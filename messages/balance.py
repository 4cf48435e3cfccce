"""Balance transactions: what a provider booked on our account with it, one for every movement of money there."""

from typing import Annotated, Literal

from pydantic import Field

from messages.ids import Token
from messages.money import AMOUNT_MAX, Balance, Currency
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
