"""Documents made by hand, and what their PDFs say."""

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from actors.invoicing.documents.rendering import Document, rendered
from messages.customers import Address, Profile, TaxId
from messages.documents import InvoiceDocument, Seller, ShownTaxRate
from messages.invoices import Invoice, InvoiceLine, InvoiceTax
from messages.spans import MaybeSpan

ISSUED = datetime(2026, 10, 31, tzinfo=UTC)
DUE = datetime(2026, 11, 30, tzinfo=UTC)
MONTH = MaybeSpan(start=ISSUED, end=DUE)
TAX = InvoiceTax(tax_rate="txr_1", taxable_amount=3000, amount=600)

PARTY = Profile(
    name="Ada Lovelace",
    email="ada@example.com",
    address=Address(line1="1 Main Street", city="Springfield", state="IL", postal_code="62701", country="US"),
    tax_ids=[TaxId(type="eu_vat", value="DE123456789")],
)
SELLER = Seller(
    name="Example GmbH", address=["Hauptstraße 1", "10115 Berlin"], tax_id="DE999999999", footer="HRB 12345"
)


def line(number: int = 1, **fields: Any) -> InvoiceLine:
    """Line `number`."""
    known = {"description": f"Seat {number}", "quantity": "3", "unit_amount": 1200, "amount": 3600, "currency": "USD"}
    common = {"id": f"il_{number}", "invoice": "inv_1", "type": "subscription", "taxes": [TAX], "period": MONTH}
    return InvoiceLine.model_validate({**common, **known, **fields})


def invoice(**fields: Any) -> Invoice:
    """An open one: 36.00 less 6.00, and 20 % on top."""
    amounts = {"subtotal": 3600, "discount": 600, "tax": 600, "total": 3600, "amount_due": 3600, "taxes": [TAX]}
    common = {"id": "inv_1", "number": "INV-2026-000001", "customer_id": "abc", "currency": "USD", "period": MONTH}
    times = {"due_date": DUE, "finalized_at": ISSUED, "created_at": ISSUED, "updated_at": ISSUED}
    return Invoice.model_validate({**common, **amounts, **times, **fields})


def document(*lines: InvoiceLine, **fields: Any) -> InvoiceDocument:
    """An invoice of these lines."""
    rates = [ShownTaxRate(id="txr_1", name="VAT", percentage="20")]
    known: dict[str, Any] = {
        "invoice": invoice(),
        "lines": list(lines),
        "party": PARTY,
        "seller": SELLER,
        "tax_rates": rates,
    }
    return InvoiceDocument(**{**known, **fields})


def pages_of(made: Document) -> list[str]:
    """The text of each page; every kind of space is a space, places to break are gone."""
    found = [page.extract_text() for page in PdfReader(BytesIO(rendered(made))).pages]
    return [re.sub(r"\s+", " ", each.replace("\u200b", "")) for each in found]


def text_of(made: Document) -> str:
    """Of all pages."""
    return " ".join(pages_of(made))
