"""An invoice's own page: to see it, to have it as PDF, to pay it. The address is all that a customer needs."""

from aiohttp import web

from gateway.answers import respond
from gateway.authentication import address_of
from gateway.bank_links import with_bank_address
from gateway.bodies import HostedPayment
from gateway.bus import waiting
from gateway.commands import WAIT_SECONDS_DEFAULT, Caller, Wish, command_of, settle
from gateway.customer_views import error_seen
from gateway.door import KEY, REQUEST_ID, TRACEPARENT, door_of
from gateway.fingerprints import fingerprint
from gateway.guards import idempotency_key
from gateway.hosted_pages import AWAY, MISSING, confirmation, invoice_html, remark, simulated_form
from gateway.invoice_pdfs import PDF, pdf_of
from gateway.outcomes import Answer, answer_of
from gateway.pages import METHODS
from gateway.problems import FieldError, Problem, invalid
from gateway.questions import resource_of
from gateway.route import HTML, Input, Route
from gateway.shapes import HostedPaymentOutcome
from messages import invoicing, payments
from messages.documents import InvoicePage
from messages.envelope import Command, HttpRequest, Query
from messages.invoice_links import read_token
from messages.invoices import PayInvoice
from messages.wire import Json

_SHOWN = frozenset({"type", "title", "status", "code", "detail", "request_id", "retry", "decline_code"})
"""What a customer is told of a problem; the rest is the seller's."""


async def show(request: web.Request, _: Input) -> web.StreamResponse:
    """`GET /i/{token}`. What was never issued, and what is no token of ours, look the same."""
    try:
        tenant, invoice = _named(request)
        query = Query(tenant=tenant, params={"id": invoice})
        found = await resource_of(door_of(request).bus, invoicing.ACTOR, "invoice_document", query)
    except Problem as problem:
        return _unseen(problem)
    page = InvoicePage.model_validate(found)
    paying = await _paying(request, tenant, page)
    return _html(invoice_html(page, request.match_info["token"], paying))


async def pdf(request: web.Request, _: Input) -> web.StreamResponse:
    """`GET /i/{token}.pdf`."""
    try:
        tenant, invoice = _named(request)
        return await pdf_of(request, tenant, "invoice_pdf", invoice)
    except Problem as problem:
        return _unseen(problem)


async def pay(request: web.Request, given: Input) -> web.StreamResponse:
    """`POST /i/{token}/pay`. Of the invoice no more is told than how it stands: the rest is the seller's."""
    tenant, invoice = _named(request)
    door = door_of(request)
    command = _command(request, tenant, invoice, given)
    async with waiting(door.bus) as waiter:
        await settle(door.bus, command, waiter, WAIT_SECONDS_DEFAULT)
    return respond(_told(answer_of(command, waiter, door.feed.ring.epoch, request[REQUEST_ID])))


def _command(request: web.Request, tenant: str, invoice: str, given: Input) -> Command:
    """A customer's key is of this page alone: it never meets one of the seller's."""
    request[KEY] = idempotency_key(request)
    body: HostedPayment = given.body
    if not (_simulated(request, tenant) and body.payment_method in METHODS):
        detail = "Only the test methods of the simulated provider are taken here."
        raise invalid("validation_failed", [FieldError("not_allowed_here", detail, pointer="/payment_method")])
    data = PayInvoice(payment_method=body.payment_method)  # no return_url: payments tell theirs to everybody
    door = door_of(request)
    path = f"/i/{invoice}/pay"
    sent = HttpRequest(method="POST", path=path, fingerprint=fingerprint("POST", path, "", given.raw))
    wish = Wish(invoicing.ACTOR, "invoice.pay", invoice, data)
    live = door.keys.table.is_live(tenant)
    caller = Caller(tenant, f"link:{invoice}", address_of(door, request), livemode=live)
    key = f"link:{invoice}:{request[KEY]}"
    return command_of(wish, caller, key, request[REQUEST_ID], sent, request[TRACEPARENT])


def _told(answer: Answer) -> Answer:
    if answer.status >= 400:
        told = error_seen({key: answer.body[key] for key in _SHOWN & answer.body.keys()})
        return Answer(answer.status, told, _quiet(answer))
    known = answer.body.get("object") == "invoice"
    return Answer(answer.status, {"status": answer.body["status"] if known else "processing"}, _quiet(answer))


def _quiet(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in ("Location", "ETag")}


def _named(request: web.Request) -> tuple[str, str]:
    """Tenant and invoice. Raises Problem `not_found`."""
    named = read_token(door_of(request).settings.link_key, request.match_info["token"])
    if named is None:
        raise Problem("not_found", "There is no such invoice.")
    return named


async def _paying(request: web.Request, tenant: str, page: InvoicePage) -> str:
    """What an open invoice offers: to pay, to confirm what was begun, or to wait for it."""
    if page.status not in ("open", "uncollectible") or not page.amount_remaining:
        return ""
    begun = await _begun(request, tenant, page.payment) if page.payment else {}
    begun = with_bank_address(door_of(request).settings.link_key, tenant, begun)
    redirect = ((begun.get("next_action") or {}).get("redirect_to_url") or {}).get("url")
    if begun.get("status") == "requires_action" and redirect:
        return confirmation(page, redirect)
    if begun.get("status") == "processing":
        return remark(page.words["paying"])
    return simulated_form(page) if _simulated(request, tenant) else remark(page.words["elsewhere"])


def _simulated(request: web.Request, tenant: str) -> bool:
    """A real card is only ever entered where its provider's own script runs, at the seller's."""
    door = door_of(request)
    return next(iter(door.settings.kinds.values())) == "simulated" and not door.keys.table.is_live(tenant)


async def _begun(request: web.Request, tenant: str, payment: str) -> Json:
    """The payment that was tried last; without an answer the invoice is shown all the same."""
    try:
        query = Query(tenant=tenant, params={"id": payment})
        return await resource_of(door_of(request).bus, payments.ACTOR, "payment", query)
    except Problem:
        return {}


def _unseen(problem: Problem) -> web.Response:
    return _html(MISSING, 404) if problem.code == "not_found" else _html(AWAY, 503)


def _html(text: str, status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return web.Response(text=text, status=status, content_type=HTML, headers=headers)


HOSTED: list[Route] = [
    Route(
        *("GET", "/i/{token}.pdf", pdf, None, "getHostedInvoicePdf", "The PDF of an invoice, by its page's address"),
        media=(PDF, HTML),
        also=(404, 503),
    ),
    Route(
        *("GET", "/i/{token}", show, None, "showHostedInvoice", "An invoice's own page"),
        media=(HTML,),
        also=(404, 503),
    ),
    Route(
        *("POST", "/i/{token}/pay", pay, None, "payHostedInvoice", "Pay an invoice from its own page"),
        HostedPaymentOutcome,
        body=HostedPayment,
        codes=(
            "not_found",
            "wrong_state",
            "card_declined",
            "authentication_required",
            "provider_unavailable",
            "switched_off",
        ),
    ),
]
"""The address of a PDF stands first: a token ends before `.pdf`."""
