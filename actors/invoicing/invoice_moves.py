"""Which status of an invoice may follow which, and its next version: the closed table of the contract."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from actors.invoicing.states import InvoiceState, changed
from actors.runtime.refusals import Refusal, wrong_state
from messages.envelope import About
from messages.invoices import Invoice, InvoiceStatus

MOVES: Final[Mapping[InvoiceStatus, frozenset[InvoiceStatus]]] = {
    "draft": frozenset({"open"}),
    "open": frozenset({"paid", "void", "uncollectible"}),
    "uncollectible": frozenset({"paid", "void"}),
    "paid": frozenset(),
    "void": frozenset(),
}


class IllegalInvoiceMoveError(ValueError):
    """A status that must not follow the present one: a mistake in the rules, never the caller's."""


def moved(invoice: Invoice, status: InvoiceStatus, now: datetime, **fields: Any) -> Invoice:
    """The next version, in another status. Raises IllegalInvoiceMoveError unless the table allows it."""
    if status not in MOVES[invoice.status]:
        raise IllegalInvoiceMoveError(f"{invoice.id} is {invoice.status} and may not become {status}")
    return invoice.model_copy(update=changed(invoice, now, status=status, **fields))


def next_version(invoice: Invoice, now: datetime, **fields: Any) -> Invoice:
    """The next version, in the same status."""
    return invoice.model_copy(update=changed(invoice, now, **fields))


def about(invoice: Invoice, payment: str | None = None) -> About:
    """Whom and what is told of it concerns."""
    return About(
        customer_id=invoice.customer_id, invoice=invoice.id, subscription=invoice.subscription, payment=payment
    )


def must_be(state: InvoiceState, verb: str, *allowed: InvoiceStatus) -> None:
    """Raises Refusal while a step has no outcome, and in any other status."""
    invoice = state.invoice
    if invoice.status not in allowed:
        raise wrong_state("invoice", invoice.id, invoice.status, verb, list(allowed))
    must_wait_for_nothing(state)


def must_wait_for_nothing(state: InvoiceState) -> None:
    """Raises Refusal while a payment for the invoice has no known outcome."""
    if state.step is not None:
        waits_for(state, state.step.payment)


def waits_for(state: InvoiceState, payment: str) -> None:
    """Raises Refusal."""
    detail = f"The outcome of the payment {payment} for the invoice {state.invoice.id} is not known yet."
    raise Refusal("outcome_pending", detail, payment=payment, status_now=state.invoice.status)
