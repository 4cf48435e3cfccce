"""Which event a mail tells of, to whom, by which template."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

from messages.envelope import Event
from messages.mails import Addressee, Template

PING: Final = "ping.sent"
ERASED: Final = "customer.erased"

LATE: Final = timedelta(days=3)
"""What was said so long before it is heard is told to nobody by mail: they know, or it confuses."""


class MailWish(NamedTuple):
    """A mail to be about one resource."""

    template: Template
    addressee: Addressee
    resource: str


def _always(_: Event) -> bool:
    return True


def _of_no_invoice(event: Event) -> bool:
    """What an invoice asks for is told by the invoice's own events."""
    return (event.data.get("destination") or {}).get("type") != "invoice"


def _not_by_wish(event: Event) -> bool:
    """Who disabled it knows."""
    return event.data.get("disabled_reason") != "by_user"


def _asks_for_money(event: Event) -> bool:
    """An invoice over nothing, such as that of a trial, is no news."""
    return bool(event.data.get("total"))


_MAILS: Final[Mapping[str, tuple[Template, Addressee, Callable[[Event], bool]]]] = {
    "payment.succeeded": ("receipt", "customer", _always),
    "payment.action_required": ("action_required", "customer", _of_no_invoice),
    "invoice.finalized": ("invoice", "customer", _asks_for_money),
    "invoice.sent": ("invoice", "customer", _always),
    "invoice.payment_failed": ("payment_failed", "customer", _always),
    "invoice.payment_action_required": ("action_required", "customer", _always),
    "subscription.trial_end_neared": ("trial_ending", "customer", _always),
    "dispute.created": ("dispute", "seller", _always),
    "webhook.endpoint.disabled": ("webhook_disabled", "seller", _not_by_wish),
}


def wanted(event: Event) -> MailWish | None:
    """None: nobody gets a mail about it."""
    rule = _MAILS.get(event.type)
    if rule is None:
        return None
    template, addressee, applies = rule
    if not applies(event) or (addressee == "customer" and event.customer_id is None):
        return None
    return MailWish(template, addressee, event.subject)
