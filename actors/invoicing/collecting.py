"""An open invoice is collected: one payment at a time, each with an id of its own, until one succeeds."""

from datetime import timedelta
from typing import Final

from actors.invoicing import customers, subscription_payments
from actors.invoicing.alarms import keep, with_alarms
from actors.invoicing.attempts import OPEN, attempt_of, awaited, with_attempt, with_work, without_step
from actors.invoicing.desk import Desk
from actors.invoicing.dunning import after_outage, next_try
from actors.invoicing.invoice_moves import about, next_version
from actors.invoicing.invoice_work import Attempt, InvoiceStep
from actors.invoicing.keys import customer_key, subscription_key
from actors.invoicing.pausing import is_paused, paused
from actors.invoicing.receiving import cancel, named
from actors.invoicing.states import CustomerState, InvoiceState, SubscriptionState
from actors.runtime.decision import Wish
from messages import payments
from messages.destinations import ToInvoice
from messages.ids import derived_id
from messages.invoices import Invoice, PayInvoice, PaymentError
from messages.subscriptions import SubscriptionStatus

ABANDONED_AFTER: Final = timedelta(days=1)
"""How long a customer may take to authenticate."""

AUTOMATIC: Final = PayInvoice(off_session=True)


def started(desk: Desk, state: InvoiceState, wish: PayInvoice, command_id: str | None = None) -> InvoiceState:
    """One more payment is asked for, of all that is left or of the wished amount.

    The invoice shows it; its version stays, and nothing is told.
    """
    invoice, number = state.invoice, len(state.work.attempts) + 1
    payment = derived_id("pay", desk.now, desk.tenant, invoice.id, str(number))
    amount = wish.amount or invoice.amount_remaining
    method = wish.payment_method or method_of(desk, invoice)
    data = payments.CreatePayment(
        amount=amount,
        currency=invoice.currency,
        customer_id=invoice.customer_id,
        payment_method=method,
        destination=ToInvoice(invoice=invoice.id),
        return_url=wish.return_url,
        off_session=wish.off_session,
        description=invoice.number,
    )
    desk.wish(
        Wish(payments.ACTOR, "payment.create", payment, data, invoice.id, about(invoice, payment), invoice.livemode)
    )
    by_hand = command_id is not None
    attempt = Attempt(payment=payment, number=number, amount=amount, at=desk.now, by_hand=by_hand)
    shown = invoice.model_copy(
        update={
            "attempt_count": invoice.attempt_count + 1,
            "payments": named(invoice, payment),
            "next_payment_attempt": invoice.next_payment_attempt if by_hand else None,
            "collection_paused": invoice.collection_paused and by_hand,
            "last_payment_error": None,
        }
    )
    step = InvoiceStep(kind="pay", payment=payment, amount=amount, command_id=command_id)
    state = with_attempt(state, attempt).model_copy(update={"invoice": shown, "step": step})
    return state if by_hand else with_alarms(state, collect=None)


def begun(desk: Desk, state: InvoiceState) -> InvoiceState:
    """What follows when it is opened: a first payment, if it is charged by itself, else the reminders of its date."""
    invoice = state.invoice
    if invoice.due_date is not None:
        notice = invoice.due_date - timedelta(seconds=desk.terms.due_notice_seconds)
        state = with_alarms(state, due_soon=notice if notice > desk.now else None, overdue=invoice.due_date)
    if invoice.collection_method != "charge_automatically" or not invoice.auto_advance:
        return state
    if is_paused(desk, state):
        return paused(desk, state)
    return started(desk, state, PayInvoice(off_session=not state.work.by_customer))


def method_of(desk: Desk, invoice: Invoice) -> str | None:
    """The invoice's own, else the subscription's, else the customer's. None: whatever payments takes then."""
    if invoice.payment_method is not None:
        return invoice.payment_method
    if invoice.subscription is not None:
        of: SubscriptionState | None = desk.get(subscription_key(desk.tenant, invoice.subscription))
        if of is not None and of.subscription.default_payment_method is not None:
            return of.subscription.default_payment_method
    customer: CustomerState | None = desk.get(customer_key(desk.tenant, invoice.customer_id))
    return customer.customer.default_payment_method if customer else None


def try_again(desk: Desk, state: InvoiceState, wish: PayInvoice = AUTOMATIC, command_id: str | None = None) -> None:
    """A further payment, told as `invoice.payment_started`."""
    before = state.invoice
    state = started(desk, state, wish, command_id)
    after = next_version(state.invoice, desk.now)
    payment = after.payments[-1]
    desk.say("invoice.payment_started", after, before, about(after, payment))
    keep(desk, state.model_copy(update={"invoice": after}))


def needs_customer(desk: Desk, state: InvoiceState, payment: str) -> None:
    """They must authenticate, or their bank takes its time. No other try is begun; a day ends the wait."""
    attempt = attempt_of(state, payment)
    if attempt is None or attempt.status != "running":
        return
    if state.invoice.status not in ("open", "uncollectible"):
        # Another one paid it meanwhile: asking for this one too would leave the subscription past due for good.
        waiting = attempt.model_copy(update={"status": "requires_action"})
        keep(desk, abandoned(desk, with_attempt(without_step(state, payment), waiting)))
        return
    before = state.invoice
    after = next_version(before, desk.now)
    desk.say("invoice.payment_action_required", after, before, about(after, payment))
    state = with_attempt(without_step(state, payment), attempt.model_copy(update={"status": "requires_action"}))
    keep(desk, with_alarms(state.model_copy(update={"invoice": after}), abandon=desk.now + ABANDONED_AFTER))
    if not attempt.by_hand:
        subscription_payments.invoice_failed(desk, after)


def abandoned(desk: Desk, state: InvoiceState) -> InvoiceState:
    """They have not authenticated in time: that payment is canceled, and what is heard of it goes on from there."""
    attempt = awaited(state)
    if attempt is None or attempt.status != "requires_action":
        return with_alarms(state, abandon=None)
    cancel(desk, state, attempt.payment, "abandoned")
    state = with_attempt(state, attempt.model_copy(update={"canceling": True}))
    return with_alarms(state, abandon=desk.now + ABANDONED_AFTER)


def not_canceled(desk: Desk, state: InvoiceState) -> None:
    """It can still be paid, and is asked to be canceled again in a day; its clock waits no longer."""
    attempt = awaited(state)
    if attempt is not None and attempt.canceling:
        keep(desk, with_attempt(state, attempt.model_copy(update={"canceling": False})))


def not_begun(desk: Desk, state: InvoiceState, payment: str, code: str) -> None:
    """Payments or the provider is away and nothing was charged: tried again soon, as no step of the dunning."""
    attempt = attempt_of(state, payment)
    if attempt is None or attempt.status != "running":
        return
    state = _ended(state, attempt, "failed", code)
    if attempt.by_hand or state.invoice.status != "open" or not state.invoice.auto_advance:
        keep(desk, state)
        return
    outages = state.work.outages + 1
    at = after_outage(desk.now, outages)
    before = state.invoice
    after = next_version(before, desk.now, next_payment_attempt=at)
    desk.say("invoice.updated", after, before, about(after, payment))
    keep(desk, with_alarms(with_work(state.model_copy(update={"invoice": after}), outages=outages), collect=at))


def failed(desk: Desk, state: InvoiceState, payment: str, why: PaymentError, *, canceled: bool = False) -> None:
    """A try came to nothing. Of those made by themselves each is a step of the dunning; by hand nobody falls behind."""
    attempt = attempt_of(state, payment)
    if attempt is None or attempt.status not in OPEN:
        return
    state, ends = _ended(state, attempt, "canceled" if canceled else "failed", why.code), False
    if state.invoice.status not in ("open", "uncollectible"):
        keep(desk, state)
        return
    if not attempt.by_hand and state.invoice.status == "open":
        state, ends = _stepped(desk, state)
    before = state.invoice
    next_at = state.work.alarms.get("collect")
    after = next_version(before, desk.now, next_payment_attempt=next_at, last_payment_error=why)
    desk.say("invoice.payment_failed", after, before, about(after, payment))
    keep(desk, state.model_copy(update={"invoice": after}))
    if not attempt.by_hand:
        customers.began(desk, after.customer_id, after.id)
        customers.owes(desk, after.customer_id, after.id, overdue=True)
        subscription_payments.invoice_failed(desk, after)
    if ends:
        subscription_payments.dunning_ended(desk, after)


def _ended(state: InvoiceState, attempt: Attempt, status: str, code: str) -> InvoiceState:
    ended = attempt.model_copy(update={"status": status, "code": code})
    return with_alarms(without_step(with_attempt(state, ended), attempt.payment), abandon=None)


def _stepped(desk: Desk, state: InvoiceState) -> tuple[InvoiceState, bool]:
    """One step further in the dunning, and whether it is over now. A first invoice waits for its customer instead."""
    if not state.invoice.auto_advance or _begins_a_subscription(desk, state.invoice):
        return state, False
    failures, first = state.work.dunning + 1, state.work.failed_at or desk.now
    at = next_try(first, failures, desk.terms.dunning_days, desk.now)
    state = with_work(state, dunning=failures, failed_at=first, outages=0)
    return with_alarms(state, collect=at), at is None


def _begins_a_subscription(desk: Desk, invoice: Invoice) -> bool:
    if invoice.subscription is None:
        return False
    state: SubscriptionState | None = desk.get(subscription_key(desk.tenant, invoice.subscription))
    return state is not None and state.subscription.status is SubscriptionStatus.INCOMPLETE
