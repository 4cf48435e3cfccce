"""Credit notes: an invoice is taken back, wholly or in part. Amounts in minor units."""

from typing import Annotated, Literal

from pydantic import Field

from messages.customers import ShortText
from messages.ids import CustomerId, Token
from messages.invoices import InvoiceTax
from messages.money import Amount, Balance, Currency, PositiveAmount
from messages.quantities import Quantity
from messages.queries import Listing
from messages.resource import Metadata, Resource
from messages.wire import Instant, Wire

CreditReason = Literal["duplicate", "fraudulent", "order_change", "product_unsatisfactory"]


class CreditNoteLine(Wire):
    """What is taken back of one line of the invoice, after its discount; of a credit line, below nothing.

    `amount_deferred` of it, without any tax, was still to be earned. Of `taxes`, the inclusive ones lie in the amount.
    """

    id: str
    object: Literal["credit_note_line"] = "credit_note_line"
    invoice_line: str
    quantity: str | None = None
    amount: Balance
    tax: Balance = 0
    taxes: list[InvoiceTax] = []
    amount_deferred: Balance = 0


class CreditNote(Resource):
    """`total` = `refund_amount` + `wallet_amount` + `outside_amount` + `invoice_amount`; a refund of it names it.

    The last lowers what an open invoice asks for.
    """

    object: str = "credit_note"
    number: str | None = None
    status: Literal["issued", "void"] = "issued"
    invoice: str
    customer_id: CustomerId
    currency: Currency
    reason: CreditReason | None = None
    subtotal: Balance = 0
    tax: Balance = 0
    total: Amount
    taxes: list[InvoiceTax] = []
    amount_deferred: Balance = 0
    refund_amount: Amount = 0
    wallet_amount: Amount = 0
    outside_amount: Amount = 0
    invoice_amount: Amount = 0
    refunds: list[str] = []
    lines: list[CreditNoteLine] = []
    pdf_url: str | None = None
    memo: str | None = None
    voided_at: Instant | None = None


class CreditLineWish(Wire):
    """So many units, or so much (before exclusive tax), of one line."""

    invoice_line: Token
    quantity: Quantity | None = None
    amount: PositiveAmount | None = None


class CreateCreditNote(Wire):
    """`credit_note.create`: by lines, or the whole rest without. What is not said otherwise lowers an open invoice,
    and goes back to where a paid one was paid from.
    """

    invoice: Token
    lines: Annotated[list[CreditLineWish], Field(min_length=1, max_length=100)] | None = None
    reason: CreditReason | None = None
    refund_amount: Amount | None = None
    wallet_amount: Amount | None = None
    outside_amount: Amount | None = None
    memo: ShortText | None = None
    metadata: Metadata = Field(default_factory=dict)


class VoidCreditNote(Wire):
    """`credit_note.void`: only while nothing was given back by it."""

    reason: ShortText | None = None


class CreditNoteListing(Listing):
    """`credit_notes`."""

    customer_id: str | None = None
    invoice: str | None = None


COMMANDS: dict[str, type[Wire]] = {"credit_note.create": CreateCreditNote, "credit_note.void": VoidCreditNote}

EVENTS: dict[str, type[Resource]] = dict.fromkeys(
    ("credit_note.issued", "credit_note.settled", "credit_note.voided"), CreditNote
)
