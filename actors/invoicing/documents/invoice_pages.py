"""An invoice's own page: the sheet as it was issued, and what has become of it since."""

from actors.invoicing.documents.invoice_sheets import invoice_sheet
from actors.invoicing.documents.page_words import ENGLISH, WORDS
from actors.invoicing.documents.sheet_parts import tongue_of
from messages.documents import InvoiceDocument, InvoicePage

ROWS_MAX = 200
"""More would make a page heavy; all of them are in the PDF."""


def invoice_page(document: InvoiceDocument) -> InvoicePage:
    """`payment` is the newest one that was tried for it."""
    invoice, tongue = document.invoice, tongue_of(document, document.invoice.currency)
    remaining = tongue.money(invoice.amount_remaining)
    left = max(0, len(document.lines) - ROWS_MAX)
    shown = document.model_copy(update={"lines": document.lines[:ROWS_MAX]})
    words = WORDS.get(tongue.locale.language, ENGLISH)
    return InvoicePage(
        sheet=invoice_sheet(shown),
        rows_left=left,
        invoice=invoice.id,
        status=invoice.status,
        amount_remaining=invoice.amount_remaining,
        remaining=remaining,
        payment=invoice.payments[-1] if invoice.payments else None,
        words={name: text.format(amount=remaining, count=left) for name, text in words.items()},
    )
