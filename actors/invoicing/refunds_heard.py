"""How refunds ended, as payments tells of it: those of a credit note, of what came beyond an invoice, and by hand."""

from collections.abc import Callable, Mapping
from typing import Final

from actors.invoicing import credit_refunds, elsewhere, giving_back
from actors.invoicing.credit_states import CreditNoteState
from actors.invoicing.desk import Desk
from actors.invoicing.hearing import live_by, of_invoice
from actors.invoicing.keys import credit_note_key, invoice_key
from actors.invoicing.needs import around
from actors.invoicing.states import InvoiceState
from actors.runtime.decision import Heard, Key, View
from messages.destinations import ToInvoice
from messages.payments import Refund

_ENDS: Final = ("refund.succeeded", "refund.failed", "refund.canceled")


def _needs(heard: Heard, view: View) -> set[Key]:
    refund: Refund = heard.data
    if refund.credit_note is not None:
        return around(credit_note_key(heard.tenant, refund.credit_note), view)
    return of_invoice(heard, view)


def _accepted(desk: Desk, heard: Heard) -> None:
    """From here on the money is not there any more. A note hears by its answer that its own was accepted."""
    refund: Refund = heard.data
    if refund.credit_note is None:
        _of_invoice(desk, refund, "pending")


def _ended(desk: Desk, heard: Heard) -> None:
    refund: Refund = heard.data
    status = heard.event.type.partition(".")[2]
    if refund.credit_note is None:
        _of_invoice(desk, refund, status)
        return
    note: CreditNoteState | None = desk.get(credit_note_key(desk.tenant, refund.credit_note))
    if note is not None:
        live_by(desk, note.clock)
        credit_refunds.ended(desk, note, refund.id, status)


def _of_invoice(desk: Desk, refund: Refund, status: str) -> None:
    """Of what came beyond it, or by hand."""
    if not isinstance(refund.destination, ToInvoice):
        return
    state: InvoiceState | None = desk.get(invoice_key(desk.tenant, refund.destination.invoice))
    if state is None:
        return
    live_by(desk, state.clock)
    after = elsewhere.with_refund(state, refund, status)
    if after is not state:
        desk.put(after)
    elif status in ("failed", "canceled"):
        giving_back.failed(desk, state, refund.id)


HEARD_NEEDS: Final[Mapping[str, Callable[[Heard, View], set[Key]]]] = {
    "refund.created": _needs,
    **dict.fromkeys(_ENDS, _needs),
}
HEARD: Final[Mapping[str, Callable[[Desk, Heard], None]]] = {
    "refund.created": _accepted,
    **dict.fromkeys(_ENDS, _ended),
}
