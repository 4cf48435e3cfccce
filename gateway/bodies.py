"""What may stand in a request's body where it is not simply the command's data, and how bodies are read."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from gateway.client_secrets import ClientSecret
from gateway.field_errors import field_error, problem_of
from messages.ids import Token
from messages.money import Currency, PositiveAmount
from messages.payments import ConfirmPayment, RefundReason
from messages.resource import Metadata, Text
from messages.wire import Json, Wire

Body = TypeVar("Body", bound=BaseModel)

ERRORS_TOLD = 100
"""A body of 90,000 unknown fields would else cost seconds of looking for what each could have meant."""


class RefundBody(Wire):
    """All that is left of the payment, or a part of it."""

    amount: PositiveAmount | None = None
    reason: RefundReason | None = None
    metadata: Metadata = {}


class TopUpBody(Wire):
    """A payment into the customer's own wallet."""

    amount: PositiveAmount
    currency: Currency
    payment_method: Token | None = None
    description: Text | None = None
    metadata: Metadata = {}


class ConfirmBody(ConfirmPayment):
    """A customer's page shows the payment's `client_secret`; it goes no further than the gateway."""

    client_secret: ClientSecret | None = None


class HostedPayment(Wire):
    """What the page of an invoice sends: one of the test methods, while the provider is simulated."""

    payment_method: Token


def validate(model: type[Body], body: Json) -> Body:
    """Reads a body strictly: no unknown field, no conversion. Raises Problem naming its faults at once."""
    body, renamed = _with_customer_id(body)
    try:
        return model.model_validate(body, strict=True, extra="forbid")
    except ValidationError as why:
        found = why.errors(include_url=False, include_context=True)[:ERRORS_TOLD]
        raise problem_of([field_error(model, body, error, renamed) for error in found]) from why


def _with_customer_id(body: Json) -> tuple[Json, bool]:
    if "customer" not in body or "customer_id" in body:
        return body, False
    return {("customer_id" if key == "customer" else key): value for key, value in body.items()}, True
