"""A credit note, as it reads. Its amounts are what is taken back, so they are above nothing."""

from actors.invoicing.documents.sheet_parts import (
    Tongue,
    common,
    plain_lines,
    reverse_charged,
    tax_total,
    tongue_of,
)
from messages.credit_notes import CreditNoteLine
from messages.documents import CreditNoteDocument, Labeled, Sheet, SheetRow
from messages.formats import date_text, plain, quantity_text


def credit_note_sheet(document: CreditNoteDocument) -> Sheet:
    """Also of one that was voided later: what was sent once is not made to read otherwise."""
    note = document.note
    tongue = tongue_of(document, note.currency)
    words = tongue.words
    reverse = words.reverse_charge if reverse_charged(document, note.taxes) else None
    return Sheet(
        **common(document, tongue),
        title=words.credit_note,
        number=note.number or "",
        issued_at=note.created_at,
        headline="",
        facts=_facts(document, tongue),
        columns=SheetRow(description=words.description, quantity=words.quantity, tax=words.tax, amount=words.amount),
        rows=[_row(document, line, tongue) for line in note.lines],
        totals=_totals(document, tongue),
        notes=plain_lines([note.memo, reverse]),
    )


def _facts(document: CreditNoteDocument, tongue: Tongue) -> list[Labeled]:
    words = tongue.words
    facts = (
        (words.number, document.note.number or ""),
        (words.issued_on, date_text(document.note.created_at, document.time_zone, tongue.locale)),
        (words.for_invoice, document.invoice_number or ""),
    )
    return [Labeled(label=label, value=value) for label, value in facts if value]


def _row(document: CreditNoteDocument, line: CreditNoteLine, tongue: Tongue) -> SheetRow:
    return SheetRow(
        description=plain(document.descriptions.get(line.invoice_line, "")),
        quantity=quantity_text(line.quantity, tongue.locale) if line.quantity else "",
        tax=tongue.money(line.tax) if line.tax else "",
        amount=tongue.money(line.amount),
    )


def _totals(document: CreditNoteDocument, tongue: Tongue) -> list[Labeled]:
    note, words, money = document.note, tongue.words, tongue.money
    where = (
        (words.refunded, note.refund_amount),
        (words.to_wallet, note.wallet_amount),
        (words.outside, note.outside_amount),
        (words.off_invoice, note.invoice_amount),
    )
    return [
        Labeled(label=words.subtotal, value=money(note.subtotal)),
        *(tax_total(document, tax, tongue) for tax in note.taxes),
        Labeled(label=words.total, value=money(note.total), strong=True),
        *(Labeled(label=label, value=money(amount)) for label, amount in where if amount),
    ]
