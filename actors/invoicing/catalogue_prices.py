"""Prices: what may be asked for, and the lookup keys by which they are found."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from actors.invoicing.catalogue import (
    Fault,
    answer_change,
    born,
    made,
    merged,
    must_be_faultless,
    must_be_new,
    read_changes,
)
from actors.invoicing.desk import Desk
from actors.invoicing.keys import price_key, product_key
from actors.invoicing.lookup_keys import held, hold, let_go
from actors.invoicing.rules import Rule
from actors.invoicing.states import PriceState, ProductState
from actors.runtime.decision import Asked, Key, View
from actors.runtime.refusals import Refusal, found, must_match, referred, wrong_state
from messages.envelope import Command
from messages.products import CreatePrice, Interval, Price, PriceChanges, PriceTerms, Recurring, Tier
from messages.products import UpdateCatalogue as Update

_LONGEST: Final[Mapping[Interval, int]] = {"day": 3_650, "week": 520, "month": 120, "year": 10}
"""What is earned over a period is kept day by day."""


def create_needs(asked: Asked, view: View) -> set[Key]:
    """The price, its product and its lookup key."""
    _ = view
    tenant, wish = asked.tenant, asked.data
    return {
        price_key(tenant, asked.command.subject),
        product_key(tenant, wish.product),
        *held(tenant, wish.lookup_key),
    }


def update_needs(asked: Asked, view: View) -> set[Key]:
    """The price, its product, and the lookup keys that it has and is to have."""
    key = price_key(asked.tenant, asked.command.subject)
    keys = {key, *held(asked.tenant, asked.data.changes.get("lookup_key"))}
    state: PriceState | None = view.get(key)
    if state is None:
        return keys
    return keys | {product_key(asked.tenant, state.price.product), *held(asked.tenant, state.price.lookup_key)}


def create(desk: Desk, command: Command, wish: CreatePrice) -> None:
    """201 with the price."""
    must_be_new(desk, price_key(desk.tenant, command.subject))
    must_be_faultless(faults(wish))
    product: ProductState = referred(desk, product_key(desk.tenant, wish.product), "/product")
    if not product.product.active:
        raise wrong_state("product", wish.product, "archived", "priced", ["active"])
    price = Price.model_validate(
        {
            **dict(wish),
            "recurring": _with_aggregation(wish.recurring),
            "type": "recurring" if wish.recurring else "one_time",
            **born(desk, command),
        }
    )
    hold(desk, price)
    made(desk, PriceState(tenant=desk.tenant, price=price), price)


def update(desk: Desk, command: Command, wish: Update) -> None:
    """200 with the price as it is now: its labels, and whether it is sold."""
    state: PriceState = found(desk, price_key(desk.tenant, command.subject))
    before = state.price
    must_match(before.version, wish.if_match)
    after = merged(before, read_changes(PriceChanges, wish.changes), desk)
    if before.active and not after.active:
        _must_not_be_default(desk, before)
    let_go(desk, before)
    hold(desk, after)
    state = state.model_copy(update={"price": after})
    answer_change(desk, state, before, after, archived=before.active and not after.active)


def faults(wish: PriceTerms) -> Iterator[Fault]:
    """What no price can be, by the billing scheme and how it recurs."""
    if wish.recurring is not None and wish.recurring.usage_type == "licensed" and wish.recurring.aggregate_usage:
        yield Fault(
            "/recurring/aggregate_usage", "conflicts_with", "Only metered usage adds up; this price is licensed."
        )
    if wish.recurring is not None and wish.recurring.interval_count > _LONGEST[wish.recurring.interval]:
        yield Fault("/recurring/interval_count", "too_large", "A period is ten years long at most.")
    if wish.transform_quantity is not None and wish.billing_scheme != "per_unit":
        yield Fault("/transform_quantity", "conflicts_with", "Only per_unit prices sell packages.")
    if wish.billing_scheme == "tiered":
        yield from _faults_of_tiered(wish)
        return
    if wish.unit_amount is None:
        yield Fault("/unit_amount", "missing", f"A {wish.billing_scheme} price needs unit_amount, in minor units.")
    for name, value in (("tiers_mode", wish.tiers_mode), ("tiers", wish.tiers)):
        if value is not None:
            yield Fault(f"/{name}", "conflicts_with", "Only prices with billing_scheme tiered have tiers.")


def _faults_of_tiered(wish: PriceTerms) -> Iterator[Fault]:
    if wish.unit_amount is not None:
        yield Fault("/unit_amount", "conflicts_with", "The tiers say what a unit costs.")
    if wish.tiers_mode is None:
        yield Fault("/tiers_mode", "missing", "tiers_mode is missing: graduated or volume.")
    if wish.tiers is None:
        yield Fault("/tiers", "missing", "tiers is missing: a list whose last up_to is null.")
    else:
        yield from _faults_of_tiers(wish.tiers)


def _faults_of_tiers(tiers: list[Tier]) -> Iterator[Fault]:
    last = len(tiers) - 1
    if tiers[last].up_to is not None:
        yield Fault(f"/tiers/{last}/up_to", "conflicts_with", "The last tier has no end: its up_to is null.")
    for number, tier in enumerate(tiers[:last]):
        if tier.up_to is None:
            yield Fault(f"/tiers/{number}/up_to", "conflicts_with", "Only the last tier has no end.")
    for number, (lower, upper) in enumerate(pairwise(tiers), 1):
        if lower.up_to is not None and upper.up_to is not None and upper.up_to <= lower.up_to:
            yield Fault(
                f"/tiers/{number}/up_to", "too_small", f"It must be above {lower.up_to}, where the tier begins."
            )


def _with_aggregation(recurring: Recurring | None) -> Recurring | None:
    """Metered usage is summed, unless said otherwise."""
    if recurring is None or recurring.usage_type == "licensed":
        return recurring
    return recurring.model_copy(update={"aggregate_usage": recurring.aggregate_usage or "sum"})


def _must_not_be_default(desk: Desk, price: Price) -> None:
    product: ProductState | None = desk.get(product_key(desk.tenant, price.product))
    if product is not None and product.product.default_price == price.id:
        raise Refusal("in_use", f"It is the default price of {price.product}: give that another one, or none, first.")


RULES: Final[Mapping[str, Rule]] = {
    "price.create": Rule(create_needs, create),
    "price.update": Rule(update_needs, update),
}
