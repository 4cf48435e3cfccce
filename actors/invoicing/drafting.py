"""Drafts: an invoice comes into being, with its lines added up, and is opened at once or later."""

from collections.abc import Sequence
from datetime import datetime

from actors.invoicing import customers
from actors.invoicing.alarms import keep, with_alarms
from actors.invoicing.desk import Desk
from actors.invoicing.finalising import finalise
from actors.invoicing.invoice_moves import about
from actors.invoicing.invoice_sums import placed, rates_of, summed
from actors.invoicing.invoice_work import InvoiceWork
from actors.invoicing.states import CustomerState, InvoiceState, LineDraft, SubscriptionState
from messages.invoices import BillingReason, Invoice, InvoiceLine
from messages.spans import MaybeSpan
from messages.subscriptions import CollectionMethod


def draft_invoice(
    desk: Desk,
    *,
    invoice_id: str,
    customer: CustomerState,
    subscription: SubscriptionState | None,
    reason: BillingReason,
    lines: Sequence[LineDraft],
    period: MaybeSpan,
    coupons: Sequence[str],
    default_rates: Sequence[str],
    collection_method: CollectionMethod,
    days_until_due: int | None,
    payment_method: str | None,
    finalize_at: datetime | None,
    command_id: str | None,
    auto_advance: bool = True,
) -> InvoiceState:
    """A subscription's invoice, opened and collected at once if `finalize_at` is past or None. Raises Refusal.

    The subscription stands on the desk already and must be read from there afterwards: what the invoice has below
    nothing, and what its payment changes, is written on it. Needs `numbering.series_of(tenant)` besides what is
    around the subscription. `command_id`: the customer is there for it, and may be asked to authenticate.
    """
    stands = placed(desk, invoice_id, lines)
    invoice = Invoice(
        id=invoice_id,
        status="draft",
        customer_id=customer.customer.id,
        subscription=subscription.subscription.id if subscription else None,
        billing_reason=reason,
        currency=subscription.subscription.currency if subscription else lines[0].line.currency,
        total=0,
        period=period,
        coupons=list(coupons),
        collection_method=collection_method,
        auto_advance=auto_advance,
        payment_method=payment_method,
        livemode=customer.customer.livemode,
        test_clock=customer.customer.test_clock,
        created_at=desk.now,
        updated_at=desk.now,
    )
    work = _work(stands, lines, default_rates, days_until_due, by_customer=command_id is not None)
    return drafted(desk, InvoiceState(tenant=desk.tenant, invoice=invoice, lines=stands, work=work), finalize_at)


def _work(
    stands: Sequence[InvoiceLine],
    lines: Sequence[LineDraft],
    default_rates: Sequence[str],
    days_until_due: int | None,
    *,
    by_customer: bool,
) -> InvoiceWork:
    drafts = {line.id: draft for line, draft in zip(stands, lines, strict=True)}
    return InvoiceWork(
        rates=rates_of(stands, lines),
        default_rates=tuple(default_rates),
        days_until_due=days_until_due,
        by_customer=by_customer,
        settled=tuple(id_ for id_, draft in drafts.items() if draft.settled),
        gives_back={id_: draft.gives_back for id_, draft in drafts.items() if draft.gives_back},
    )


def drafted(desk: Desk, state: InvoiceState, finalize_at: datetime | None) -> InvoiceState:
    """Added up, told and kept; opened at once where its time has come. Raises Refusal."""
    state = summed(desk, state)
    desk.put(state)  # it is new: nobody has to look for what was there before
    invoice = state.invoice
    desk.say("invoice.created", invoice, None, about(invoice))
    at_once = invoice.auto_advance and (finalize_at is None or finalize_at <= desk.now)
    if not at_once or invoice.subscription is None or invoice.collection_method == "send_invoice":
        customers.began(desk, invoice.customer_id, invoice.id)  # else the subscription keeps them, until a try fails
    if at_once:
        keep(desk, state)
        finalise(desk, state, fresh=True)
    else:
        keep(desk, with_alarms(state, finalize=finalize_at if invoice.auto_advance else None))
    return desk.get(state.key)
