"""The plan: what is to be made of the rows, given what is there; or every fault that stands against it. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from messages.products import PriceTerms
from messages.wire import Json, rfc3339
from pocketpay.importing import checking
from pocketpay.importing.reading import Fault
from pocketpay.importing.rows import MARK, CustomerRow, PriceRow, ProductOfRow, SubscriptionRow
from pocketpay.importing.sheets import Placed, Sheets
from pocketpay.importing.there import There

Thing = Literal["customer", "product", "price", "subscription"]
Ids = Mapping[tuple[Thing, str], str]
PATHS: Final[dict[Thing, str]] = {
    "customer": "/api/v1/customers",
    "product": "/api/v1/products",
    "price": "/api/v1/prices",
    "subscription": "/api/v1/subscriptions",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be. `there` is its id where it is there already; else `body` makes it.

    In a body, products and prices stand by their names: their ids are known once they are made. `begins` is what a
    subscription waits for, and None where it ends before it is invoiced.
    """

    thing: Thing
    name: str
    file: str
    line: int
    body: Json
    there: str | None = None
    fills_in: bool = False
    begins: datetime | None = None

    def key(self, attempt: int = 1) -> str:
        """The idempotency key: of the thing and its old id alone, so that a second run asks for the same."""
        digest = hashlib.sha256(f"{self.thing}\x1f{self.name}".encode()).hexdigest()[:40]
        return f"import-{self.thing}-{digest}" + (f"-{attempt}" if attempt > 1 else "")


@dataclass(frozen=True, slots=True)
class Plan:
    """In the order in which it is carried out; `ids` are of what is there before. With faults nothing of it is."""

    customers: list[Step]
    products: list[Step]
    prices: list[Step]
    subscriptions: list[Step]
    ids: Ids
    faults: list[Fault]

    @property
    def waves(self) -> tuple[list[Step], ...]:
        """Each needs all that is before it."""
        return self.customers, self.products, self.prices, self.subscriptions


def planned(sheets: Sheets, there: There) -> Plan:
    """Every fault is told: those of the files, and those that only show together."""
    faults = [*sheets.faults, *checking.faults(sheets, there)]
    products = {each.row.product.old_id: each for each in reversed(sheets.prices)}
    known_as = {name: each.row.name for each in sheets.prices for name in each.row.names}
    return Plan(
        customers=[_customer(each, there) for each in sheets.customers],
        products=[_product(each, each.row.product, there) for each in reversed(products.values())],
        prices=[_price(each, there) for each in sheets.prices],
        subscriptions=[_subscription(each, known_as, there) for each in sheets.subscriptions],
        ids=_ids(sheets, there),
        faults=sorted(faults, key=lambda fault: (fault.file, fault.line, fault.column or "")),
    )


def resolved(step: Step, ids: Ids) -> Json:
    """The body as it is sent. Raises KeyError with the name of what was not made."""
    match step.thing:
        case "price":
            return step.body | {"product": ids["product", step.body["product"]]}
        case "subscription":
            items = [item | {"price": ids["price", item["price"]]} for item in step.body["items"]]
            return step.body | {"items": items}
        case _:
            return step.body


def _ids(sheets: Sheets, there: There) -> Ids:
    """Prices also by what their row is known as; customers who are still to be filled in are not in yet."""
    ids: dict[tuple[Thing, str], str] = {("price", name): price.id for name, price in there.prices.items()}
    for each in sheets.prices:
        if (price := there.price(each.row.names)) is not None:
            ids["price", each.row.name] = price.id
    waiting = {each.row.id for each in sheets.customers if (it := there.customers.get(each.row.id)) and it.implicit}
    ids.update({("customer", id_): id_ for id_ in there.customers if id_ not in waiting})
    return ids


def _customer(placed: Placed[CustomerRow], there: There) -> Step:
    known = there.customers.get(placed.row.id)
    body = placed.row.model_dump(mode="json", exclude_unset=True)
    present = known.id if known and not known.implicit else None
    return Step("customer", placed.row.id, placed.file, placed.line, body, present, fills_in=known is not None)


def _product(placed: Placed[PriceRow], product: ProductOfRow, there: There) -> Step:
    known = there.products.get(product.old_id)
    body = product.model_dump(mode="json", exclude={"old_id"}, exclude_unset=True) | _marked({}, product.old_id)
    return Step("product", product.old_id, placed.file, placed.line, body, known.id if known else None)


def _price(placed: Placed[PriceRow], there: There) -> Step:
    row, known = placed.row, there.price(placed.row.names)
    sent = set(PriceTerms.model_fields) - {"metadata"}
    body = row.model_dump(mode="json", include=sent, exclude_unset=True) | _marked(row.metadata, row.name)
    body["product"] = row.product.old_id
    return Step("price", row.name, placed.file, placed.line, body, known.id if known else None)


_AS_SENT: Final = (
    *("customer_id", "collection_method", "days_until_due", "default_payment_method", "coupons", "default_tax_rates"),
    *("billing_cycle_anchor", "cancel_at", "cancel_at_period_end", "description"),
)


def _subscription(placed: Placed[SubscriptionRow], known_as: Mapping[str, str], there: There) -> Step:
    """A trial until the old period ends: the one way to begin that asks for nothing before, whatever the price."""
    row = placed.row
    body: dict[str, Any] = row.model_dump(mode="json", include=set(_AS_SENT), exclude_unset=True)
    items = [item.model_dump(mode="json", exclude_none=True) for item in row.all_items]
    body["items"] = [item | {"price": known_as.get(item["price"], item["price"])} for item in items]
    body["trial_end"] = rfc3339(row.current_period_end)
    body |= _marked(row.metadata, row.old_id)
    ends = row.cancel_at_period_end or (row.cancel_at is not None and row.cancel_at <= row.current_period_end)
    begins = None if ends else row.current_period_end
    known = there.subscriptions.get(row.old_id)
    return Step("subscription", row.old_id, placed.file, placed.line, body, known.id if known else None, begins=begins)


def _marked(metadata: dict[str, str], name: str) -> Json:
    return {"metadata": metadata | {MARK: name}}
