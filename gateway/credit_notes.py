"""Credit notes: their list, wishes and routes. Their PDF is with that of invoices."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import BeforeValidator

from gateway.commands import Wish
from gateway.parameters import Listed, Read, several
from gateway.reads import after_created, by_id, nothing, one, page
from gateway.route import V1, Route, id_of
from gateway.shapes import ListOf
from gateway.writes import write
from messages.credit_notes import CreateCreditNote, CreditNote, VoidCreditNote
from messages.ids import Token, new_id
from messages.invoicing import ACTOR


class CreditNoteList(Listed):
    """`status` may be several, with commas; `invoice`: those of one."""

    status: Annotated[list[Literal["issued", "void"]], BeforeValidator(several)] = []
    customer_id: Token | None = None
    invoice: Token | None = None


def create(_: web.Request, body: CreateCreditNote) -> Wish:
    """A credit note whose id is chosen here."""
    return Wish(ACTOR, "credit_note.create", new_id("cn"), body)


def void(request: web.Request, body: VoidCreditNote) -> Wish:
    """The invoice asks for it again."""
    return Wish(ACTOR, "credit_note.void", id_of(request), body)


_NOTE = f"{V1}/credit-notes/{{id}}"

CREDIT_NOTES = [
    Route(
        *("POST", f"{V1}/credit-notes", write(create), "billing:write"),
        *("createCreditNote", "Take an invoice back, by lines or all that is left of it", CreditNote),
        body=CreateCreditNote,
        status=201,
        codes=(
            *("not_found", "amount_too_small", "amount_too_large"),
            *("already_exists", "reference_not_found", "credit_exceeds_invoice", "refund_exceeds_captured"),
            *("wrong_state", "outcome_pending"),
        ),
    ),
    Route(
        *("GET", f"{V1}/credit-notes", page(ACTOR, "credit_notes", nothing, after_created), "billing:read"),
        *("listCreditNotes", "List credit notes, the newest first", ListOf[CreditNote], CreditNoteList),
    ),
    Route(
        *("GET", _NOTE, one(ACTOR, "credit_note", by_id), "billing:read"),
        *("getCreditNote", "Read a credit note", CreditNote, Read),
    ),
    Route(
        *("POST", f"{_NOTE}/void", write(void), "billing:write"),
        *("voidCreditNote", "Take a credit note back, while nothing was given back by it", CreditNote),
        body=VoidCreditNote,
        codes=("wrong_state", "outcome_pending"),
    ),
]
