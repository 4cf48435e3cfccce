"""Coupons: what they may be, until when they are valid, and that every use counts."""

from typing import Any

import pytest

from actors.invoicing.coupons import redeem
from actors.invoicing.desk import Desk
from actors.runtime.decision import Refused
from actors.runtime.refusals import Refusal
from messages.products import Coupon
from tests.invoicing.shop import START, TENANT, Shop, days

QUARTER = {"percent_off": "25"}
FIVE = {"amount_off": 500, "currency": "USD"}

FAULTS = {
    "nothing off": ({}, "/percent_off", "missing"),
    "both": ({**QUARTER, **FIVE}, "/amount_off", "conflicts_with"),
    "zero percent": ({"percent_off": "0.0"}, "/percent_off", "too_small"),
    "amount without currency": ({"amount_off": 500}, "/currency", "missing"),
    "percentage of a currency": ({**QUARTER, "currency": "USD"}, "/currency", "conflicts_with"),
    "repeating for ever": ({**QUARTER, "duration": "repeating"}, "/duration_in_months", "missing"),
    "once in months": ({**QUARTER, "duration_in_months": 3}, "/duration_in_months", "conflicts_with"),
    "over already": ({**QUARTER, "redeem_by": START}, "/redeem_by", "too_small"),
}


@pytest.mark.parametrize(("body", "pointer", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_a_coupon_that_cannot_be_is_told_where_it_is_wrong(body: dict[str, Any], pointer: str, code: str) -> None:
    outcome = Shop().ask("coupon.create", "cpn_1", **body)
    assert isinstance(outcome, Refused)
    assert [(error["pointer"], error["code"]) for error in outcome.extra["errors"]] == [(pointer, code)]


def test_a_coupon_applies_to_products_that_there_are() -> None:
    shop = Shop()
    applies = {"applies_to": {"products": ["prod_1"]}}
    assert shop.refused("coupon.create", "cpn_1", **QUARTER, **applies) == "reference_not_found"
    shop.done("product.create", "prod_1", name="Pro")
    assert shop.done("coupon.create", "cpn_1", **QUARTER, **applies).applies_to.products == ["prod_1"]


def redeemed(shop: Shop, currency: str | None = None, now: Any = None) -> Coupon:
    desk = Desk(TENANT, shop.terms, shop.view, now or shop.now)
    state = redeem(desk, "cpn_1", "/coupons/0", currency)
    shop.view |= desk.states
    shop.said += desk.events
    return state.coupon


def refusal(shop: Shop, currency: str | None = None, now: Any = None) -> str:
    with pytest.raises(Refusal) as no:
        redeemed(shop, currency, now)
    assert no.value.extra["pointer"] == "/coupons/0"
    return no.value.code


def test_every_use_counts_until_it_is_used_up() -> None:
    # Given a coupon for two
    shop = Shop()
    shop.done("coupon.create", "cpn_1", **QUARTER, max_redemptions=2)
    # When it is redeemed twice, each use is told
    assert (redeemed(shop).valid, redeemed(shop).times_redeemed) == (True, 2)
    assert [(each.times_redeemed, each.valid) for each in shop.told("coupon.updated")] == [(1, True), (2, False)]
    # Then no more, also not once it is taken back from the archive
    assert refusal(shop) == "coupon_not_applicable"
    shop.done("coupon.update", "cpn_1", changes={"valid": False})
    assert shop.done("coupon.update", "cpn_1", changes={"valid": True}).valid is False


def test_an_archived_coupon_is_not_redeemed_and_may_be_taken_back() -> None:
    shop = Shop()
    shop.done("coupon.create", "cpn_1", **QUARTER)
    assert shop.done("coupon.update", "cpn_1", changes={"valid": False}).valid is False
    assert refusal(shop) == "coupon_not_applicable"
    assert shop.done("coupon.update", "cpn_1", changes={"valid": True, "name": "Spring"}).valid is True
    assert redeemed(shop).times_redeemed == 1
    assert shop.types == ["coupon.created", "coupon.archived", "coupon.updated", "coupon.updated"]


def test_a_coupon_is_valid_up_to_its_last_moment() -> None:
    shop = Shop()
    shop.done("coupon.create", "cpn_1", **QUARTER, redeem_by=START + days(1))
    assert refusal(shop, now=START + days(1)) == "coupon_not_applicable"
    assert redeemed(shop, now=START + days(0.99)).valid is True


def test_an_amount_is_taken_off_its_own_currency_alone() -> None:
    shop = Shop()
    shop.done("coupon.create", "cpn_1", **FIVE)
    assert refusal(shop, "EUR") == "coupon_not_applicable"
    assert redeemed(shop, "USD").times_redeemed == 1
    shop.view = dict.fromkeys(shop.view)
    assert refusal(shop) == "reference_not_found"
