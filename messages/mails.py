"""Mails that people get, and who wants none. Addresses are in no event: who sends a mail asks for them then."""

import hashlib
from typing import Annotated, Literal

from pydantic import Field

from messages.customers import Email
from messages.ids import CustomerId, Token
from messages.queries import Listing
from messages.resource import Resource
from messages.wire import Instant, Wire

Template = Literal[
    "receipt", "invoice", "payment_failed", "trial_ending", "action_required", "dispute", "webhook_disabled"
]
MailStatus = Literal["queued", "sent", "failed", "bounced", "suppressed"]
SuppressionReason = Literal["requested", "bounced", "complained"]
Addressee = Literal["customer", "seller"]


class Mail(Resource):
    """One mail about one event. `to` and `subject` are in answers only, and gone once the customer is erased."""

    object: str = "mail"
    status: MailStatus = "queued"
    template: Template
    addressee: Addressee = "customer"
    customer_id: CustomerId | None = None
    event: str
    event_type: str
    resource: str = Field(description="What it tells of, such as an invoice.")
    to: str | None = None
    subject: str | None = None
    sent_at: Instant | None = None
    error: str | None = None


class Suppression(Resource):
    """No mails to an address, or to a customer; `templates` narrows it to some. Never holds the address itself."""

    object: str = "mail_suppression"
    reason: SuppressionReason = "requested"
    customer_id: CustomerId | None = None
    address_hash: str | None = Field(default=None, description="SHA-256 of the address in lower case, as hex.")
    templates: list[Template] = []


def address_hash(address: str) -> str:
    """How an address is known without being kept."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


AddressHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SuppressMails(Wire):
    """`mail_suppression.create`: one of the two says who."""

    customer_id: CustomerId | None = None
    address_hash: AddressHash | None = None
    templates: list[Template] = Field(default_factory=list, max_length=20)
    reason: SuppressionReason = "requested"


class SuppressionWish(Wire):
    """What a client asks for: the address itself goes no further than the gateway."""

    customer_id: CustomerId | None = None
    email: Email | None = None
    templates: list[Template] = Field(default_factory=list, max_length=20)
    reason: SuppressionReason = "requested"


class LiftSuppression(Wire):
    """`mail_suppression.delete`."""


class DeletedSuppression(Wire):
    """What is left to say of it."""

    id: str
    object: Literal["mail_suppression"] = "mail_suppression"
    deleted: Literal[True] = True


class MaySend(Wire):
    """`suppressed`: to whom a mail of which kind is about to go."""

    address_hash: str
    customer_id: str | None = None
    template: Template


class Suppressed(Wire):
    """Why it must not go; null: it may."""

    reason: SuppressionReason | None = None


class MailListing(Listing):
    """`mails`."""

    customer_id: Token | None = None
    event: Token | None = None


class SuppressionListing(Listing):
    """`mail_suppressions`."""

    customer_id: Token | None = None


COMMANDS: dict[str, type[Wire]] = {
    "mail_suppression.create": SuppressMails,
    "mail_suppression.delete": LiftSuppression,
}

EVENTS: dict[str, type[Resource]] = dict.fromkeys(
    [f"mail.{fact}" for fact in ("queued", "sent", "failed", "bounced", "suppressed")], Mail
)
