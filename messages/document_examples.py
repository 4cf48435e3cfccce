"""Examples of documents: an invoice's page, and a PDF on its way."""

from datetime import UTC, datetime

from messages.documents import InvoicePage, Labeled, Pdf, PdfPart, Sheet, SheetRow

_SHEET = Sheet(
    template=1,
    paper="letter",
    language="en",
    title="Invoice",
    number="INV-2026-000001",
    issued_at=datetime(2026, 10, 31, tzinfo=UTC),
    headline="$36.00 due November 30, 2026",
    seller=["Example GmbH", "Allee 1", "10115 Berlin"],
    party_label="Bill to",
    party=["Ada Lovelace", "Springfield, IL 62701", "United States"],
    facts=[Labeled(label="Number", value="INV-2026-000001")],
    columns=SheetRow(description="Description", quantity="Quantity", amount="Amount"),
    rows=[SheetRow(description="Pro", detail="Oct 31, 2026 – Nov 29, 2026", quantity="3", amount="$36.00")],
    totals=[Labeled(label="Total", value="$36.00", strong=True)],
    notes=[],
    footer="",
    page="Page {page} of {pages}",
)

DOCUMENT_EXAMPLES = (
    InvoicePage(
        sheet=_SHEET,
        rows_left=0,
        invoice="inv_01ja",
        status="open",
        amount_remaining=3600,
        remaining="$36.00",
        payment=None,
        words={"pay": "Pay $36.00", "download": "Download PDF"},
    ),
    PdfPart(id="inv_01ja"),
    Pdf(pdf="JVBERi0xLjcK", number="INV-2026-000001", parts=1),
)
