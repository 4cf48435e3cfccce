"""An invoice, as it reads. Nothing that changes after its issue is on it: neither its status nor what was paid."""

from actors.invoicing.documents.sheet_parts import (
    Tongue,
    common,
    plain_lines,
    reverse_charged,
    tax_rates_text,
    tax_total,
    tongue_of,
)
from messages.documents import InvoiceDocument, Labeled, Sheet, SheetRow
from messages.formats import date_text, plain, quantity_text, span_text
from messages.invoices import InvoiceLine


def invoice_sheet(document: InvoiceDocument) -> Sheet:
    """Of an issued invoice, or of a draft as it would be."""
    invoice = document.invoice
    tongue = tongue_of(document, invoice.currency)
    words = tongue.words
    reverse = words.reverse_charge if reverse_charged(document, invoice.taxes) else None
    return Sheet(
        **common(document, tongue),
        title=words.invoice,
        number=invoice.number or "",
        issued_at=invoice.finalized_at or invoice.created_at,
        headline=_headline(document, tongue),
        facts=_facts(document, tongue),
        columns=SheetRow(
            description=words.description,
            quantity=words.quantity,
            unit_price=words.unit_price,
            tax=words.tax,
            amount=words.amount,
        ),
        rows=[_row(document, line, tongue) for line in document.lines],
        totals=_totals(document, tongue),
        notes=plain_lines([invoice.description, reverse, invoice.footer]),
    )


def _headline(document: InvoiceDocument, tongue: Tongue) -> str:
    invoice = document.invoice
    if invoice.due_date is None or not invoice.amount_due:
        return ""
    day = date_text(invoice.due_date, document.time_zone, tongue.locale)
    return tongue.words.due_by.format(amount=tongue.money(invoice.amount_due), date=day)


def _facts(document: InvoiceDocument, tongue: Tongue) -> list[Labeled]:
    invoice, words, zone, locale = document.invoice, tongue.words, document.time_zone, tongue.locale
    facts = (
        (words.number, invoice.number or ""),
        (words.issued_on, date_text(invoice.finalized_at or invoice.created_at, zone, locale)),
        (words.due_on, date_text(invoice.due_date, zone, locale) if invoice.due_date else ""),
        (words.period, span_text(invoice.period, zone, locale)),
    )
    return [Labeled(label=label, value=value) for label, value in facts if value]


def _row(document: InvoiceDocument, line: InvoiceLine, tongue: Tongue) -> SheetRow:
    return SheetRow(
        description=plain(line.description),
        detail=span_text(line.period, document.time_zone, tongue.locale),
        quantity=quantity_text(line.quantity, tongue.locale),
        unit_price="" if line.unit_amount is None else tongue.money(line.unit_amount),
        tax=tax_rates_text(document, line.taxes, tongue.locale),
        amount=tongue.money(line.amount),
    )


def _totals(document: InvoiceDocument, tongue: Tongue) -> list[Labeled]:
    invoice, words, money = document.invoice, tongue.words, tongue.money
    totals = [Labeled(label=words.subtotal, value=money(invoice.subtotal))]
    if invoice.discount:
        totals.append(Labeled(label=words.discount, value=money(-invoice.discount)))
    totals += [tax_total(document, tax, tongue) for tax in invoice.taxes]
    totals.append(Labeled(label=words.total, value=money(invoice.total), strong=True))
    if invoice.amount_from_wallet:
        totals.append(Labeled(label=words.from_wallet, value=money(-invoice.amount_from_wallet)))
        totals.append(Labeled(label=words.amount_due, value=money(invoice.amount_due), strong=True))
    return totals
