"""An invoice of a subscription: its lines and the pending ones, with the coupons that count at its instant."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from actors.invoicing.closing import voided
from actors.invoicing.desk import Desk
from actors.invoicing.drafting import draft_invoice
from actors.invoicing.finalising import issue, ready
from actors.invoicing.invoice_work import Billed
from actors.invoicing.keys import coupon_key, customer_key, invoice_key
from actors.invoicing.states import ClosedPeriod, CouponState, CustomerState, InvoiceState, LineDraft, SubscriptionState
from actors.invoicing.subscription_moves import amended
from messages.ids import derived_id
from messages.invoices import BillingReason, InvoiceLine
from messages.products import Coupon
from messages.spans import MaybeSpan, Span
from messages.subscriptions import SubscriptionStatus as Status


def bill(
    desk: Desk,
    state: SubscriptionState,
    reason: BillingReason,
    lines: Sequence[LineDraft],
    span: Span,
    at: datetime,
    *,
    command_id: str | None = None,
) -> SubscriptionState:
    """The subscription after its invoice of these lines and all pending ones; without any there is no invoice.

    It is opened at once, or after the grace for late usage; one that is unpaid or paused gets a draft that stays one.
    What it comes to below nothing is carried on to the next one. `command_id` waits for its payment. Where a pause
    voids, what is pending waits for a later one.
    """
    given_away = voids(state)
    drafts = _licensed(lines) if given_away else [*state.work.pending, *lines]
    if not drafts:
        return state
    coupons = live_coupons(desk, state, at)
    # The invoice reads the subscription on the desk, and writes on it what it could not take.
    desk.put(state if given_away else amended(state, {"pending": ()}))
    invoice = _drafted(desk, state, reason, drafts, span, coupons, command_id=command_id)
    if given_away:
        _void(desk, invoice)
    return _after(desk.get(state.key), invoice, [] if given_away else coupons)


def voids(state: SubscriptionState) -> bool:
    """Whether it is under a pause whose invoices are void at once."""
    return state.subscription.pause is not None and state.subscription.pause.behavior == "void"


def live_coupons(desk: Desk, state: SubscriptionState, at: datetime) -> list[Coupon]:
    """Those that lower an invoice of this instant, in the order in which they were given."""
    live = [one for one in state.work.redeemed if not one.used and (one.end is None or at < one.end)]
    states: list[CouponState] = [desk.get(coupon_key(desk.tenant, one.coupon)) for one in live]
    return [each.coupon for each in states]


def still_closing(desk: Desk, state: SubscriptionState) -> SubscriptionState:
    """Without the periods whose invoice is no draft any more."""
    closed = tuple(one for one in state.work.closed if _is_draft(desk, one.invoice))
    return amended(state, {"closed": closed})


def _is_draft(desk: Desk, invoice: str) -> bool:
    state: InvoiceState | None = desk.get(invoice_key(desk.tenant, invoice))
    return state is not None and state.is_draft


def _drafted(
    desk: Desk,
    state: SubscriptionState,
    reason: BillingReason,
    drafts: list[LineDraft],
    span: Span,
    coupons: list[Coupon],
    *,
    command_id: str | None,
) -> InvoiceState:
    subscription = state.subscription
    customer: CustomerState = desk.get(customer_key(desk.tenant, subscription.customer_id))
    has_usage = any(draft.line.type == "usage" for draft in drafts)
    grace = timedelta(seconds=desk.terms.usage_grace_seconds)
    return draft_invoice(
        desk,
        invoice_id=derived_id("inv", desk.now, desk.tenant, subscription.id, str(subscription.version)),
        customer=customer,
        subscription=state,
        reason=reason,
        lines=drafts,
        period=MaybeSpan(start=span.start, end=span.end),
        coupons=[coupon.id for coupon in coupons],
        default_rates=subscription.default_tax_rates,
        collection_method=subscription.collection_method,
        days_until_due=subscription.days_until_due,
        payment_method=subscription.default_payment_method,
        finalize_at=desk.now + grace if has_usage else None,
        command_id=command_id,
        auto_advance=subscription.status != Status.UNPAID and subscription.pause is None,
    )


def _after(state: SubscriptionState, invoice: InvoiceState, coupons: list[Coupon]) -> SubscriptionState:
    """A coupon for `once` is used by the first invoice that it comes to, unless that is void."""
    once = {coupon.id for coupon in coupons if coupon.duration == "once"}
    redeemed = tuple(one.model_copy(update={"used": one.used or one.coupon in once}) for one in state.work.redeemed)
    closed = _closed_by(invoice) if invoice.invoice.status == "draft" else ()
    work = {
        "redeemed": redeemed,
        "closed": (*state.work.closed, *closed),
        "billed": _invoiced(state.work.billed, invoice),
    }
    return amended(state, work, latest_invoice=invoice.invoice.id)


def _invoiced(billed: Sequence[Billed], invoice: InvoiceState) -> tuple[Billed, ...]:
    """Those that waited for an invoice, with the one that has their lines."""
    lines = {line.id for line in invoice.lines}
    return tuple(one.model_copy(update={"invoice": invoice.invoice.id}) if one.line in lines else one for one in billed)


def _licensed(lines: Sequence[LineDraft]) -> list[LineDraft]:
    """What need not be measured: usage of a period that is given away is never billed."""
    return [draft for draft in lines if draft.line.type != "usage"]


def _void(desk: Desk, draft: InvoiceState) -> None:
    """Opened, so that it has a number, and void at once."""
    issue(desk, ready(desk, draft, fresh=True), collects=False)
    invoice: InvoiceState = desk.get(draft.key)
    if invoice.invoice.status == "open":
        voided(desk, invoice)


def _closed_by(invoice: InvoiceState) -> tuple[ClosedPeriod, ...]:
    spans = dict.fromkeys(span for line in invoice.lines if line.type == "usage" and (span := _span_of(line)))
    return tuple(ClosedPeriod(span=span, invoice=invoice.invoice.id) for span in spans)


def _span_of(line: InvoiceLine) -> Span | None:
    start, end = line.period.start, line.period.end
    return Span(start=start, end=end) if start and end else None
