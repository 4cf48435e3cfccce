"""Documents of invoicing: what an invoice or a credit note on paper is made of, and how it then reads."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from messages.credit_notes import CreditNote
from messages.customers import Locale, Profile, ShortText
from messages.invoices import Invoice, InvoiceLine, InvoiceStatus
from messages.money import Amount
from messages.products import TaxRate
from messages.queries import ById
from messages.wire import Instant, Wire

Paper = Literal["a4", "letter"]
TEMPLATE_NOW = 1
"""What a document gets that is issued today; one that was issued keeps its own for ever."""


class Seller(Wire):
    """Who sends it; `address` line by line, as a letter would carry it."""

    name: str = ""
    address: Annotated[list[ShortText], Field(max_length=8)] = []
    tax_id: ShortText | None = None
    email: ShortText | None = None
    footer: Annotated[str, StringConstraints(max_length=2_000)] | None = None


class ShownTaxRate(Wire):
    """How the tax rate `id` is named to people; `percentage` as it travels, `"19.5"`."""

    id: str
    name: str
    percentage: str
    inclusive: bool = False
    reverse_charge: bool = False


def shown_rate(rate: TaxRate) -> ShownTaxRate:
    """As it is named just now."""
    return ShownTaxRate(
        id=rate.id,
        name=rate.display_name,
        percentage=rate.percentage,
        inclusive=rate.inclusive,
        reverse_charge=rate.reverse_charge,
    )


class Issued(Wire):
    """What every document has. Nothing of it may change once it is issued: the same values make the same bytes."""

    party: Profile
    seller: Seller
    tax_rates: list[ShownTaxRate] = []
    locale: Locale = "en-US"
    time_zone: str = "UTC"
    paper: Paper = "a4"
    template: int = TEMPLATE_NOW


class InvoiceDocument(Issued):
    """`lines` are all of them, also where the invoice shows only the first; `party` is the snapshot of its issue."""

    invoice: Invoice
    lines: list[InvoiceLine] = []


class CreditNoteDocument(Issued):
    """`descriptions`: of the invoice's lines, by their id."""

    note: CreditNote
    invoice_number: str | None = None
    descriptions: dict[str, str] = {}


class Labeled(Wire):
    """A label and what it says; `strong` is what the eye should find first."""

    label: str
    value: str
    strong: bool = False


class SheetRow(Wire):
    """A line of the table. `detail` stands small below the description."""

    description: str
    detail: str = ""
    quantity: str = ""
    unit_price: str = ""
    tax: str = ""
    amount: str = ""


class Sheet(Wire):
    """A document as it reads: every text in the customer's language and formats, nothing left to compute."""

    template: int
    paper: Paper
    language: str
    title: str
    number: str
    issued_at: Instant
    headline: str
    seller: list[str]
    party_label: str
    party: list[str]
    facts: list[Labeled]
    columns: SheetRow
    rows: list[SheetRow]
    totals: list[Labeled]
    notes: list[str]
    footer: str
    page: str
    """`Page {page} of {pages}`."""


class InvoicePage(Wire):
    """An invoice as its own page shows it: the sheet with its first rows, and where it stands now.

    `rows_left` are only in the PDF. `words` are the page's labels, by what they are for.
    """

    sheet: Sheet
    rows_left: int
    invoice: str
    status: InvoiceStatus
    amount_remaining: Amount
    remaining: str
    payment: str | None
    words: dict[str, str]


class PdfPart(ById):
    """`invoice_pdf`, `credit_note_pdf`: each part of a large one is asked for by itself, from 0."""

    part: Annotated[int, Field(ge=0)] = 0


class Pdf(Wire):
    """A part of a PDF, base64; a reply holds no more. The parts of a document fit together whenever they are made."""

    pdf: str
    number: str
    parts: int
