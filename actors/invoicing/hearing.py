"""What payments tells of: who pays is a customer, what was asked for by an invoice counts for it, and who disputes a
charge is not charged again meanwhile.

An answer and an event may tell of the same: whichever comes first counts. Only money is believed in either order.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from actors.invoicing import customers, elsewhere, pausing
from actors.invoicing.attempts import attempt_of, step_of, with_attempt
from actors.invoicing.collecting import failed
from actors.invoicing.desk import Desk
from actors.invoicing.finalising import wallet_paid
from actors.invoicing.keys import clock_key, invoice_key
from actors.invoicing.needs import around
from actors.invoicing.receiving import received
from actors.invoicing.states import InvoiceState, TestClockState
from actors.runtime.decision import Done, Heard, Key, View
from messages.destinations import ToInvoice
from messages.invoices import PaymentError
from messages.payments import Dispute, Payment


def of_payment(heard: Heard, view: View) -> set[Key]:
    """Who pays, and all that is around the invoice that the money is for."""
    return customers.heard_needs(heard, view) | of_invoice(heard, view)


def of_invoice(heard: Heard, view: View) -> set[Key]:
    """All that is around the invoice that the money is for, if it is for one."""
    to = heard.data.destination
    return around(invoice_key(heard.tenant, to.invoice), view) if isinstance(to, ToInvoice) else set()


def succeeded(desk: Desk, heard: Heard) -> None:
    """The money is here. It may be that of a try given up for lost long ago."""
    customers.paid(desk, heard)
    state, payment = _invoice(desk, heard), _payment(heard)
    if state is None:
        return
    step = step_of(state, payment.id)
    if step is not None and step.kind == "wallet":
        wallet_paid(desk, state, payment.id, payment.amount_captured, step.command_id)
        return
    received(desk, state, payment.id, payment.amount_captured)
    if step is not None and step.command_id is not None:
        desk.answer(Done(200, desk.get(state.key).invoice), step.command_id)


def declined(desk: Desk, heard: Heard) -> None:
    """Of a try that runs the answer says so; here it is one whose customer should have authenticated."""
    customers.paid(desk, heard)
    _ended(desk, heard)


def canceled(desk: Desk, heard: Heard) -> None:
    """Nobody will authenticate any more."""
    _ended(desk, heard)


def disputed(desk: Desk, heard: Heard) -> None:
    """Collection pauses."""
    state = _disputed(desk, heard)
    if state is not None:
        pausing.disputed(desk, state, heard.data.id)


def withdrawn(desk: Desk, heard: Heard) -> None:
    """The money is not here any more."""
    _disputed(desk, heard)


def dispute_over(desk: Desk, heard: Heard) -> None:
    """However it ended, collection goes on."""
    state = _disputed(desk, heard)
    if state is not None:
        pausing.dispute_over(desk, state, heard.data.id)


def _disputed(desk: Desk, heard: Heard) -> InvoiceState | None:
    """The invoice, which knows how much of its payments a bank holds or has taken."""
    state = _invoice(desk, heard)
    after = elsewhere.with_dispute(state, heard.data) if state else None
    if after is not None and after is not state:
        desk.put(after)
    return after


def _ended(desk: Desk, heard: Heard) -> None:
    state, payment = _invoice(desk, heard), _payment(heard)
    attempt = attempt_of(state, payment.id) if state else None
    if state is None or attempt is None:
        return
    if attempt.status == "failed" and payment.status == "canceled":
        # Not canceled once more when the invoice asks for nothing any more.
        desk.put(with_attempt(state, attempt.model_copy(update={"status": "canceled"})))
    elif attempt.status == "requires_action":
        _failed(desk, state, payment)


def _failed(desk: Desk, state: InvoiceState, payment: Payment) -> None:
    error = payment.last_error
    code = error.code if error else str(payment.cancellation_reason or payment.status)
    why = PaymentError(code=code, decline_code=error.decline_code if error else None)
    failed(desk, state, payment.id, why, canceled=payment.status == "canceled")


def _payment(heard: Heard) -> Payment:
    return heard.data


def _invoice(desk: Desk, heard: Heard) -> InvoiceState | None:
    """The invoice that it is about; from here on the desk has the time of its clock."""
    about: Payment | Dispute = heard.data
    if not isinstance(about.destination, ToInvoice):
        return None
    state: InvoiceState | None = desk.get(invoice_key(desk.tenant, about.destination.invoice))
    live_by(desk, state.clock if state else None)
    return state


def live_by(desk: Desk, clock: str | None) -> None:
    """What was heard of somebody under a clock happens at its time."""
    state: TestClockState | None = desk.get(clock_key(desk.tenant, clock)) if clock else None
    if state is not None:
        desk.clock, desk.now = state.test_clock.id, state.test_clock.now


HEARD_NEEDS: Final[Mapping[str, Callable[[Heard, View], set[Key]]]] = {
    "payment.succeeded": of_payment,
    "payment.failed": of_payment,
    "payment.canceled": of_invoice,
    **dict.fromkeys(
        ("dispute.created", "dispute.funds_withdrawn", "dispute.won", "dispute.lost", "dispute.closed"), of_invoice
    ),
}
HEARD: Final[Mapping[str, Callable[[Desk, Heard], Any]]] = {
    "payment.succeeded": succeeded,
    "payment.failed": declined,
    "payment.canceled": canceled,
    "dispute.created": disputed,
    "dispute.funds_withdrawn": withdrawn,
    **dict.fromkeys(("dispute.won", "dispute.lost", "dispute.closed"), dispute_over),
}
