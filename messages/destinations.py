"""Where the money of a payment goes: it is income, or it stays the customer's."""

from typing import Annotated, Literal

from pydantic import Field

from messages.ids import CustomerId, Token
from messages.money import Amount
from messages.wire import Wire


class TaxShare(Wire):
    """The part of an amount that is tax and owed to a jurisdiction."""

    jurisdiction: Token
    amount: Amount


class Sale(Wire):
    """The money is income; `tax` says how much of the whole amount is tax inside it."""

    type: Literal["sale"] = "sale"
    tax: list[TaxShare] = Field(default_factory=list, max_length=20)


class ToWallet(Wire):
    """A top-up: the money stays the customer's."""

    type: Literal["wallet"] = "wallet"
    customer_id: CustomerId


Destination = Annotated[Sale | ToWallet, Field(discriminator="type")]


class ToInvoice(Wire):
    """What an invoice asked for."""

    type: Literal["invoice"] = "invoice"
    invoice: Token


def tax_inside(destination: Sale | ToWallet | ToInvoice | None) -> int:
    """How much of the amount is tax, in minor units. An invoice knows its own."""
    return sum(line.amount for line in destination.tax) if isinstance(destination, Sale) else 0


Destined = Annotated[Sale | ToWallet | ToInvoice, Field(discriminator="type")]
"""Where a payment's money goes; invoicing alone asks for the third."""
