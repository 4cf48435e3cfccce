"""Products, prices and tax rates: what may be made, what may change, and what is said of it."""

from typing import Any

import pytest

from actors.runtime.decision import Refused
from tests.invoicing.shop import Shop

FLAT = {"product": "prod_1", "currency": "USD", "unit_amount": 1200}
MONTHLY = {**FLAT, "recurring": {"interval": "month"}}
TIERS = [{"up_to": 10, "unit_amount": 100}, {"up_to": None, "unit_amount": 50}]
TIERED = {"product": "prod_1", "currency": "USD", "billing_scheme": "tiered", "tiers_mode": "volume", "tiers": TIERS}
PACKAGE = {"divide_by": 100, "round": "up"}


@pytest.fixture
def shop() -> Shop:
    """With one product."""
    shop = Shop()
    shop.done("product.create", "prod_1", name="Pro")
    return shop


def wrong(shop: Shop, type_: str, subject: str, /, **data: Any) -> set[tuple[str, str]]:
    """Where the body is wrong, and how."""
    outcome = shop.ask(type_, subject, **data)
    assert isinstance(outcome, Refused), outcome
    assert outcome.code == "validation_failed"
    return {(error["pointer"], error["code"]) for error in outcome.extra["errors"]}


PRICES = {
    "no amount": ({**FLAT, "unit_amount": None}, {("/unit_amount", "missing")}),
    "tiers without tiered": ({**FLAT, "tiers": TIERS}, {("/tiers", "conflicts_with")}),
    "a mode without tiers": ({**FLAT, "tiers_mode": "volume"}, {("/tiers_mode", "conflicts_with")}),
    "flat without amount": ({**FLAT, "unit_amount": None, "billing_scheme": "flat"}, {("/unit_amount", "missing")}),
    "flat package": (
        {**FLAT, "billing_scheme": "flat", "transform_quantity": PACKAGE},
        {("/transform_quantity", "conflicts_with")},
    ),
    "tiered package": ({**TIERED, "transform_quantity": PACKAGE}, {("/transform_quantity", "conflicts_with")}),
    "tiered with an amount": ({**TIERED, "unit_amount": 1}, {("/unit_amount", "conflicts_with")}),
    "tiered without anything": (
        {**TIERED, "tiers": None, "tiers_mode": None},
        {("/tiers", "missing"), ("/tiers_mode", "missing")},
    ),
    "last tier ends": ({**TIERED, "tiers": TIERS[:1]}, {("/tiers/0/up_to", "conflicts_with")}),
    "first tier does not end": ({**TIERED, "tiers": [TIERS[1], TIERS[1]]}, {("/tiers/0/up_to", "conflicts_with")}),
    "tiers descend": ({**TIERED, "tiers": [TIERS[0], TIERS[0], TIERS[1]]}, {("/tiers/1/up_to", "too_small")}),
    "eleven years": (
        {**FLAT, "recurring": {"interval": "year", "interval_count": 11}},
        {("/recurring/interval_count", "too_large")},
    ),
    "licensed adds up": (
        {**FLAT, "recurring": {"interval": "month", "aggregate_usage": "max"}},
        {("/recurring/aggregate_usage", "conflicts_with")},
    ),
}


@pytest.mark.parametrize(("body", "where"), PRICES.values(), ids=PRICES.keys())
def test_a_price_that_cannot_be_is_told_where_it_is_wrong(
    shop: Shop, body: dict[str, Any], where: set[tuple[str, str]]
) -> None:
    assert wrong(shop, "price.create", "price_1", **body) == where


def test_a_price_is_recurring_exactly_when_it_recurs_and_metered_usage_is_summed(shop: Shop) -> None:
    once = shop.done("price.create", "price_1", **FLAT)
    assert (once.type, once.recurring) == ("one_time", None)
    assert shop.done("price.create", "price_2", **MONTHLY).type == "recurring"
    metered = shop.done("price.create", "price_3", **FLAT, recurring={"interval": "month", "usage_type": "metered"})
    assert metered.recurring.aggregate_usage == "sum"
    assert shop.done("price.create", "price_4", **TIERED).tiers[1].up_to is None
    assert shop.done("price.create", "price_5", **FLAT, transform_quantity=PACKAGE).transform_quantity.divide_by == 100


def test_a_price_needs_a_product_that_is_sold(shop: Shop) -> None:
    assert shop.refused("price.create", "price_1", **{**FLAT, "product": "prod_2"}) == "reference_not_found"
    shop.done("product.update", "prod_1", changes={"active": False})
    assert shop.refused("price.create", "price_1", **FLAT) == "wrong_state"
    assert shop.types == ["product.created", "product.archived"]


def test_what_a_price_asks_for_never_changes(shop: Shop) -> None:
    shop.done("price.create", "price_1", **MONTHLY)
    for name, value in {"unit_amount": 1, "currency": "EUR", "tiers": [], "recurring": None, "product": "x"}.items():
        assert wrong(shop, "price.update", "price_1", changes={name: value}) == {(f"/{name}", "not_allowed_here")}
    assert wrong(shop, "price.update", "price_1", changes={"active": None}) == {("/active", "bad_format")}
    # but its labels do, and metadata is merged
    changes = {"nickname": "Old", "metadata": {"a": "1", "b": "2"}}
    assert shop.done("price.update", "price_1", changes=changes).nickname == "Old"
    after = shop.done("price.update", "price_1", changes={"nickname": None, "metadata": {"a": None}})
    assert (after.nickname, after.metadata, after.version) == (None, {"b": "2"}, 3)


def test_a_lookup_key_is_held_by_one_active_price_and_free_again_once_that_is_archived(shop: Shop) -> None:
    # Given a price with a lookup key
    shop.done("price.create", "price_1", **MONTHLY, lookup_key="pro")
    shop.done("price.create", "price_2", **MONTHLY)
    # Then no other can have it, made or changed
    assert shop.refused("price.create", "price_3", **MONTHLY, lookup_key="pro") == "already_exists"
    assert shop.refused("price.update", "price_2", changes={"lookup_key": "pro"}) == "already_exists"
    # When the first is archived
    shop.done("price.update", "price_1", changes={"active": False})
    # Then another may take it, and the first cannot come back with it
    shop.done("price.update", "price_2", changes={"lookup_key": "pro"})
    assert shop.refused("price.update", "price_1", changes={"active": True}) == "already_exists"
    # When the second lets go of it, the first may
    shop.done("price.update", "price_2", changes={"lookup_key": None})
    assert shop.done("price.update", "price_1", changes={"active": True}).lookup_key == "pro"


def test_a_default_price_is_an_active_one_of_the_product_and_is_not_archived(shop: Shop) -> None:
    shop.done("product.create", "prod_2", name="Other")
    shop.done("price.create", "price_1", **FLAT)
    shop.done("price.create", "price_2", **{**FLAT, "product": "prod_2"})
    conflict = {("/default_price", "conflicts_with")}
    assert wrong(shop, "product.update", "prod_1", changes={"default_price": "price_2"}) == conflict
    assert shop.refused("product.update", "prod_1", changes={"default_price": "price_9"}) == "reference_not_found"
    assert shop.done("product.update", "prod_1", changes={"default_price": "price_1"}).default_price == "price_1"
    assert shop.refused("price.update", "price_1", changes={"active": False}) == "in_use"
    shop.done("product.update", "prod_1", changes={"default_price": None})
    shop.done("price.update", "price_1", changes={"active": False})
    assert wrong(shop, "product.update", "prod_1", changes={"default_price": "price_1"}) == conflict


def test_a_change_is_refused_when_another_was_faster_and_silent_when_nothing_moves(shop: Shop) -> None:
    assert shop.refused("product.update", "prod_1", changes={"name": "A"}, if_match=2) == "version_conflict"
    assert shop.done("product.update", "prod_1", changes={"name": "A"}, if_match=1).version == 2
    assert shop.done("product.update", "prod_1", changes={"name": "A", "metadata": {"x": None}}).version == 2
    assert shop.types == ["product.created", "product.updated"]
    assert shop.refused("product.update", "prod_9", changes={}) == "not_found"
    assert shop.refused("product.create", "prod_1", name="Pro") == "already_exists"


def test_metadata_stays_within_its_bounds_when_it_is_merged(shop: Shop) -> None:
    shop.done("product.update", "prod_1", changes={"metadata": {str(n): "" for n in range(50)}})
    assert wrong(shop, "product.update", "prod_1", changes={"metadata": {"more": ""}}) == {("/metadata", "too_long")}


def test_a_tax_rate_is_owed_somewhere_and_never_changes_what_it_takes() -> None:
    shop = Shop()
    vat = {"display_name": "VAT", "percentage": "20"}
    assert shop.done("tax_rate.create", "txr_1", **vat, country="GB").jurisdiction == "GB"
    assert shop.done("tax_rate.create", "txr_2", **vat).jurisdiction == "other"
    assert shop.done("tax_rate.create", "txr_3", **vat, country="US", jurisdiction="US-CA").jurisdiction == "US-CA"
    both = {"inclusive": True, "reverse_charge": True}
    assert wrong(shop, "tax_rate.create", "txr_4", **vat, **both) == {("/inclusive", "conflicts_with")}
    refused = wrong(shop, "tax_rate.update", "txr_1", changes={"percentage": "5"})
    assert refused == {("/percentage", "not_allowed_here")}
    assert shop.done("tax_rate.update", "txr_1", changes={"display_name": "Old VAT", "active": False}).active is False
    assert shop.done("tax_rate.update", "txr_1", changes={"active": True}).active is True
    assert shop.types == [*["tax_rate.created"] * 3, "tax_rate.archived", "tax_rate.updated"]
