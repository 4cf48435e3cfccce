"""The first invoice of a subscription that does not begin: nothing of it is asked for, and what was paid goes back."""

from actors.invoicing.closing import partly_settled, voided
from actors.invoicing.credit_notes import issue
from actors.invoicing.desk import Desk
from actors.invoicing.states import InvoiceState
from messages.credit_notes import CreateCreditNote
from messages.ids import derived_id


def taken_back(desk: Desk, first: InvoiceState) -> None:
    """Void; or, where something of it is paid or credited already, a credit note takes all that is left of it back."""
    invoice = first.invoice
    if not partly_settled(invoice):
        voided(desk, first)
        return
    note = derived_id("cn", desk.now, desk.tenant, invoice.subscription or "", invoice.id)
    issue(desk, note, first, CreateCreditNote(invoice=invoice.id, reason="order_change"))
