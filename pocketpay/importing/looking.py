"""Looks up what the rows name, name by name: the work grows with the files, not with what is there."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from messages.customers import Customer
from messages.products import Coupon, Price, Product, TaxRate
from messages.resource import Resource
from messages.subscriptions import Subscription
from messages.test_clocks import TestClock
from messages.wire import Json
from pocketpay.importing.calling import Gateway
from pocketpay.importing.planning import PATHS, Thing
from pocketpay.importing.rows import MARK
from pocketpay.importing.sheets import Sheets
from pocketpay.importing.there import There
from pocketpay.importing.together import each_of

AnyResource = TypeVar("AnyResource", bound=Resource)


async def look(gateway: Gateway, sheets: Sheets) -> There:
    """Raises StartFailed when the gateway does not answer."""
    there = There(now=datetime.now(UTC))
    customers = {each.row.customer_id for each in sheets.subscriptions} | {each.row.id for each in sheets.customers}
    await _look_for(customers, partial(_one, gateway, "customers"), Customer, there.customers)
    products = {each.row.product.old_id for each in sheets.prices}
    await _look_for(products, partial(marked, gateway, "product"), Product, there.products)
    prices = {item.price for each in sheets.subscriptions for item in each.row.all_items}
    prices.update(name for each in sheets.prices for name in each.row.names)
    await _look_for(prices, partial(_price, gateway), Price, there.prices)
    of = {each.row.old_id: each.row.customer_id for each in sheets.subscriptions}
    await _look_for(set(of), partial(_subscription, gateway, of), Subscription, there.subscriptions)
    clocks = {each.row.test_clock for each in sheets.customers}
    clocks.update(each.test_clock for each in there.customers.values())
    await _look_for({*filter(None, clocks)}, partial(_one, gateway, "test-clocks"), TestClock, there.clocks)
    coupons = {name for each in sheets.subscriptions for name in each.row.coupons}
    await _look_for(coupons, partial(_one, gateway, "coupons"), Coupon, there.coupons)
    rates = {name for each in sheets.subscriptions for name in each.row.default_tax_rates}
    await _look_for(rates, partial(_one, gateway, "tax-rates"), TaxRate, there.tax_rates)
    return there


async def _look_for(
    names: set[str],
    find: Callable[[str], Awaitable[Json | None]],
    model: type[AnyResource],
    known: dict[str, AnyResource],
) -> None:
    async def one(name: str) -> None:
        if (found := await find(name)) is not None:
            known[name] = model.model_validate(found)

    await each_of(sorted(names), one)


async def marked(gateway: Gateway, thing: Thing, name: str, **parameters: str) -> Json | None:
    """What an import made of this name."""
    page = await gateway.get(PATHS[thing], limit="1", **parameters, **{f"metadata[{MARK}]": name})
    return page["data"][0] if page and page["data"] else None


async def _with_lookup_key(gateway: Gateway, key: str) -> Json | None:
    page = await gateway.get(PATHS["price"], limit="1", active="true", lookup_key=key)
    return page["data"][0] if page and page["data"] else None


async def _one(gateway: Gateway, folder: str, id_: str) -> Json | None:
    return await gateway.get(f"/api/v1/{folder}/{id_}")


async def _subscription(gateway: Gateway, of: Mapping[str, str], name: str) -> Json | None:
    """Among those of its customer: there are few, and many of all."""
    return await marked(gateway, "subscription", name, customer_id=of[name])


async def _price(gateway: Gateway, name: str) -> Json | None:
    return await marked(gateway, "price", name) or await _with_lookup_key(gateway, name)
