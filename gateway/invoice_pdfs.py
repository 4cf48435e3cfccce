"""Invoices and credit notes as PDF, put together from the parts that invoicing sends."""

from base64 import b64decode

from aiohttp import web

from gateway.door import caller_of, door_of
from gateway.questions import resource_of
from gateway.route import V1, Input, Route, RouteHandler, id_of
from messages.documents import Pdf
from messages.envelope import Query
from messages.invoicing import ACTOR

PDF = "application/pdf"


async def pdf_of(request: web.Request, tenant: str, query: str, entity: str) -> web.Response:
    """The whole of it. Raises Problem."""
    first = await _part(request, tenant, query, entity, 0)
    rest = [await _part(request, tenant, query, entity, part) for part in range(1, first.parts)]
    body = b"".join(b64decode(part.pdf) for part in (first, *rest))
    headers = {"Content-Disposition": f'inline; filename="{first.number}.pdf"', "Cache-Control": "private, no-cache"}
    return web.Response(body=body, content_type=PDF, headers=headers)


async def _part(request: web.Request, tenant: str, query: str, entity: str, part: int) -> Pdf:
    asked = Query(tenant=tenant, params={"id": entity, "part": part})
    return Pdf.model_validate(await resource_of(door_of(request).bus, ACTOR, query, asked))


def _read(query: str) -> RouteHandler:
    async def answer(request: web.Request, _: Input) -> web.StreamResponse:
        return await pdf_of(request, caller_of(request).tenant, query, id_of(request))

    return answer


INVOICE_PDFS: list[Route] = [
    Route(
        *("GET", f"{V1}/invoices/{{id}}.pdf", _read("invoice_pdf"), "billing:read"),
        *("getInvoicePdf", "An issued invoice as PDF, always the same"),
        media=(PDF,),
        codes=("not_found", "unavailable"),
    ),
    Route(
        *("GET", f"{V1}/credit-notes/{{id}}.pdf", _read("credit_note_pdf"), "billing:read"),
        *("getCreditNotePdf", "A credit note as PDF, always the same"),
        media=(PDF,),
        codes=("not_found", "unavailable"),
    ),
]
"""Before the routes of the resources themselves: an id ends before `.pdf`."""
