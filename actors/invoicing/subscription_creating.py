"""`subscription.create`: its first period, or trial, and its first invoice."""

from datetime import datetime, timedelta

from actors.invoicing.calendar import number_at, periods_between
from actors.invoicing.customers import customer_of
from actors.invoicing.desk import Desk
from actors.invoicing.keys import customer_key, invoice_key, revenue_keys, subscription_key
from actors.invoicing.needs import of_coupons_and_rates, of_customer, of_prices
from actors.invoicing.numbering import series_of
from actors.invoicing.rules import clock_at
from actors.invoicing.states import CustomerState, InvoiceState, LineDraft, SubscriptionState, SubscriptionWork
from actors.invoicing.subscription_billing import bill
from actors.invoicing.subscription_coupons import checked_rates, must_be_taxable, redeemed
from actors.invoicing.subscription_items import currency_of, wished_items
from actors.invoicing.subscription_lines import in_advance
from actors.invoicing.subscription_moves import amended, begin
from actors.invoicing.subscription_periods import recurring_of, whole_at
from actors.invoicing.unbilled import billed_by
from actors.runtime.decision import Asked, Done, Key, Pending, View
from actors.runtime.refusals import Refusal, invalid
from messages.envelope import Command
from messages.invoices import LINES_MAX
from messages.spans import MaybeSpan, Span
from messages.subscriptions import CreateSubscription, Subscription
from messages.subscriptions import SubscriptionStatus as Status


def needs(asked: Asked, view: View) -> set[Key]:
    """The customer with their clock, and all that is named."""
    tenant, wish = asked.tenant, asked.data
    return {
        subscription_key(tenant, asked.command.subject),
        series_of(tenant),
        *revenue_keys(tenant, clock_at(view, customer_key(tenant, wish.customer_id))),
        *of_customer(tenant, wish.customer_id, view),
        *of_prices(tenant, {item.price for item in wish.items if item.price}, view),
        *of_coupons_and_rates(tenant, set(wish.coupons), set(wish.default_tax_rates)),
    }


def create(desk: Desk, command: Command, wish: CreateSubscription) -> None:
    """201 with the subscription; when its first invoice must be paid, once that was tried."""
    if desk.get(subscription_key(desk.tenant, command.subject)) is not None:
        raise Refusal("already_exists", f"The subscription {command.subject} exists already.")
    customer = customer_of(desk, wish.customer_id, livemode=command.livemode)
    state = _new(desk, command, wish, customer)
    if state.subscription.trial.start is None:
        state = _first_invoice(desk, state, wish, command.id)
    waits = state.subscription.status == Status.INCOMPLETE
    if waits:
        expires_at = desk.now + timedelta(seconds=desk.terms.incomplete_seconds)
        first = state.subscription.latest_invoice
        state = amended(state, {"first_invoice": first, "command_id": command.id, "expires_at": expires_at})
    subscription = begin(desk, state)
    desk.answer(Pending(subscription) if waits else Done(201, subscription))


def _new(desk: Desk, command: Command, wish: CreateSubscription, customer: CustomerState) -> SubscriptionState:
    """As it begins, its first period not yet billed."""
    start, trial_end = _start(desk, wish), _trial_end(desk, wish)
    items, rates = wished_items(desk, command.subject, [], wish.items), checked_rates(desk, wish.default_tax_rates)
    must_be_taxable(desk, items, rates)
    anchor = wish.billing_cycle_anchor or trial_end or start
    trial = MaybeSpan(start=start, end=trial_end) if trial_end else MaybeSpan()
    subscription = Subscription(
        id=command.subject,
        status=Status.TRIALING if trial_end else Status.ACTIVE,
        customer_id=wish.customer_id,
        currency=currency_of(desk, items),
        collection_method=wish.collection_method,
        days_until_due=wish.days_until_due,
        items=items,
        billing_cycle_anchor=anchor,
        start_date=start,
        current_period=Span(start=start, end=trial_end or anchor),
        trial=trial,
        cancel_at=_cancel_at(desk, wish),
        cancel_at_period_end=wish.cancel_at_period_end,
        default_payment_method=wish.default_payment_method,
        default_tax_rates=rates,
        test_clock=customer.clock,
        description=wish.description,
        metadata=wish.metadata,
        livemode=command.livemode,
        created_at=desk.now,
        updated_at=desk.now,
        version=0,  # until it begins: what is made before has other ids than what a change at the same instant makes
    )
    zone = customer.customer.time_zone or desk.terms.time_zone
    work = SubscriptionWork(zone=zone, part_is_free=wish.proration == "none")
    state = SubscriptionState(tenant=desk.tenant, subscription=subscription, work=work)
    return amended(state, {"redeemed": redeemed(desk, state, wish.coupons, trial_end or desk.now)})


def _start(desk: Desk, wish: CreateSubscription) -> datetime:
    start = wish.backdate_to or desk.now
    if start > desk.now:
        raise invalid("/backdate_to", "too_large", "A subscription begins in the past, or now.")
    if wish.billing_cycle_anchor is not None and wish.billing_cycle_anchor < start:
        raise invalid("/billing_cycle_anchor", "too_small", "The anchor lies at the beginning, or after it.")
    return start


def _trial_end(desk: Desk, wish: CreateSubscription) -> datetime | None:
    if wish.trial_days is not None and wish.trial_end is not None:
        raise invalid("/trial_end", "conflicts_with", "Say trial_days or trial_end.")
    if wish.trial_days is None and wish.trial_end is None:
        return None
    if wish.backdate_to is not None:
        raise invalid("/backdate_to", "conflicts_with", "A trial begins now.")
    end = wish.trial_end or desk.now + timedelta(days=wish.trial_days or 0)
    if end <= desk.now:
        raise invalid("/trial_end", "too_small", "A trial ends in the future.")
    return end


def _cancel_at(desk: Desk, wish: CreateSubscription) -> datetime | None:
    if wish.cancel_at is not None and wish.cancel_at <= desk.now:
        raise invalid("/cancel_at", "too_small", "It can be canceled in the future only.")
    if wish.cancel_at is not None and wish.cancel_at_period_end:
        raise invalid("/cancel_at", "conflicts_with", "Say cancel_at or cancel_at_period_end.")
    return wish.cancel_at


def _first_invoice(
    desk: Desk, state: SubscriptionState, wish: CreateSubscription, command_id: str
) -> SubscriptionState:
    """What has elapsed since the beginning and the period that goes on now, each with lines of its own."""
    subscription = state.subscription
    whole = whole_at(desk, state, desk.now)
    current = Span(start=max(whole.start, subscription.start_date), end=whole.end)
    lines = _elapsed(desk, state, wish, whole.end)
    billed = billed_by([draft for draft in lines if draft.line.period.end == current.end], subscription.items)
    state = amended(state, {"billed": billed}, current_period=current)
    if not lines:
        return state
    span = Span(start=subscription.start_date, end=current.end)
    state = bill(desk, state, "subscription_create", lines, span, desk.now, command_id=command_id)
    invoice: InvoiceState | None = desk.get(invoice_key(desk.tenant, state.subscription.latest_invoice or ""))
    must_be_paid = invoice is not None and invoice.invoice.status != "paid"
    if must_be_paid and subscription.collection_method == "charge_automatically":
        return amended(state, status=Status.INCOMPLETE)
    return state


def _elapsed(desk: Desk, state: SubscriptionState, wish: CreateSubscription, end: datetime) -> list[LineDraft]:
    """Lines for each period from the beginning on; parts of one are free where nothing is to be prorated."""
    subscription, items = state.subscription, state.subscription.items
    anchor, recurring, zone = subscription.billing_cycle_anchor, recurring_of(desk, items), state.work.zone
    first = number_at(anchor, recurring, zone, subscription.start_date)
    if (number_at(anchor, recurring, zone, desk.now) - first + 1) * len(items) > LINES_MAX:
        raise invalid("/backdate_to", "too_small", f"Its first invoice would have more than {LINES_MAX} lines.")
    lines: list[LineDraft] = []
    for whole in periods_between(anchor, recurring, zone, subscription.start_date, end):
        part = Span(start=max(whole.start, subscription.start_date), end=whole.end)
        if part == whole or wish.proration != "none":
            lines += in_advance(desk, state, items, part, whole)
    return lines
