"""A shop with something to sell: a catalogue as it is kept, and subscriptions of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from actors.invoicing.states import CouponState, PriceState, ProductState, TaxRateState
from messages.invoices import Invoice
from messages.products import Aggregation, Coupon, Price, Product, Recurring, TaxBehavior, TaxRate, UsageType
from messages.subscriptions import Subscription
from tests.invoicing.shop import START, TENANT, Shop

TIMES: dict[str, Any] = {"created_at": START, "updated_at": START}
SUB = "sub_1"


def stocked(now: datetime = START, **fields: Any) -> Shop:
    """Sells prices of 7, 10 and 15 a month, one in EUR, one of a year, and the metered `price_use`."""
    shop = Shop(now=now, **fields)
    product = ProductState(tenant=TENANT, product=Product(id="prod_1", name="Pro", **TIMES))
    shop.view[product.key] = product
    for id_, amount in (("price_10", 1000), ("price_15", 1500), ("price_7", 700)):
        price(shop, id_, amount)
    price(shop, "price_eur", 1000, currency="EUR")
    price(shop, "price_year", 10000, interval="year")
    price(shop, "price_use", 5, usage_type="metered")
    return shop


def price(
    shop: Shop,
    id_: str,
    amount: int,
    *,
    currency: str = "USD",
    interval: Any = "month",
    usage_type: UsageType = "licensed",
    aggregation: Aggregation = "sum",
    tax_behavior: TaxBehavior = "exclusive",
) -> None:
    """One more price of the product."""
    aggregate = aggregation if usage_type == "metered" else None
    recurring = Recurring(interval=interval, usage_type=usage_type, aggregate_usage=aggregate)
    state = PriceState(
        tenant=TENANT,
        price=Price(
            id=id_,
            product="prod_1",
            type="recurring",
            currency=currency,
            unit_amount=amount,
            recurring=recurring,
            tax_behavior=tax_behavior,
            **TIMES,
        ),
    )
    shop.view[state.key] = state


def coupon(shop: Shop, id_: str, **fields: Any) -> None:
    """A coupon; forever unless told otherwise."""
    state = CouponState(tenant=TENANT, coupon=Coupon(id=id_, **{"duration": "forever", **fields}, **TIMES))
    shop.view[state.key] = state


def tax_rate(shop: Shop, id_: str, percentage: str, *, inclusive: bool = False) -> None:
    """A tax rate."""
    rate = TaxRate(id=id_, display_name="VAT", percentage=percentage, inclusive=inclusive, jurisdiction="GB", **TIMES)
    state = TaxRateState(tenant=TENANT, tax_rate=rate)
    shop.view[state.key] = state


def on_clock(shop: Shop, customer_id: str = "abc123", clock: str = "clock_1", *, now: datetime = START) -> None:
    """A customer who lives by a clock."""
    if clock not in {key.id for key in shop.view}:
        shop.done("test_clock.create", clock, now=now)
    shop.done("customer.put", customer_id, test_clock=clock)


def subscribed(shop: Shop, *prices: str, id_: str = SUB, **fields: Any) -> Subscription:
    """One of each price, unless `items` says otherwise."""
    items = fields.pop("items", [{"price": each} for each in prices or ("price_10",)])
    return shop.done("subscription.create", id_, **{"customer_id": "abc123", "items": items, **fields})


def invoices(shop: Shop, subscription: str = SUB) -> list[Invoice]:
    """All of a subscription, in the order in which they were made."""
    made: Sequence[Invoice] = shop.told("invoice.created")
    return [shop.state(each.id).invoice for each in made if each.subscription == subscription]


def amounts(shop: Shop, subscription: str = SUB) -> list[list[int]]:
    """The amounts of the lines of each invoice."""
    return [[line.amount for line in invoice.lines] for invoice in invoices(shop, subscription)]


def subscription(shop: Shop, id_: str = SUB) -> Subscription:
    """As it is now."""
    return shop.state(id_).subscription
