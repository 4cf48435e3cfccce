"""What is wrong with rows that are right by themselves: twice there, or not fitting what they name. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Final

from actors.invoicing.calendar import period_at
from messages.customers import Customer
from messages.products import Price
from messages.subscriptions import Subscription
from messages.wire import Json, rfc3339
from pocketpay.importing.reading import Fault
from pocketpay.importing.rows import CustomerRow, PriceRow, SubscriptionRow, terms_of
from pocketpay.importing.sheets import AnyRow, Placed, Sheets
from pocketpay.importing.there import There

UNKNOWN: Final = "reference_not_found"
PriceLike = PriceRow | Price
_KEPT: Final = ("collection_method", "days_until_due", "default_payment_method", "default_tax_rates", "description")
_UNTIL_INVOICED: Final = ("coupons", "cancel_at", "cancel_at_period_end")
Names = Callable[[AnyRow], Mapping[str, str | None]]


def faults(sheets: Sheets, there: There) -> list[Fault]:
    """Of the rows together."""
    return [
        *_twice(sheets.customers, lambda row: {"id": row.id}),
        *_twice(sheets.prices, lambda row: {"old_id": row.old_id, "lookup_key": row.lookup_key}),
        *_twice(sheets.subscriptions, lambda row: {"old_id": row.old_id}),
        *_products_that_differ(sheets.prices),
        *chain.from_iterable(_of_customer(each, there) for each in sheets.customers),
        *chain.from_iterable(_of_price(each, there) for each in sheets.prices),
        *_of_subscriptions(sheets, there),
    ]


def _twice(rows: Iterable[Placed[AnyRow]], names_of: "Names[AnyRow]") -> Iterator[Fault]:
    """A name is that of one row; a lookup key is no other's old id."""
    first: dict[str, Placed[AnyRow]] = {}
    for placed in rows:
        for column, name in names_of(placed.row).items():
            other = first.setdefault(name, placed) if name is not None else placed
            if other is not placed:
                where = f"line {other.line} of {other.file}"
                yield placed.fault(column, "duplicate_id", f"{name} stands there already, in {where}.")


def _products_that_differ(prices: Iterable[Placed[PriceRow]]) -> Iterator[Fault]:
    first: dict[str, Placed[PriceRow]] = {}
    for placed in prices:
        product = placed.row.product
        other = first.setdefault(product.old_id, placed)
        if other.row.product != product:
            detail = f"The product {product.old_id} is another one in line {other.line} of {other.file}."
            yield placed.fault("product", "product_differs", detail)


def _of_customer(placed: Placed[CustomerRow], there: There) -> Iterator[Fault]:
    """One who was filled in is not overwritten: they may have changed since, or be somebody else."""
    row, known = placed.row, there.customers.get(placed.row.id)
    if row.test_clock is not None and row.test_clock not in there.clocks:
        yield placed.fault("test_clock", UNKNOWN, f"There is no test clock {row.test_clock}.")
    if known is None:
        return
    if known.erased_at is not None:
        yield placed.fault("id", "wrong_state", f"The customer {row.id} was erased, for good.")
    elif not known.implicit and (names := [name for name in row.model_fields_set if _differs(name, row, known)]):
        detail = f"The customer {row.id} is there with another {', '.join(sorted(names))}"
        yield placed.fault("id", "already_exists", f"{detail}: change the row, or take it out.")


def _differs(name: str, row: CustomerRow, known: Customer) -> bool:
    mine, theirs = getattr(row, name), getattr(known, name)
    return not mine.items() <= theirs.items() if name == "metadata" else mine != theirs


def _of_price(placed: Placed[PriceRow], there: There) -> Iterator[Fault]:
    row, known, product = placed.row, there.price(placed.row.names), there.products.get(placed.row.product.old_id)
    if product is not None and not product.active:
        yield placed.fault("product.old_id", "wrong_state", f"The product {product.id} is archived.")
    if known is None:
        return
    theirs = _comparable(known.model_dump(mode="json"))
    names = [name for name, value in _comparable(terms_of(row)).items() if theirs[name] != value]
    if names:
        detail = f"{known.id} is there by this name, with another {', '.join(names)}: a price never changes."
        yield placed.fault("old_id" if row.old_id else "lookup_key", "already_exists", detail)


def _comparable(terms: Json) -> Json:
    """Metered usage is summed, unless said otherwise."""
    recurring = terms["recurring"]
    if recurring is None or recurring["usage_type"] == "licensed":
        return terms
    return terms | {"recurring": recurring | {"aggregate_usage": recurring["aggregate_usage"] or "sum"}}


def _of_subscriptions(sheets: Sheets, there: There) -> Iterator[Fault]:
    """Of those that are not there yet: the others live on, and their periods may be over. They only must not differ."""
    customers = {each.row.id: each.row for each in sheets.customers}
    prices = {**there.prices, **{name: each.row for each in sheets.prices for name in each.row.names}}
    for placed in sheets.subscriptions:
        row = placed.row
        if (known := there.subscriptions.get(row.old_id)) is not None:
            yield from _of_subscription_there(placed, known, there)
            continue
        customer = customers.get(row.customer_id) or there.customers.get(row.customer_id)
        if customer is None and ("customers", row.customer_id) not in sheets.unread:
            detail = f"There is no customer {row.customer_id}, neither in the files nor in PocketPay."
            yield placed.fault("customer_id", UNKNOWN, detail)
        yield from _of_references(placed, there)
        found = list[PriceLike]()
        for item in row.all_items:
            price = prices.get(item.price)
            if price is not None:
                found.append(price)
            elif ("prices", item.price) not in sheets.unread:
                detail = f"There is no price {item.price}, neither in the files nor in PocketPay."
                yield placed.fault(_column(row), UNKNOWN, detail)
        yield from _of_prices(placed, found)
        yield from _of_times(placed, customer, found, there)


def _of_subscription_there(placed: Placed[SubscriptionRow], known: Subscription, there: There) -> Iterator[Fault]:
    """It is not overwritten: it may have changed since. What time changes is compared while nothing was invoiced."""
    row = placed.row
    set_ = [*_KEPT, *_UNTIL_INVOICED] if known.status == "trialing" else _KEPT
    names = [name for name in set_ if name in row.model_fields_set and getattr(row, name) != getattr(known, name)]
    if known.status == "trialing" and known.trial.end != row.current_period_end:
        names.append("current_period_end")
    if _items_of(row, there) != Counter((item.price, item.quantity) for item in known.items):
        names.append("items" if row.items else "price or quantity")
    if names:
        detail = f"{known.id} is there by this old id, with another {', '.join(sorted(names))}"
        yield placed.fault("old_id", "already_exists", f"{detail}: change the row, or take it out.")


def _items_of(row: SubscriptionRow, there: There) -> "Counter[tuple[str, int | None]]":
    """Ids of prices that are there, each with its quantity as a subscription shows it."""
    found = Counter[tuple[str, int | None]]()
    for item in row.all_items:
        price = there.prices.get(item.price)
        metered = price is not None and price.recurring is not None and price.recurring.usage_type == "metered"
        found[price.id if price else "", item.quantity if metered or item.quantity is not None else 1] += 1
    return found


def _column(row: SubscriptionRow) -> str:
    return "items" if row.items else "price"


def _of_references(placed: Placed[SubscriptionRow], there: There) -> Iterator[Fault]:
    row = placed.row
    for column, names, known in (
        ("coupons", row.coupons, there.coupons),
        ("default_tax_rates", row.default_tax_rates, there.tax_rates),
    ):
        for name in names:
            if name not in known:
                yield placed.fault(column, UNKNOWN, f"There is no {column[:-1].replace('_', ' ')} {name}.")


def _of_prices(placed: Placed[SubscriptionRow], prices: list[PriceLike]) -> Iterator[Fault]:
    column = _column(placed.row)
    if any(isinstance(price, Price) and not price.active for price in prices):
        yield placed.fault(column, "price_inactive", "The price is archived.")
    if any(price.recurring is None for price in prices):
        yield placed.fault(column, "wrong_type", "The price is paid once; a subscription needs a recurring one.")
    if len({price.currency for price in prices}) > 1:
        yield placed.fault(column, "mixed_currencies", "All items must be in one currency.")
    if len({(each.recurring.interval, each.recurring.interval_count) for each in prices if each.recurring}) > 1:
        yield placed.fault(column, "mixed_intervals", "All items must have one interval.")


def _of_times(
    placed: Placed[SubscriptionRow], customer: CustomerRow | Customer | None, prices: list[PriceLike], there: There
) -> Iterator[Fault]:
    row, now = placed.row, there.clock_time(customer.test_clock if customer else None)
    if row.current_period_end <= now:
        detail = f"It must lie ahead (now is {rfc3339(now)}): a period that is over was the old system's to renew."
        yield placed.fault("current_period_end", "too_small", detail)
    if row.cancel_at is not None and row.cancel_at <= now:
        yield placed.fault("cancel_at", "too_small", "It can be canceled in the future only.")
    anchor, recurring = row.billing_cycle_anchor, prices[0].recurring if prices else None
    if anchor is None or recurring is None:
        return
    zone = customer.time_zone if customer else None
    if anchor < row.current_period_end or period_at(anchor, recurring, zone, row.current_period_end).start != (
        row.current_period_end
    ):
        detail = "Counted back from the anchor, no period begins at current_period_end: a part of one would be billed."
        yield placed.fault("billing_cycle_anchor", "not_aligned", detail)
