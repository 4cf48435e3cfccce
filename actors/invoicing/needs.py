"""Which states a message needs: what it is about leads, step by step, to all that a bill is made of."""

from collections.abc import Iterable, Iterator

from actors.invoicing.credit_states import CreditNoteState
from actors.invoicing.keys import (
    clock_key,
    coupon_key,
    customer_key,
    earning_key,
    invoice_key,
    party_key,
    price_key,
    product_key,
    revenue_keys,
    subscription_key,
    tax_rate_key,
)
from actors.invoicing.numbering import CREDIT_NOTES, series_of
from actors.invoicing.revenue_states import RevenueState
from actors.invoicing.states import CustomerState, InvoiceState, LineDraft, PriceState, SubscriptionState
from actors.invoicing.usage_lines import keys_of_current, usage_keys
from actors.runtime.decision import Key, View
from messages.invoices import InvoiceLine
from messages.subscriptions import SubscriptionItem, SubscriptionStatus


def around(key: Key, view: View) -> set[Key]:
    """What an entity's next step may look at or change."""
    match view.get(key):
        case SubscriptionState() as state:
            return {key} | around_subscription(state, view)
        case InvoiceState() as state:
            return {key} | around_invoice(state, view)
        case CreditNoteState(credit_note=note):
            return {key} | around(invoice_key(key.tenant, note.invoice), view)
        case CustomerState(customer=customer):
            return {key, *of_clock(key.tenant, customer.test_clock), *revenue_keys(key.tenant, customer.test_clock)}
        case RevenueState(clock=clock):
            return {key} | of_clock(key.tenant, clock)
        case _:
            return {key}


def of_clock(tenant: str, clock: str | None) -> set[Key]:
    """Where the clock is kept, if there is one."""
    return {clock_key(tenant, clock)} if clock else set()


def of_customer(tenant: str, customer: str, view: View) -> set[Key]:
    """A customer and their clock."""
    return around(customer_key(tenant, customer), view)


def of_prices(tenant: str, prices: set[str], view: View) -> set[Key]:
    """Prices and the products that they are of."""
    keys = {price_key(tenant, price) for price in prices}
    known: list[PriceState] = [view[key] for key in keys if view.get(key) is not None]
    return keys | {product_key(tenant, state.price.product) for state in known}


def of_coupons_and_rates(tenant: str, coupons: set[str], rates: set[str]) -> set[Key]:
    """What lowers a bill, and what is on top."""
    return {coupon_key(tenant, each) for each in coupons} | {tax_rate_key(tenant, each) for each in rates}


def around_subscription(state: SubscriptionState, view: View) -> set[Key]:
    """Its customer and clock, what it costs, and the invoices that it waits for."""
    tenant, subscription, work = state.tenant, state.subscription, state.work
    items: list[SubscriptionItem] = [*subscription.items, *(one.item for one in work.billed)]
    if subscription.scheduled_change is not None:
        items += subscription.scheduled_change.items
    rates = set(subscription.default_tax_rates).union(*(draft.rates or () for draft in work.pending))
    asked_by = {invoice_key(tenant, one.invoice) for one in work.billed if one.invoice}
    rates |= _taxing(draft.line for draft in work.pending) | _taxing(_lines_of(asked_by, view))
    invoices = {subscription.latest_invoice, work.first_invoice, *(one.invoice for one in work.closed)}
    begins = subscription.status == SubscriptionStatus.INCOMPLETE
    return {
        series_of(tenant),
        *({series_of(tenant, CREDIT_NOTES)} if begins else ()),
        *revenue_keys(tenant, subscription.test_clock),
        *of_customer(tenant, subscription.customer_id, view),
        *of_clock(tenant, subscription.test_clock),
        *of_prices(tenant, {item.price for item in items} | _priced(work.pending), view),
        *of_coupons_and_rates(tenant, {one.coupon for one in work.redeemed} | set(subscription.coupons), rates),
        *(invoice_key(tenant, invoice) for invoice in invoices if invoice),
        *asked_by,
        *_of_drafts(tenant, asked_by, view),
        *({earning_key(tenant, work.first_invoice)} if work.first_invoice else ()),
        *keys_of_current(state),
    }


def _of_drafts(tenant: str, invoices: Iterable[Key], view: View) -> set[Key]:
    """What lowers and taxes those that are drafts: a change may cut their lines short."""
    keys = set[Key]()
    for key in invoices:
        known: InvoiceState | None = view.get(key)
        if known is not None and known.is_draft:
            rates = set(known.work.default_rates).union(*known.work.rates.values())
            keys |= of_coupons_and_rates(tenant, set(known.invoice.coupons), rates)
    return keys


def _taxing(lines: Iterable[InvoiceLine]) -> set[str]:
    """Rates of taxes as they stand: an issued invoice keeps how they are named."""
    return {tax.tax_rate for line in lines for tax in line.taxes if tax.tax_rate}


def _lines_of(invoices: Iterable[Key], view: View) -> Iterator[InvoiceLine]:
    for key in invoices:
        known: InvoiceState | None = view.get(key)
        yield from known.lines if known else ()


def _priced(pending: Iterable[LineDraft]) -> set[str]:
    """Prices of lines that wait: usage of an item that has gone is measured by its price, and with no grace at once."""
    return {draft.line.price for draft in pending if draft.line.price}


def around_invoice(state: InvoiceState, view: View) -> set[Key]:
    """Its customer, its subscription with all of that one's, and what its lines are taxed and lowered by."""
    tenant, invoice, work = state.tenant, state.invoice, state.work
    rates = set(work.default_rates).union(*work.rates.values()) | _taxing(state.lines)
    keys = {
        party_key(tenant, invoice.id),
        series_of(tenant),
        earning_key(tenant, invoice.id),
        *revenue_keys(tenant, invoice.test_clock),
        *of_customer(tenant, invoice.customer_id, view),
        *of_clock(tenant, invoice.test_clock),
        *of_coupons_and_rates(tenant, set(invoice.coupons), rates),
        *of_prices(tenant, {line.price for line in state.lines if line.price}, view),
        *usage_keys(tenant, state.lines, view),
        *(invoice_key(tenant, one.invoice) for one in work.gives_back.values() if one.invoice),
    }
    if invoice.subscription is not None:
        key = subscription_key(tenant, invoice.subscription)
        known: SubscriptionState | None = view.get(key)
        keys |= {key} | (around_subscription(known, view) if known else set())
    return keys
