"""Saved payment methods: their list, body, wishes and routes."""

from typing import Annotated

from aiohttp import web
from pydantic import BeforeValidator, Field

from gateway.commands import Wish
from gateway.parameters import Listed, Read, several
from gateway.reads import after_created, by_customer, by_id, one, page
from gateway.route import V1, Route, id_of
from gateway.shapes import ListOf
from gateway.writes import of_payment, write
from messages.ids import Token, new_id
from messages.payment_methods import AttachMethod, DetachMethod, MethodStatus, PaymentMethod
from messages.payments import ACTOR
from messages.resource import Metadata
from messages.wire import Wire


class MethodBody(Wire):
    """What the provider's own script made of a card, at the simulated provider the name of a test method."""

    payment_method: Token
    default: bool = Field(default=False, description="The first of a customer is the default in any case.")
    metadata: Metadata = {}


class MethodList(Listed):
    """`status` may be several, with commas."""

    status: Annotated[list[MethodStatus], BeforeValidator(several)] = []


def attach(request: web.Request, body: MethodBody) -> Wish:
    """A method whose id is chosen here."""
    data = AttachMethod(
        customer_id=id_of(request, "customer_id"),
        payment_method=body.payment_method,
        default=body.default,
        metadata=body.metadata,
    )
    return Wish(ACTOR, "payment_method.attach", new_id("pm"), data)


_OF_CUSTOMER = f"{V1}/customers/{{customer_id}}/payment-methods"
_METHOD = f"{V1}/payment-methods/{{id}}"
_NO = ("payment_method_unusable", "card_declined", "provider_unavailable", "outcome_pending", "test_mode_only")

PAYMENT_METHODS = [
    Route(
        *("POST", _OF_CUSTOMER, write(attach), "payments:write"),
        *("attachPaymentMethod", "Save a payment method for a customer, to pay with again", PaymentMethod),
        body=MethodBody,
        status=201,
        codes=(*_NO, "already_exists"),
    ),
    Route(
        *("GET", _OF_CUSTOMER, page("payments", "payment_methods", by_customer, after_created)),
        *("payments:read", "listPaymentMethods", "List a customer's payment methods, the newest first"),
        *(ListOf[PaymentMethod], MethodList),
    ),
    Route(
        *("GET", _METHOD, one("payments", "payment_method", by_id), "payments:read"),
        *("getPaymentMethod", "Read a payment method", PaymentMethod, Read),
    ),
    Route(
        *("POST", f"{_METHOD}/detach", write(of_payment("payment_method.detach")), "payments:write"),
        *("detachPaymentMethod", "Forget a payment method: nothing can be paid with it any more", PaymentMethod),
        body=DetachMethod,
        codes=("wrong_state", *_NO),
    ),
]
