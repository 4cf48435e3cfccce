"""The invoice that a command is about."""

from typing import Final

from actors.invoicing.desk import Desk
from actors.invoicing.keys import invoice_key
from actors.invoicing.needs import around
from actors.invoicing.rules import under_clock_of
from actors.invoicing.states import InvoiceState
from actors.runtime.decision import Asked, Key, View
from actors.runtime.refusals import Refusal, found


def invoice_of(desk: Desk, id_: str) -> InvoiceState:
    """Raises Refusal when there is none, or it was deleted as a draft."""
    state: InvoiceState = found(desk, invoice_key(desk.tenant, id_))
    if state.work.deleted:
        raise Refusal("not_found", f"There is no invoice {id_}.")
    return state


def needs_invoice(asked: Asked, view: View) -> set[Key]:
    """All that is around the invoice that the command is about."""
    return around(invoice_key(asked.tenant, asked.command.subject), view)


clock_of_invoice: Final = under_clock_of(invoice_key)
