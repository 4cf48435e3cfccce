"""Answers about documents: an issued invoice as its page shows it, and PDFs."""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from asyncpg import Connection

from actors.invoicing.documents.invoice_pages import invoice_page
from actors.invoicing.documents.rendering import Document, rendered_aside, sheet_of
from actors.invoicing.states import Party
from actors.runtime.actor import LongAnswer, Rest
from actors.runtime.resources import not_found, refused, whole
from messages.customers import Profile
from messages.documents import CreditNoteDocument, InvoiceDocument, Paper, Pdf, PdfPart, shown_rate
from messages.envelope import Query, Reply
from messages.products import TaxRate
from messages.queries import ById
from messages.wire import Json
from storage import invoice_documents

PART_BYTES: Final = 600_000
"""In base64 a third more, so that a reply stays below what a message may hold."""

LETTER_COUNTRIES: Final = frozenset({"CA", "CL", "CO", "CR", "DO", "GT", "MX", "PA", "PH", "PR", "SV", "US", "VE"})


def answers(fonts: Path | None = None) -> Mapping[str, LongAnswer]:
    """The queries; `fonts` is the operator's folder of further fonts."""

    async def invoice_pdf(connection: Connection, query: Query) -> Reply | Rest:
        return _part(await _invoice(connection, query), query, fonts)

    async def credit_note_pdf(connection: Connection, query: Query) -> Reply | Rest:
        return _part(await _credit_note(connection, query), query, fonts)

    return {"invoice_document": invoice_document, "invoice_pdf": invoice_pdf, "credit_note_pdf": credit_note_pdf}


async def invoice_document(connection: Connection, query: Query) -> Reply:
    """As its own page shows it; a draft has none."""
    document = await _invoice(connection, query)
    return _missing(query) if document is None else whole(invoice_page(document))


def _part(document: Document | None, query: Query, fonts: Path | None) -> Reply | Rest:
    """Made after the reading: a long document takes longer than a connection may idle."""
    if document is None:
        return _missing(query)
    part = PdfPart.model_validate(query.params).part

    async def made() -> Reply:
        try:
            pdf = await rendered_aside(document, fonts)
        except TimeoutError:
            return refused(503, "overloaded", "Others have documents made just now.")
        chosen = pdf[part * PART_BYTES :][:PART_BYTES]
        number = sheet_of(document).number
        return whole(Pdf(pdf=b64encode(chosen).decode(), number=number, parts=-(-len(pdf) // PART_BYTES)))

    return made


def _missing(query: Query) -> Reply:
    return not_found(f"Nothing was issued as {query.params.get('id')}.")


async def _invoice(connection: Connection, query: Query) -> InvoiceDocument | None:
    asked = ById.model_validate(query.params)
    found = await invoice_documents.find_invoice(connection, query.tenant, asked.id)
    if found is None:
        return None
    return InvoiceDocument.model_validate({**_issued(found), "invoice": found["invoice"], "lines": found["lines"]})


async def _credit_note(connection: Connection, query: Query) -> CreditNoteDocument | None:
    asked = ById.model_validate(query.params)
    found = await invoice_documents.find_credit_note(connection, query.tenant, asked.id)
    return None if found is None else CreditNoteDocument.model_validate({**found, **_issued(found)})


def _issued(found: Json) -> Json:
    """Out of the snapshot; a rate that is not in it is shown as it is named now."""
    party = Party.model_validate(found["party"])
    known = {rate.id: rate for rate in (shown_rate(TaxRate.model_validate(body)) for body in found["rates"])}
    known |= {rate.id: rate for rate in party.tax_rates}
    return {
        "party": party.profile,
        "seller": party.seller,
        "locale": party.locale,
        "time_zone": party.time_zone,
        "template": party.template,
        "tax_rates": list(known.values()),
        "paper": paper_of(party.profile),
    }


def paper_of(party: Profile) -> Paper:
    """What printers hold where the customer lives."""
    return "letter" if party.address and party.address.country in LETTER_COUNTRIES else "a4"
