"""A customer's money with us: wallets, holds on them, and transfers between them."""

from typing import Any, Literal

from pydantic import Field

from messages.ids import CustomerId
from messages.money import Amount, Balance, Currency, PositiveAmount
from messages.resource import Resource, Versioned
from messages.wire import Instant, Wire


class WalletBalance(Wire):
    """`available` may be spent, down to minus the overdraft limit; `held` is promised; `posted` is their sum."""

    currency: Currency
    posted: Balance
    held: Amount
    available: Balance
    overdraft_limit: Amount = 0


class Wallet(Versioned):
    """A customer's money with us. A customer without movements has a wallet without balances."""

    object: Literal["wallet"] = "wallet"
    id: str = Field(description="The customer's id, again: a wallet has no other name.")
    customer_id: CustomerId
    status: Literal["active", "frozen"] = "active"
    balances: list[WalletBalance] = []
    version: int = 0
    metadata: dict[str, str] = {}
    livemode: bool = False
    created_at: Instant | None = None
    updated_at: Instant | None = None
    position: str | None = None


class Hold(Resource):
    """Wallet money set aside. A partial confirmation closes it and gives the rest back."""

    object: str = "hold"
    status: Literal["open", "confirmed", "voided", "expired"] = "open"
    customer_id: CustomerId
    amount: PositiveAmount
    amount_confirmed: Amount = 0
    currency: Currency
    destination: dict[str, Any] = {"type": "sale"}
    expires_at: Instant | None = None
    transaction: str
    closed_at: Instant | None = None


class Transfer(Resource):
    """Money from one wallet to another; `fee` is on top and paid by the sender."""

    object: str = "transfer"
    status: Literal["succeeded", "reversed"] = "succeeded"
    from_customer: CustomerId
    to_customer: CustomerId
    amount: PositiveAmount
    fee: Amount = 0
    currency: Currency
    transaction: str
    description: str | None = None
    reversed_by: str | None = Field(default=None, description="The transaction that gave it back.")
