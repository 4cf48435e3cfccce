"""The invoicing actor's whole language; each part has a file of its own."""

from messages import credit_notes, customers, invoices, products, subscriptions, test_clocks, usage
from messages.credit_notes import CreditNote
from messages.invoices import Invoice, InvoiceTax
from messages.resource import Versioned
from messages.wire import Wire

__all__ = ["CreditNote", "Invoice", "InvoiceTax"]
"""What the books look for here."""

ACTOR = "invoicing"

HEARD: tuple[str, ...] = (
    *("payment.succeeded", "payment.failed", "payment.canceled"),
    *("dispute.created", "dispute.funds_withdrawn", "dispute.won", "dispute.lost", "dispute.closed"),
    *("refund.created", "refund.succeeded", "refund.failed", "refund.canceled"),
)
"""Events of payments that an invoice, or its customer, is moved by."""

COMMANDS: dict[str, type[Wire]] = {
    **customers.COMMANDS,
    **products.COMMANDS,
    **subscriptions.COMMANDS,
    **usage.COMMANDS,
    **invoices.COMMANDS,
    **credit_notes.COMMANDS,
    **test_clocks.COMMANDS,
}

EVENTS: dict[str, type[Versioned]] = {
    **customers.EVENTS,
    **products.EVENTS,
    **subscriptions.EVENTS,
    **usage.EVENTS,
    **invoices.EVENTS,
    **credit_notes.EVENTS,
    **test_clocks.EVENTS,
}
