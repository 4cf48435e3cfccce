"""Invoices: their list, wishes and routes."""

from functools import partial
from typing import Annotated

from aiohttp import web
from pydantic import BeforeValidator

from gateway.commands import Wish
from gateway.ledger_bodies import NoBody
from gateway.ledger_parameters import LineList
from gateway.parameters import Listed, Read, several
from gateway.problems import Problem
from gateway.reads import after_created, after_id, by_id, nothing, one, page
from gateway.route import V1, Route, id_of
from gateway.shapes import ListOf
from gateway.writes import of_one, with_version, write
from messages.ids import Token, new_id
from messages.invoices import (
    CreateInvoice,
    DeletedInvoice,
    DeleteInvoice,
    FinalizeInvoice,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    MarkUncollectible,
    PayInvoice,
    SendInvoice,
    SeriesAudit,
    UpdateInvoice,
    VoidInvoice,
)
from messages.invoicing import ACTOR


class InvoiceList(Listed):
    """`status` may be several, with commas."""

    status: Annotated[list[InvoiceStatus], BeforeValidator(several)] = []
    customer_id: Token | None = None
    subscription: Token | None = None


def create(_: web.Request, body: CreateInvoice) -> Wish:
    """A draft whose id is chosen here."""
    return Wish(ACTOR, "invoice.create", new_id("inv"), body)


def update(request: web.Request, body: UpdateInvoice) -> Wish:
    """At the version that the caller saw, if that matters to them."""
    return Wish(ACTOR, "invoice.update", id_of(request), with_version(request, body))


def delete(request: web.Request, _: None) -> Wish:
    """A draft."""
    return Wish(ACTOR, "invoice.delete", id_of(request), DeleteInvoice())


def send(request: web.Request, _: NoBody) -> Wish:
    """By mail."""
    return Wish(ACTOR, "invoice.send", id_of(request), SendInvoice())


def by_series(request: web.Request) -> dict[str, str]:
    """`…/{series}`."""
    series = id_of(request, "series")
    if len(series) > 20:
        raise Problem("not_found", "There is no such series.")
    return {"series": series}


_of = partial(of_one, ACTOR)
_INVOICE = f"{V1}/invoices/{{id}}"
_NAMED = ("reference_not_found", "price_inactive", "mixed_currencies", "coupon_not_applicable", "tax_conflict")
_STATE = ("wrong_state", "outcome_pending")
_CHARGE = (
    *("card_declined", "authentication_required", "insufficient_funds", "provider_unavailable", "switched_off"),
    "test_mode_only",
)

INVOICES = [
    Route(
        *("POST", f"{V1}/invoices", write(create), "billing:write"),
        *("createInvoice", "Make a draft by hand", Invoice),
        body=CreateInvoice,
        status=201,
        codes=("not_found", *_NAMED, "amount_too_small", "amount_too_large", "currency_mismatch", "wrong_state"),
    ),
    Route(
        *("GET", f"{V1}/invoices", page(ACTOR, "invoices", nothing, after_created), "billing:read"),
        *("listInvoices", "List invoices, the newest first", ListOf[Invoice], InvoiceList),
    ),
    Route(
        *("GET", _INVOICE, one(ACTOR, "invoice", by_id), "billing:read"),
        *("getInvoice", "Read an invoice with its first 100 lines", Invoice, Read),
    ),
    Route(
        *("PATCH", _INVOICE, write(update), "billing:write"),
        *("updateInvoice", "Change a draft", Invoice),
        body=UpdateInvoice,
        codes=("version_conflict", *_NAMED, "amount_too_small", "amount_too_large", *_STATE),
    ),
    Route(
        *("DELETE", _INVOICE, write(delete), "billing:write"),
        *("deleteInvoice", "Delete a draft", DeletedInvoice),
        codes=_STATE,
    ),
    Route(
        *("GET", f"{_INVOICE}/lines", page(ACTOR, "invoice_lines", by_id, after_id), "billing:read"),
        *("listInvoiceLines", "List all lines of an invoice", ListOf[InvoiceLine], LineList),
    ),
    Route(
        *("POST", f"{_INVOICE}/finalize", write(_of("invoice.finalize")), "billing:write"),
        *("finalizeInvoice", "Open a draft: it gets its number and is collected", Invoice),
        body=FinalizeInvoice,
        codes=(*_STATE, "nothing_to_invoice", "amount_too_large"),
    ),
    Route(
        *("POST", f"{_INVOICE}/pay", write(_of("invoice.pay")), "billing:write"),
        *("payInvoice", "Pay it now, or say that it was paid elsewhere", Invoice),
        body=PayInvoice,
        codes=(*_STATE, *_CHARGE, "amount_too_large", "payment_method_unusable"),
    ),
    Route(
        *("POST", f"{_INVOICE}/void", write(_of("invoice.void")), "billing:write"),
        *("voidInvoice", "Take an open invoice back; its number stays", Invoice),
        body=VoidInvoice,
        codes=_STATE,
    ),
    Route(
        *(
            "POST",
            f"{_INVOICE}/mark-uncollectible",
            write(_of("invoice.mark_uncollectible")),
            "billing:write",
        ),
        *("markInvoiceUncollectible", "Give up an open invoice; it may still be paid", Invoice),
        body=MarkUncollectible,
        codes=_STATE,
    ),
    Route(
        *("POST", f"{_INVOICE}/send", write(send), "billing:write"),
        *("sendInvoice", "Say that it is to be mailed; a draft is opened first", Invoice),
        body=NoBody,
        codes=(*_STATE, "nothing_to_invoice"),
    ),
    Route(
        *("GET", f"{V1}/invoice-series/{{series}}/audit", one(ACTOR, "series_audit", by_series), "billing:read"),
        *("auditSeries", "Whether the numbers of a series have no gap", SeriesAudit, Read),
    ),
]
