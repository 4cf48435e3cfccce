"""Products and tax rates."""

from collections.abc import Mapping
from typing import Final

from actors.invoicing.catalogue import (
    answer_change,
    born,
    change,
    made,
    merged,
    must_be_new,
    read_changes,
)
from actors.invoicing.desk import Desk
from actors.invoicing.keys import price_key, product_key, tax_rate_key
from actors.invoicing.rules import Rule
from actors.invoicing.states import PriceState, ProductState, TaxRateState
from actors.runtime.decision import Asked, Key, View
from actors.runtime.refusals import found, invalid, must_match, referred
from messages.envelope import Command
from messages.products import CreateProduct, CreateTaxRate, Product, ProductChanges, TaxRate, TaxRateChanges
from messages.products import UpdateCatalogue as Update

NO_JURISDICTION: Final = "other"


def product_needs(asked: Asked, view: View) -> set[Key]:
    """The product, and the price that is to be its default."""
    _ = view
    changes: Mapping[str, object] = getattr(asked.data, "changes", {})
    price = changes.get("default_price")
    keys = {product_key(asked.tenant, asked.command.subject)}
    return keys | ({price_key(asked.tenant, price)} if isinstance(price, str) else set())


def create_product(desk: Desk, command: Command, wish: CreateProduct) -> None:
    """201 with the product; it has no price yet."""
    must_be_new(desk, product_key(desk.tenant, command.subject))
    product = Product.model_validate({**dict(wish), **born(desk, command)})
    made(desk, ProductState(tenant=desk.tenant, product=product), product)


def update_product(desk: Desk, command: Command, wish: Update) -> None:
    """200 with the product as it is now."""
    state: ProductState = found(desk, product_key(desk.tenant, command.subject))
    before = state.product
    must_match(before.version, wish.if_match)
    changes = read_changes(ProductChanges, wish.changes)
    if changes.default_price is not None:
        _must_be_its_price(desk, before, changes.default_price)
    after = merged(before, changes, desk)
    state = state.model_copy(update={"product": after})
    answer_change(desk, state, before, after, archived=before.active and not after.active)


def _must_be_its_price(desk: Desk, product: Product, price: str) -> None:
    known: PriceState = referred(desk, price_key(desk.tenant, price), "/default_price")
    if known.price.product != product.id:
        raise invalid("/default_price", "conflicts_with", f"{price} is a price of {known.price.product}.")
    if not known.price.active:
        raise invalid("/default_price", "conflicts_with", f"The price {price} is archived.")


def tax_rate_needs(asked: Asked, view: View) -> set[Key]:
    """The tax rate."""
    _ = view
    return {tax_rate_key(asked.tenant, asked.command.subject)}


def create_tax_rate(desk: Desk, command: Command, wish: CreateTaxRate) -> None:
    """201 with the tax rate; what it takes never changes."""
    must_be_new(desk, tax_rate_key(desk.tenant, command.subject))
    if wish.reverse_charge and wish.inclusive:
        detail = (
            "What the customer owes the tax office is in no price: inclusive and reverse_charge exclude each other."
        )
        raise invalid("/inclusive", "conflicts_with", detail)
    owed_to = wish.jurisdiction or wish.country or NO_JURISDICTION
    rate = TaxRate.model_validate({**dict(wish), "jurisdiction": owed_to, **born(desk, command)})
    made(desk, TaxRateState(tenant=desk.tenant, tax_rate=rate), rate)


def update_tax_rate(desk: Desk, command: Command, wish: Update) -> None:
    """200 with the tax rate as it is now."""
    state: TaxRateState = found(desk, tax_rate_key(desk.tenant, command.subject))
    change(desk, state, "tax_rate", wish, TaxRateChanges)


RULES: Final[Mapping[str, Rule]] = {
    "product.create": Rule(product_needs, create_product),
    "product.update": Rule(product_needs, update_product),
    "tax_rate.create": Rule(tax_rate_needs, create_tax_rate),
    "tax_rate.update": Rule(tax_rate_needs, update_tax_rate),
}
