"""What is there before an import: all that its rows name and the gateway knows. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from messages.customers import Customer
from messages.products import Coupon, Price, Product, TaxRate
from messages.subscriptions import Subscription
from messages.test_clocks import TestClock


@dataclass(frozen=True, slots=True)
class There:
    """What the gateway knows of all that the rows name. Products and subscriptions by old id,
    prices by each of their names, the others by their ids.
    """

    now: datetime
    customers: dict[str, Customer] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    prices: dict[str, Price] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    clocks: dict[str, TestClock] = field(default_factory=dict)
    coupons: dict[str, Coupon] = field(default_factory=dict)
    tax_rates: dict[str, TaxRate] = field(default_factory=dict)

    def price(self, names: Iterable[str]) -> Price | None:
        """The one that has any of the names; by its old id before its lookup key."""
        return next((self.prices[name] for name in names if name in self.prices), None)

    def clock_time(self, clock: str | None) -> datetime:
        """By that clock, or in real time."""
        return self.clocks[clock].now if clock in self.clocks else self.now
