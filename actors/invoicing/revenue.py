"""What is earned day by day out of what invoices asked for."""

from actors.invoicing.desk import Desk
from actors.invoicing.states import InvoiceState
from messages.credit_notes import CreditNote


def deferred_of(desk: Desk, state: InvoiceState) -> int:
    """The part of the net total that is earned after today, in minor units: the invoice's `amount_deferred`."""
    _ = desk, state
    return 0


def earn(desk: Desk, state: InvoiceState) -> None:
    """The invoice was finalised: from now on each of its days is earned when it is over."""
    _ = desk, state


def unearn(desk: Desk, state: InvoiceState) -> None:
    """It is void: nothing of it is earned any more; what was already is taken back."""
    _ = desk, state


def credit(desk: Desk, state: InvoiceState, note: CreditNote) -> None:
    """A credit note takes a part back."""
    _ = desk, state, note
