"""What the customer's wallet holds pays first, where that is wanted: before the invoice is opened, so that what is
left to ask for is fixed when it is. The wallet is asked for the whole, then once more for what it said it holds.
"""

from actors.invoicing.attempts import attempt_of, step_of, with_attempt
from actors.invoicing.desk import Desk
from actors.invoicing.invoice_moves import about
from actors.invoicing.invoice_work import Attempt, InvoiceStep
from actors.invoicing.receiving import named
from actors.invoicing.states import InvoiceState
from actors.runtime.decision import Answered, Wish
from messages import payments
from messages.destinations import ToInvoice
from messages.ids import derived_id


def asked(desk: Desk, state: InvoiceState, amount: int, command_id: str | None) -> InvoiceState:
    """A payment from the wallet is asked for; the invoice waits for it as a draft. Its version stays."""
    invoice, number = state.invoice, len(state.work.attempts) + 1
    payment = derived_id("pay", desk.now, desk.tenant, invoice.id, str(number))
    data = payments.CreatePayment(
        amount=amount,
        currency=invoice.currency,
        customer_id=invoice.customer_id,
        payment_method=payments.WALLET,
        destination=ToInvoice(invoice=invoice.id),
        off_session=True,
    )
    desk.wish(
        Wish(payments.ACTOR, "payment.create", payment, data, invoice.id, about(invoice, payment), invoice.livemode)
    )
    attempt = Attempt(payment=payment, number=number, amount=amount, at=desk.now)
    step = InvoiceStep(kind="wallet", payment=payment, amount=amount, command_id=command_id)
    return with_attempt(state, attempt).model_copy(update={"step": step})


def taken(state: InvoiceState, payment: str) -> InvoiceState:
    """The wallet has paid: the invoice names the payment, and waits no longer."""
    shown = state.invoice.model_copy(update={"payments": named(state.invoice, payment)})
    return _over(state.model_copy(update={"invoice": shown}), payment, "succeeded")


def used(state: InvoiceState, payment: str, amount: int) -> InvoiceState:
    """Less than it gave was asked for in the end, or nothing: only so much of it counts."""
    attempt = attempt_of(state, payment)
    if attempt is None:
        return state
    fields = {"amount": amount} if amount else {"status": "returned"}
    return with_attempt(state, attempt.model_copy(update=fields))


def not_taken(state: InvoiceState, payment: str) -> InvoiceState:
    """It has paid nothing, and the invoice waits no longer."""
    return _over(state, payment, "failed")


def holds(state: InvoiceState, answer: Answered) -> int:
    """What a wallet that did not hold enough said it holds, in minor units; 0 where asking again is of no use."""
    balance = answer.body.get("balance") or {}
    step = state.step
    if answer.body.get("code") != "insufficient_funds" or step is None or step.amount != state.invoice.total:
        return 0
    available = balance.get("available", 0) if balance.get("currency") == state.invoice.currency else 0
    return max(0, min(int(available), step.amount - 1))


def _over(state: InvoiceState, payment: str, status: str) -> InvoiceState:
    attempt = attempt_of(state, payment)
    if attempt is not None:
        state = with_attempt(state, attempt.model_copy(update={"status": status}))
    return state if step_of(state, payment) is None else state.model_copy(update={"step": None})
