"""What a provider must do with the payment methods of our customers. Requests and results are stored with the call."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from actors.payments.provider import Away, Declined
from messages.payment_methods import Card
from messages.wire import Wire


class AttachToCustomer(Wire):
    """`attach_method`: save it for a customer, whom the provider calls `customer`.

    If they are not known there yet they are made, under the key `customer_key`, the same for all calls of theirs.
    """

    method: str
    payment_method: str
    customer_id: str
    customer: str | None = None
    customer_key: str


class DetachFromCustomer(Wire):
    """`detach_method`: forget it. What is not saved, or no longer, needs no more."""

    reference: str


class MethodStanding(Wire):
    """A saved method at the provider; `customer` is whose it is there, None once it is nobody's."""

    result: Literal["method"] = "method"
    reference: str
    customer: str | None = None
    card: Card | None = None


MethodOutcome = MethodStanding | Declined | Away
"""The `reference` of what is declined is the customer, where one is known by now."""

METHOD_RESULT: TypeAdapter[MethodOutcome] = TypeAdapter(Annotated[MethodOutcome, Field(discriminator="result")])

METHOD_REQUESTS: dict[str, type[Wire]] = {
    "attach_method": AttachToCustomer,
    "detach_method": DetachFromCustomer,
}
