"""The page behind `next_action`, where a customer meets the bank of the simulated provider."""

from html import escape

from aiohttp import web
from pydantic_core import to_json

from gateway.bank_links import PATH, named_by
from gateway.customer_pages import told
from gateway.door import door_of
from gateway.pages import file_text
from gateway.parameters import BankLink
from gateway.problems import Problem
from gateway.questions import resource_of
from gateway.route import HTML, Input, Route, id_of
from gateway.writes import of_payment, write
from messages.envelope import Query
from messages.payments import ACTOR, AuthenticatePayment, Payment, PaymentStatus

_ASKED = ("amount", "currency", "return_url")
_authenticate = of_payment("payment.authenticate")


async def show(request: web.Request, given: Input) -> web.StreamResponse:
    """With its token it knows the payment; without one it asks for it, as whoever is logged in here."""
    id_of(request)
    text = file_text("authenticate.html")
    if given.parameters.token is not None:
        query = Query(tenant=_tenant(request, given), params={"id": id_of(request)})
        payment = await resource_of(door_of(request).bus, ACTOR, "payment", query)
        if payment.get("status") != PaymentStatus.REQUIRES_ACTION:
            raise Problem("link_expired", "This payment does not wait for its customer any more.")
        asked = to_json({name: payment.get(name) for name in _ASKED}).decode()
        text = text.replace("<main ", f'<main data-payment="{escape(asked)}" ', 1)
    return web.Response(text=text, content_type=HTML, headers={"Cache-Control": "no-store"})


async def authenticate(request: web.Request, given: Input) -> web.StreamResponse:
    """What the customer said there, whom the token has let in."""
    return await told(request, _authenticate(request, given.body), given)


def _tenant(request: web.Request, given: Input) -> str:
    """Raises Problem `not_found`."""
    named = named_by(door_of(request).settings.link_key, request.path, given.parameters.token)
    if named is None:
        raise Problem("not_found", "There is no such payment.")
    return named[0]


BANK_PAGES: list[Route] = [
    Route(
        *("GET", PATH, show, None, "showAuthentication", "The bank's page of a test"),
        parameters=BankLink,
        media=(HTML,),
        codes=("unavailable", "link_expired"),
    ),
    Route(
        *("POST", PATH, write(_authenticate), "payments:write"),
        *("authenticatePayment", "Say how the customer authenticated, in a test", Payment),
        parameters=BankLink,
        body=AuthenticatePayment,
        codes=("wrong_state", "outcome_pending", "provider_unavailable"),
        for_pages=authenticate,
    ),
]
