"""What would be invoiced: asked, not commanded."""

from aiohttp import web

from gateway.answers import resource
from gateway.door import caller_of, door_of
from gateway.parameters import Read
from gateway.questions import resource_of
from gateway.reads import query_of
from gateway.route import V1, Input, Route
from messages.envelope import Query
from messages.ids import Token
from messages.invoices import Invoice
from messages.invoicing import ACTOR
from messages.previews import PreviewInvoice
from messages.wire import json_of


class Upcoming(Read):
    """Whose next invoice."""

    subscription: Token


async def preview(request: web.Request, given: Input) -> web.StreamResponse:
    """`POST /invoices/preview`: nothing changes, so there is no key and no command."""
    query = Query(tenant=caller_of(request).tenant, params=json_of(given.body))
    return resource(await resource_of(door_of(request).bus, ACTOR, "preview", query))


async def upcoming(request: web.Request, given: Input) -> web.StreamResponse:
    """`GET /invoices/upcoming`: the next one, if nothing is changed before."""
    asked = json_of(PreviewInvoice(subscription=given.parameters.subscription))
    query = query_of(request, given.parameters, asked)
    return resource(await resource_of(door_of(request).bus, ACTOR, "preview", query))


PREVIEWS = [
    Route(
        *("POST", f"{V1}/invoices/preview", preview, "billing:read"),
        *("previewInvoice", "See what a change, or a new subscription, would be invoiced", Invoice),
        body=PreviewInvoice,
        codes=("not_found", "reference_not_found", "wrong_state"),
        told=True,
    ),
    Route(
        *("GET", f"{V1}/invoices/upcoming", upcoming, "billing:read"),
        *("getUpcomingInvoice", "See a subscription's next invoice", Invoice, Upcoming),
        codes=("not_found",),
    ),
]
