"""Between the invoicing actor's states and its tables, and its queries."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from asyncpg import Connection

from actors.invoicing.revenue_states import EarningState, RevenueDayState, RevenueState
from actors.invoicing.states import (
    CouponState,
    CreditNoteState,
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
from actors.runtime import resources
from actors.runtime.actor import Answer
from actors.runtime.decision import Key, State
from actors.runtime.resources import Kept
from messages.test_clocks import TestClock, TestClockListing
from storage.invoicing import (
    COUPONS,
    CREDIT_NOTES,
    CUSTOMERS,
    EARNINGS,
    INVOICES,
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

# In the order in which they are saved: what others refer to comes first.
KEPT: Final = (
    Kept(TEST_CLOCKS, TestClockState),
    Kept(CUSTOMERS, CustomerState),
    Kept(PRODUCTS, ProductState),
    Kept(PRICES, PriceState),
    Kept(COUPONS, CouponState),
    Kept(TAX_RATES, TaxRateState),
    Kept(SUBSCRIPTIONS, SubscriptionState),
    Kept(SERIES, SeriesState),
    Kept(INVOICES, InvoiceState),
    Kept(PARTIES, PartyState),
    Kept(CREDIT_NOTES, CreditNoteState),
    Kept(EARNINGS, EarningState),
    Kept(REVENUE, RevenueState),
    Kept(REVENUE_DAYS, RevenueDayState),
)

QUERIES: Final[Mapping[str, Answer]] = {
    "test_clock": resources.one(TEST_CLOCKS, TestClock),
    "test_clocks": resources.many(TEST_CLOCKS, TestClock, TestClockListing),
}


async def load(connection: Connection, keys: Collection[Key]) -> Mapping[Key, State]:
    """The states there are."""
    return await resources.load(connection, KEPT, keys)


def save(states: Sequence[State]) -> list[Statement]:
    """One statement per table."""
    return resources.save(KEPT, states)
