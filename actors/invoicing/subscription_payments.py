"""What becomes of a subscription when its invoice is paid, fails or is given up."""

from actors.invoicing.desk import Desk
from messages.invoices import Invoice


def invoice_paid(desk: Desk, invoice: Invoice) -> None:
    """The subscription goes on: an incomplete one begins, a past-due or unpaid one is active again."""
    _ = desk, invoice


def invoice_failed(desk: Desk, invoice: Invoice) -> None:
    """A try to collect was declined, or needs the customer: the subscription is past due, a first one incomplete."""
    _ = desk, invoice


def dunning_ended(desk: Desk, invoice: Invoice) -> None:
    """The last try failed: unpaid or canceled, as the terms say."""
    _ = desk, invoice


def invoice_closed(desk: Desk, invoice: Invoice) -> None:
    """Void or uncollectible: nothing is waited for any more."""
    _ = desk, invoice
