"""Money for an invoice has arrived: it counts once, up to what is left; what is beyond goes back by itself."""

from typing import Any

from actors.invoicing import customers, subscription_payments
from actors.invoicing.alarms import keep, with_alarms
from actors.invoicing.attempts import attempt_of, with_attempt, with_work, without_step
from actors.invoicing.desk import Desk
from actors.invoicing.giving_back import owed_back
from actors.invoicing.invoice_moves import about, moved, next_version
from actors.invoicing.invoice_work import Attempt
from actors.invoicing.keys import invoice_key
from actors.invoicing.states import InvoiceState
from actors.runtime.decision import Wish
from messages import payments
from messages.invoices import Invoice

_OWING = ("open", "uncollectible")
_NO_MORE: dict[str, Any] = {"collect": None, "abandon": None, "due_soon": None, "overdue": None, "finalize": None}


def received(desk: Desk, state: InvoiceState, payment: str, amount: int) -> None:
    """A payment for it has succeeded. Told twice, or by the answer and the event, it changes nothing the second time.

    One for more than is left, or for an invoice that asks for nothing any more, is returned, wholly or in part.
    """
    known = attempt_of(state, payment)
    if known is not None and known.status in ("succeeded", "returned"):
        return
    left = state.invoice.amount_remaining if state.invoice.status in _OWING else 0
    kept = min(amount, left)
    attempt = known or Attempt(payment=payment, number=len(state.work.attempts) + 1, amount=amount, at=desk.now)
    ended = {"status": "succeeded" if kept else "returned", "amount": kept or amount}
    state = without_step(with_attempt(state, attempt.model_copy(update=ended)), payment)
    if kept:
        by_itself = known is not None and not known.by_hand
        state = _counted(desk, recovered(desk, state), payment, kept, by_itself=by_itself)
    keep(desk, state)
    if amount > kept:
        give_back(desk, state.invoice.id, payment, amount - kept)


def _counted(desk: Desk, state: InvoiceState, payment: str, amount: int, *, by_itself: bool) -> InvoiceState:
    before = state.invoice
    fields: dict[str, Any] = {"amount_paid": before.amount_paid + amount, "payments": named(before, payment)}
    if by_itself and amount < before.amount_remaining and _is_left_alone(state):
        # A credit note was void after the try had begun: it was over less than is asked for now.
        fields["next_payment_attempt"] = desk.now
        state = with_alarms(state, collect=desk.now)
    return lowered(desk, state, amount, payment, **fields)


def _is_left_alone(state: InvoiceState) -> bool:
    """It is to be collected by itself, and no further try is planned."""
    return state.invoice.status == "open" and state.invoice.auto_advance and "collect" not in state.work.alarms


def named(invoice: Invoice, payment: str) -> list[str]:
    """The invoice's payments, with this one."""
    return invoice.payments if payment in invoice.payments else [*invoice.payments, payment]


def lowered(desk: Desk, state: InvoiceState, amount: int, payment: str | None = None, **fields: Any) -> InvoiceState:
    """So much less is left; when that is nothing, the invoice is paid. Told, and not put on the desk."""
    before = state.invoice
    left = before.amount_remaining - amount
    if left:
        after = next_version(before, desk.now, amount_remaining=left, **fields)
        desk.say("invoice.partially_paid", after, before, about(before, payment))
        return state.model_copy(update={"invoice": after})
    return paid(desk, state, payment, amount_remaining=0, **fields)


def recovered(desk: Desk, state: InvoiceState) -> InvoiceState:
    """An uncollectible one is paid after all, if only in part: it is no loss any more. Told once, for the books."""
    before = state.invoice
    if before.status != "uncollectible" or state.work.recovered:
        return state
    after = next_version(before, desk.now)
    desk.say("invoice.recovered", after, before, about(before))
    state = with_work(state.model_copy(update={"invoice": after}), recovered=True)
    return subscription_payments.invoice_recovered(desk, state)


def paid(desk: Desk, state: InvoiceState, payment: str | None = None, **fields: Any) -> InvoiceState:
    """Nothing is left: no try goes on, the customer owes nothing for it, and its subscription goes on."""
    before = state.invoice
    after = moved(before, "paid", desk.now, paid_at=desk.now, next_payment_attempt=None, **fields)
    desk.say("invoice.paid", after, before, about(before, payment))
    state = with_alarms(state.model_copy(update={"invoice": after}), **_NO_MORE)
    keep(desk, state)
    closed(desk, state)
    subscription_payments.invoice_paid(desk, after)
    return state


def closed(desk: Desk, state: InvoiceState) -> None:
    """Nothing is asked for any more: payments that could still be confirmed are canceled."""
    invoice = state.invoice
    customers.owes(desk, invoice.customer_id, invoice.id, overdue=False)
    customers.ended(desk, invoice.customer_id, invoice.id)
    reason = "void_invoice" if invoice.status == "void" else "abandoned"
    for attempt in state.work.attempts:
        if attempt.status in ("failed", "requires_action"):
            cancel(desk, state, attempt.payment, reason)


def cancel(desk: Desk, state: InvoiceState, payment: str, reason: payments.CancellationReason) -> None:
    """Asks that nobody can pay by this one any more; should it have succeeded meanwhile, that is heard."""
    data = payments.CancelPayment(reason=reason)
    invoice = state.invoice
    of = about(invoice, payment)
    desk.wish(Wish(payments.ACTOR, "payment.cancel", payment, data, invoice.id, of, invoice.livemode))


def give_back(desk: Desk, invoice_id: str, payment: str, amount: int) -> None:
    """Too much came. Said at once, and asked of payments until it is done."""
    state: InvoiceState = desk.get(invoice_key(desk.tenant, invoice_id))
    before = state.invoice
    after = next_version(before, desk.now, payments=named(before, payment))
    desk.say("invoice.overpayment_returned", after, before, about(after, payment))
    keep(desk, owed_back(desk, state.model_copy(update={"invoice": after}), payment, amount))
