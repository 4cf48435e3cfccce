"""Invoices and their lines: what a customer owes, for what, and how it was paid. Amounts in minor units."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from messages.customers import ShortText
from messages.ids import CustomerId, Token
from messages.money import Amount, Balance, Currency, PositiveAmount
from messages.quantities import Quantity
from messages.queries import Listing
from messages.resource import Metadata, MetadataChanges, Resource
from messages.spans import MaybeSpan, WishedSpan
from messages.subscriptions import CollectionMethod, DaysUntilDue
from messages.wire import Instant, Moment, Wire

InvoiceStatus = Literal["draft", "open", "paid", "void", "uncollectible"]
"""Closed for v1; the moves between them are in `actors/invoicing/invoice_moves.py`."""

BillingReason = Literal[
    "subscription_create", "subscription_cycle", "subscription_update", "subscription_threshold", "manual", "upcoming"
]
LineType = Literal["subscription", "usage", "one_time", "manual"]
LINES_SHOWN = 100
LINES_MAX = 1_000


class InvoiceTax(Wire):
    """What is owed to one jurisdiction by one rate; part of the total, whether it was on top or inside."""

    tax_rate: str | None = None
    jurisdiction: Token = "other"
    inclusive: bool = False
    taxable_amount: Balance = 0
    amount: Balance = 0


class InvoiceLine(Wire):
    """`amount` may be below nothing: a credit for what was not used. `unit_amount` is null where tiers decide."""

    id: str
    object: Literal["invoice_line"] = "invoice_line"
    invoice: str
    type: LineType
    description: str
    price: str | None = None
    product: str | None = None
    subscription: str | None = None
    subscription_item: str | None = None
    proration: bool = False
    quantity: str = "1"
    unit_amount: int | None = None
    amount: Balance
    discount: Amount = 0
    currency: Currency
    taxes: list[InvoiceTax] = []
    period: MaybeSpan = MaybeSpan()
    metadata: dict[str, str] = {}


class PaymentError(Wire):
    """Why the last payment did not succeed; codes alone, and nothing of whose card it was."""

    code: str
    decline_code: str | None = None


class Invoice(Resource):
    """`total` = `subtotal` - `discount` + exclusive taxes; `amount_due` = `total` - `amount_from_wallet`.

    `amount_remaining` = `amount_due` - `amount_paid` - `amount_credited` is what falls to 0; `amount_paid_outside` is
    the part of `amount_paid` that no payment of ours brought. A draft may come to less than nothing. `amount_deferred`
    is the part of the net total that is earned over time; of a void invoice, what was still to be earned. No event
    carries the `hosted_url`: whoever has it may see and pay the invoice. `last_payment_error` stays
    until the next payment begins.
    """

    object: str = "invoice"
    number: str | None = None
    series: str | None = None
    status: InvoiceStatus = "open"
    customer_id: CustomerId
    subscription: str | None = None
    billing_reason: BillingReason = "manual"
    currency: Currency
    subtotal: Balance = 0
    discount: Amount = 0
    tax: Balance = 0
    total: Balance
    amount_credited: Amount = 0
    amount_from_wallet: Amount = 0
    amount_due: Amount = 0
    amount_paid: Amount = 0
    amount_paid_outside: Amount = 0
    amount_remaining: Amount = 0
    amount_deferred: Balance = 0
    period: MaybeSpan = MaybeSpan()
    taxes: list[InvoiceTax] = []
    coupons: list[str] = []
    lines: list[InvoiceLine] = []
    lines_has_more: bool = False
    collection_method: CollectionMethod = "charge_automatically"
    auto_advance: bool = True
    due_date: Instant | None = None
    attempt_count: int = 0
    next_payment_attempt: Instant | None = None
    collection_paused: bool = False
    payments: list[str] = []
    payment_method: str | None = None
    last_payment_error: PaymentError | None = None
    hosted_url: str | None = None
    pdf_url: str | None = None
    description: str | None = None
    footer: str | None = None
    finalized_at: Instant | None = None
    paid_at: Instant | None = None
    paid_out_of_band: bool = False
    voided_at: Instant | None = None
    test_clock: str | None = None


class LineWish(Wire):
    """A price with a quantity, or an amount with words; below nothing it lowers the invoice."""

    price: Token | None = None
    quantity: Quantity | None = None
    amount: Balance | None = None
    description: ShortText | None = None
    tax_rates: list[Token] | None = Field(default=None, max_length=10)
    period: WishedSpan | None = None
    metadata: Metadata = Field(default_factory=dict)


class CreateInvoice(Wire):
    """`invoice.create`: a draft by hand; `auto_advance` finalises it by itself after an hour."""

    customer_id: CustomerId
    currency: Currency | None = None
    subscription: Token | None = None
    lines: Annotated[list[LineWish], Field(max_length=LINES_MAX)] = []
    collection_method: CollectionMethod = "charge_automatically"
    days_until_due: DaysUntilDue | None = None
    due_date: Moment | None = None
    coupons: list[Token] = Field(default_factory=list, max_length=20)
    default_tax_rates: list[Token] = Field(default_factory=list, max_length=10)
    payment_method: Token | None = None
    auto_advance: bool = False
    from_wallet: bool = False
    description: ShortText | None = None
    footer: ShortText | None = None
    metadata: Metadata = Field(default_factory=dict)


class UpdateInvoice(Wire):
    """`invoice.update`, of a draft: what is sent replaces what was there; `lines` all of them.

    Null empties what may be empty. On the bus it holds what was sent alone.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    lines: Annotated[list[LineWish], Field(max_length=LINES_MAX)] | None = None
    coupons: list[Token] | None = Field(default=None, max_length=20)
    default_tax_rates: list[Token] | None = Field(default=None, max_length=10)
    collection_method: CollectionMethod | None = None
    days_until_due: DaysUntilDue | None = None
    due_date: Moment | None = None
    payment_method: Token | None = None
    auto_advance: bool | None = None
    description: ShortText | None = None
    footer: ShortText | None = None
    metadata: MetadataChanges | None = None
    if_match: int | None = None

    @model_serializer(mode="wrap")
    def _as_sent(self, write: SerializerFunctionWrapHandler):
        return {name: value for name, value in write(self).items() if name in self.model_fields_set}


class DeleteInvoice(Wire):
    """`invoice.delete`, of a draft."""


class DeletedInvoice(Wire):
    """What is left to say of it."""

    id: str
    object: Literal["invoice"] = "invoice"
    deleted: Literal[True] = True


class FinalizeInvoice(Wire):
    """`invoice.finalize`: it gets its number, and nothing of what it asks for changes any more."""

    auto_advance: bool | None = None


class PayInvoice(Wire):
    """`invoice.pay`: from a payment method, from the wallet, or it was paid outside, wholly or in part."""

    payment_method: Token | None = None
    out_of_band: bool = False
    amount: PositiveAmount | None = None
    off_session: bool = False
    return_url: Annotated[str, Field(max_length=2048, pattern=r"^https?://")] | None = None


class VoidInvoice(Wire):
    """`invoice.void`."""

    reason: ShortText | None = None


class MarkUncollectible(Wire):
    """`invoice.mark_uncollectible`."""

    reason: ShortText | None = None


class SendInvoice(Wire):
    """`invoice.send`: says that it should be mailed; a draft is finalised first."""


class InvoiceListing(Listing):
    """`invoices`."""

    customer_id: str | None = None
    subscription: str | None = None


class InvoiceLineListing(Wire):
    """`invoice_lines` of one invoice, in the order in which they stand; `after` is the id of the last one seen."""

    id: str
    limit: int = 20
    after: str | None = None


class AuditSeries(Wire):
    """`series_audit`."""

    series: str


class SeriesAudit(Wire):
    """The numbers that were given: without a gap, each once, and in the order of time. `last` is what was counted.

    Of each kind of fault the first 100 are listed. Under a test clock time is no order.
    """

    object: Literal["series_audit"] = "series_audit"
    series: str
    count: int
    first: int | None
    last: int | None
    missing: list[int] = []
    doubled: list[int] = []
    out_of_order: list[int] = []
    by_status: dict[str, int] = {}
    gapless: bool


COMMANDS: dict[str, type[Wire]] = {
    "invoice.create": CreateInvoice,
    "invoice.update": UpdateInvoice,
    "invoice.delete": DeleteInvoice,
    "invoice.finalize": FinalizeInvoice,
    "invoice.pay": PayInvoice,
    "invoice.void": VoidInvoice,
    "invoice.mark_uncollectible": MarkUncollectible,
    "invoice.send": SendInvoice,
}

EVENTS: dict[str, type[Resource]] = dict.fromkeys(
    (
        *("invoice.created", "invoice.updated", "invoice.deleted", "invoice.finalized"),
        *("invoice.finalization_failed", "invoice.sent", "invoice.payment_started"),
        *("invoice.payment_action_required", "invoice.payment_failed", "invoice.partially_paid", "invoice.paid"),
        *("invoice.paid_outside", "invoice.recovered"),
        *("invoice.due_date_neared", "invoice.went_overdue", "invoice.overpayment_returned", "invoice.voided"),
        "invoice.marked_uncollectible",
    ),
    Invoice,
)
