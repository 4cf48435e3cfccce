"""Saved payment methods: a customer's card at a provider, to pay with again. No card number ever comes here."""

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from messages.ids import CustomerId, Token
from messages.queries import Listing
from messages.resource import Metadata, Resource
from messages.wire import Instant, Wire

_OURS = re.compile(r"pm_[0-9a-hjkmnp-tv-z]{26}", re.ASCII)


def is_ours(method: str | None) -> bool:
    """Whether this names a method that was saved here; a provider's own names never look so."""
    return method is not None and _OURS.fullmatch(method) is not None


class MethodStatus(StrEnum):
    """Closed for v1. An `expired` card may still be tried, what is `detached` is gone for good."""

    ACTIVE = "active"
    EXPIRED = "expired"
    DETACHED = "detached"


LastFour = Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
Month = Annotated[int, Field(ge=1, le=12)]
Year = Annotated[int, Field(ge=2000, le=2999)]


class Card(Wire):
    """What may be known of a card: enough for its owner to recognise it. It is good until its last month ends."""

    brand: str
    last4: LastFour
    exp_month: Month
    exp_year: Year
    country: str | None = None
    funding: Literal["credit", "debit", "prepaid", "unknown"] = "unknown"


class PaymentMethod(Resource):
    """`provider_reference` is what the provider calls it. A customer has one `default` at most."""

    object: str = "payment_method"
    type: Literal["card"] = "card"
    status: MethodStatus
    customer_id: CustomerId
    default: bool = False
    card: Card | None = None
    provider: str
    provider_reference: str | None = None


class Account(Wire):
    """What a customer is at one provider.

    `reference` is the provider's name for them, `key` the idempotency key under which that was made, and `methods`
    are those saved there: the provider's name of each, and ours.
    """

    key: str
    reference: str | None = None
    methods: dict[str, str] = Field(default_factory=dict)


class Payer(Wire):
    """A customer as one who pays; the `id` is the caller's own. Nobody is told of it, `accounts` are by provider."""

    id: CustomerId
    version: int = 1
    created_at: Instant
    updated_at: Instant
    default_method: str | None = None
    accounts: dict[str, Account] = Field(default_factory=dict)


EVENTS: dict[str, type[Resource]] = dict.fromkeys(
    ("payment_method.attached", "payment_method.updated", "payment_method.expired", "payment_method.detached"),
    PaymentMethod,
)


# Commands: `subject` of the envelope is the payment method.


class AttachMethod(Wire):
    """`payment_method.attach`; the envelope's subject is the id that the method will have.

    `payment_method` is what the provider calls it: at the simulated one the name of a test method.
    """

    customer_id: CustomerId
    payment_method: Token
    default: bool = False
    metadata: Metadata = Field(default_factory=dict)


class DetachMethod(Wire):
    """`payment_method.detach`: nothing can be paid with it any more."""


COMMANDS: dict[str, type[Wire]] = {
    "payment_method.attach": AttachMethod,
    "payment_method.detach": DetachMethod,
}


class MethodListing(Listing):
    """`payment_methods`."""

    customer_id: str | None = None
