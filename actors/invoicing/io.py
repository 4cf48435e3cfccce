"""Between the invoicing actor's states and its tables, and its queries."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from asyncpg import Connection

from actors.invoicing.coupon_queries import many_coupons, one_coupon
from actors.invoicing.credit_states import CreditNoteState
from actors.invoicing.invoice_queries import invoice_lines, series_audit
from actors.invoicing.lookup_keys import LookupKeyState
from actors.invoicing.revenue_queries import revenue_lines, revenue_report
from actors.invoicing.revenue_states import EarningState, RevenueDayState, RevenueState
from actors.invoicing.statement_queries import statement
from actors.invoicing.states import (
    CouponState,
    CustomerState,
    InvoiceState,
    PartyState,
    PriceState,
    ProductState,
    SeriesState,
    SubscriptionState,
    TaxRateState,
    TestClockState,
)
from actors.invoicing.usage_queries import usage_event, usage_events, usage_summaries
from actors.invoicing.usage_states import MeterState, UniqueState, UsageEventState, UsageLimitState
from actors.runtime import resources
from actors.runtime.actor import Answer
from actors.runtime.decision import Key, State
from actors.runtime.resources import Kept
from messages.credit_notes import CreditNote, CreditNoteListing
from messages.customers import Customer, CustomerListing
from messages.invoices import Invoice, InvoiceListing
from messages.products import Price, PriceListing, Product, ProductListing, TaxRate, TaxRateListing
from messages.subscriptions import Subscription, SubscriptionListing
from messages.test_clocks import TestClock, TestClockListing
from storage.invoicing import (
    COUPONS,
    CREDIT_NOTES,
    CUSTOMERS,
    EARNINGS,
    INVOICES,
    LOOKUP_KEYS,
    PARTIES,
    PRICES,
    PRODUCTS,
    REVENUE,
    REVENUE_DAYS,
    SERIES,
    SUBSCRIPTIONS,
    TAX_RATES,
    TEST_CLOCKS,
)
from storage.statement import Statement
from storage.usage import EVENTS, LIMITS, METERS, UNIQUE

# In the order in which they are saved: what others refer to comes first.
KEPT: Final = (
    Kept(TEST_CLOCKS, TestClockState),
    Kept(CUSTOMERS, CustomerState),
    Kept(PRODUCTS, ProductState),
    Kept(PRICES, PriceState),
    Kept(LOOKUP_KEYS, LookupKeyState),
    Kept(COUPONS, CouponState),
    Kept(TAX_RATES, TaxRateState),
    Kept(SUBSCRIPTIONS, SubscriptionState),
    Kept(METERS, MeterState),
    Kept(EVENTS, UsageEventState),
    Kept(UNIQUE, UniqueState),
    Kept(LIMITS, UsageLimitState),
    Kept(SERIES, SeriesState),
    Kept(INVOICES, InvoiceState),
    Kept(PARTIES, PartyState),
    Kept(CREDIT_NOTES, CreditNoteState),
    Kept(EARNINGS, EarningState),
    Kept(REVENUE, RevenueState),
    Kept(REVENUE_DAYS, RevenueDayState),
)

QUERIES: Final[Mapping[str, Answer]] = {
    "customer": resources.one(CUSTOMERS, Customer),
    "customers": resources.many(CUSTOMERS, Customer, CustomerListing),
    "statement": statement,
    "product": resources.one(PRODUCTS, Product),
    "products": resources.many(PRODUCTS, Product, ProductListing),
    "price": resources.one(PRICES, Price),
    "prices": resources.many(PRICES, Price, PriceListing),
    "coupon": one_coupon,
    "coupons": many_coupons,
    "tax_rate": resources.one(TAX_RATES, TaxRate),
    "tax_rates": resources.many(TAX_RATES, TaxRate, TaxRateListing),
    "subscription": resources.one(SUBSCRIPTIONS, Subscription),
    "subscriptions": resources.many(SUBSCRIPTIONS, Subscription, SubscriptionListing),
    "invoice": resources.one(INVOICES, Invoice),
    "invoices": resources.many(INVOICES, Invoice, InvoiceListing),
    "invoice_lines": invoice_lines,
    "series_audit": series_audit,
    "credit_note": resources.one(CREDIT_NOTES, CreditNote),
    "credit_notes": resources.many(CREDIT_NOTES, CreditNote, CreditNoteListing),
    "revenue_report": revenue_report,
    "revenue_lines": revenue_lines,
    "usage_event": usage_event,
    "usage_events": usage_events,
    "usage_summaries": usage_summaries,
    "test_clock": resources.one(TEST_CLOCKS, TestClock),
    "test_clocks": resources.many(TEST_CLOCKS, TestClock, TestClockListing),
}


async def load(connection: Connection, keys: Collection[Key]) -> Mapping[Key, State]:
    """The states there are."""
    return await resources.load(connection, KEPT, keys)


def save(states: Sequence[State]) -> list[Statement]:
    """One statement per table."""
    return resources.save(KEPT, states)
