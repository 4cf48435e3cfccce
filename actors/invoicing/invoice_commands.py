"""`invoice.finalize`, `pay`, `void`, `mark_uncollectible` and `send`."""

from collections.abc import Mapping
from typing import Final

from actors.invoicing import subscription_payments
from actors.invoicing.alarms import keep
from actors.invoicing.attempts import awaited, with_work
from actors.invoicing.billed import clock_of_invoice, invoice_of, needs_invoice
from actors.invoicing.closing import close, partly_settled, voided
from actors.invoicing.collecting import try_again
from actors.invoicing.desk import Desk
from actors.invoicing.finalising import finalise, sent
from actors.invoicing.invoice_moves import about, must_be, next_version, waits_for
from actors.invoicing.receiving import lowered, recovered
from actors.invoicing.rules import Rule
from actors.invoicing.states import InvoiceState
from actors.invoicing.taking_back import taken_back
from actors.runtime.decision import Done, Pending
from actors.runtime.refusals import Refusal, invalid
from messages.envelope import Command
from messages.invoices import FinalizeInvoice, MarkUncollectible, PayInvoice, SendInvoice, VoidInvoice


def finalize(desk: Desk, command: Command, wish: FinalizeInvoice) -> None:
    """200 with the open invoice, which may be paid already; its first payment is not waited for."""
    state = invoice_of(desk, command.subject)
    must_be(state, "finalized", "draft")
    advance = state.invoice.auto_advance if wish.auto_advance is None else wish.auto_advance
    invoice = state.invoice.model_copy(update={"auto_advance": advance})
    finalise(desk, state.model_copy(update={"invoice": invoice}), command.id)
    after: InvoiceState = desk.get(state.key)
    desk.answer(Pending(after.invoice) if after.invoice.status == "draft" else Done(200, after.invoice))


def pay(desk: Desk, command: Command, wish: PayInvoice) -> None:
    """200 once it is settled; 202 with the invoice while the customer must act; a refused payment is the refusal."""
    state = invoice_of(desk, command.subject)
    must_be(state, "paid", "open", "uncollectible")
    left = state.invoice.amount_remaining
    if wish.amount is not None and wish.amount > left:
        raise Refusal("amount_too_large", f"{wish.amount} is more than the {left} left.", pointer="/amount")
    running = awaited(state)
    if running is not None:
        waits_for(state, running.payment)
    if not wish.out_of_band:
        try_again(desk, state, wish, command.id)
        desk.answer(Pending(desk.get(state.key).invoice))
        return
    if wish.payment_method is not None:
        raise invalid("/payment_method", "conflicts_with", "What was paid outside had no payment method of ours.")
    _paid_outside(desk, state, wish.amount or left)


def _paid_outside(desk: Desk, state: InvoiceState, amount: int) -> None:
    """Told as such, for the books, and then as what it makes of the invoice."""
    state = recovered(desk, state)
    before = state.invoice
    after = next_version(
        before,
        desk.now,
        amount_paid=before.amount_paid + amount,
        amount_paid_outside=before.amount_paid_outside + amount,
        amount_remaining=before.amount_remaining - amount,
        paid_out_of_band=True,
    )
    desk.say("invoice.paid_outside", after, before, about(after))
    state = lowered(desk, state.model_copy(update={"invoice": after}), 0)
    keep(desk, state)
    desk.answer(Done(200, state.invoice))


def void(desk: Desk, command: Command, wish: VoidInvoice) -> None:
    """200. What has been paid or credited on cannot be made undone: a credit note gives it back."""
    _ = wish
    state = invoice_of(desk, command.subject)
    must_be(state, "voided", "open", "uncollectible")
    before = state.invoice
    if partly_settled(before):
        detail = f"A part of {before.id} is paid or credited already: a credit note takes it back."
        raise Refusal("wrong_state", detail, status_now=before.status, resource={"object": "invoice", "id": before.id})
    voided(desk, state)
    desk.answer(Done(200, desk.get(state.key).invoice))


def mark_uncollectible(desk: Desk, command: Command, wish: MarkUncollectible) -> None:
    """200. It is given up, but may still be paid; `amount_remaining` says how much is lost until then.

    One that a subscription was to begin with is no loss: nothing was rendered, and nobody should pay for it any more.
    """
    _ = wish
    state = invoice_of(desk, command.subject)
    must_be(state, "given up", "open")
    if subscription_payments.ends_unbegun(desk, state.invoice):
        taken_back(desk, state)
    else:
        close(desk, state, "uncollectible", "invoice.marked_uncollectible", next_payment_attempt=None)
    desk.answer(Done(200, desk.get(state.key).invoice))


def send(desk: Desk, command: Command, wish: SendInvoice) -> None:
    """200; says that it should be mailed."""
    _ = wish
    state = invoice_of(desk, command.subject)
    must_be(state, "sent", "draft", "open", "paid", "uncollectible")
    if state.invoice.status == "draft":
        finalise(desk, with_work(state, to_send=True), command.id)
    else:
        keep(desk, sent(desk, state))
    after: InvoiceState = desk.get(state.key)
    desk.answer(Pending(after.invoice) if after.invoice.status == "draft" else Done(200, after.invoice))


RULES: Final[Mapping[str, Rule]] = {
    "invoice.finalize": Rule(needs_invoice, finalize, clock_of_invoice),
    "invoice.pay": Rule(needs_invoice, pay, clock_of_invoice),
    "invoice.void": Rule(needs_invoice, void, clock_of_invoice),
    "invoice.mark_uncollectible": Rule(needs_invoice, mark_uncollectible, clock_of_invoice),
    "invoice.send": Rule(needs_invoice, send, clock_of_invoice),
}
