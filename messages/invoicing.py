"""Invoices and credit notes, as far as the books post from them. Amounts in minor units."""

from typing import Literal

from messages.ids import CustomerId, Token
from messages.money import Amount, Currency
from messages.resource import Resource
from messages.wire import Wire

ACTOR = "invoicing"


class InvoiceTax(Wire):
    """What is owed to one jurisdiction; part of the total, whether it was on top or inside."""

    jurisdiction: Token
    amount: Amount


class Invoice(Resource):
    """`amount_deferred` is the part of the net total that is earned over time, after today."""

    object: str = "invoice"
    status: Literal["draft", "open", "paid", "void", "uncollectible"] = "open"
    customer_id: CustomerId
    currency: Currency
    total: Amount
    taxes: list[InvoiceTax] = []
    amount_deferred: Amount = 0
    amount_remaining: Amount = 0


class CreditNote(Resource):
    """Takes an invoice back, wholly or in part.

    `total` = `refund_amount` + `wallet_amount` + `outside_amount` + `invoice_amount`; a refund of it names it.
    """

    object: str = "credit_note"
    status: Literal["issued", "void"] = "issued"
    invoice: str
    customer_id: CustomerId
    currency: Currency
    total: Amount
    taxes: list[InvoiceTax] = []
    amount_deferred: Amount = 0
    refund_amount: Amount = 0
    wallet_amount: Amount = 0
    outside_amount: Amount = 0
    invoice_amount: Amount = 0


EVENTS: dict[str, type[Resource]] = {
    "invoice.finalized": Invoice,
    "invoice.voided": Invoice,
    "invoice.marked_uncollectible": Invoice,
    "credit_note.issued": CreditNote,
}
