"""What counts from a trial's end, wherever that moves: a coupon's months, and whether a first part is free."""

from datetime import datetime
from typing import Any

import pytest

from tests.invoicing.selling import SUB, coupon, invoices, stocked, subscribed, subscription
from tests.invoicing.shop import START, Shop, days


def with_half_off(months: int, **fields: Any) -> Shop:
    """On a trial of seven days, with half off for so many months."""
    shop = stocked()
    coupon(shop, "cpn_half", percent_off="50", duration="repeating", duration_in_months=months)
    wish: dict[str, Any] = {"trial_days": 7, "coupons": ["cpn_half"], **fields}
    subscribed(shop, **wish)
    return shop


@pytest.mark.parametrize("trial_end", [START + days(2), START + days(60), "now"])
def test_the_months_of_a_coupon_count_from_where_the_trial_ends(trial_end: datetime | str) -> None:
    shop = with_half_off(2)
    shop.until(START + days(1))
    shop.done("subscription.change", SUB, trial_end=trial_end)
    shop.until(START + days(190))
    assert [each.total for each in invoices(shop)[:4]] == [500, 500, 1000, 1000]


@pytest.mark.parametrize("trial_end", [None, START + days(60)])
def test_the_months_of_a_coupon_that_is_given_on_trial_count_from_its_end(trial_end: datetime | None) -> None:
    shop = with_half_off(2, coupons=[])
    shop.until(START + days(1))
    shop.done("subscription.change", SUB, coupons=["cpn_half"], trial_end=trial_end)
    assert subscription(shop).coupons == ["cpn_half"]
    shop.until(START + days(190))
    assert [each.total for each in invoices(shop)[:4]] == [500, 500, 1000, 1000]


def test_the_months_of_a_coupon_count_from_the_first_boundary_after_a_trial_that_ends_before_the_anchor() -> None:
    # Given an anchor on 28 February, and a trial that ends later than it was to
    shop = with_half_off(1, billing_cycle_anchor=START + days(28))
    shop.done("subscription.change", SUB, trial_end=START + days(14))

    # Then the part up to the anchor is lowered, and one month
    shop.until(START + days(90))
    assert [each.discount for each in invoices(shop)][:3] == [226, 500, 0]


@pytest.mark.parametrize(("proration", "asked_for"), [("none", [1000]), ("create", [452, 1000])])
@pytest.mark.parametrize("trial_end", [None, "now"])
def test_the_part_between_a_trial_and_the_anchor_is_free_where_nothing_is_prorated(
    proration: str, asked_for: list[int], trial_end: str | None
) -> None:
    # Given a trial that ends 14 of 31 days before the anchor
    shop = stocked(now=datetime.fromisoformat("2026-01-29T00:00:00Z"))
    anchor = datetime.fromisoformat("2026-02-15T00:00:00Z")
    subscribed(shop, trial_days=3 if trial_end is None else 9, billing_cycle_anchor=anchor, proration=proration)
    if trial_end is not None:
        shop.until(anchor - days(14))
        shop.done("subscription.change", SUB, trial_end=trial_end)

    # Then the part up to it is free, or billed as a part; the next period is whole, and so is what a change gives back
    shop.until(anchor)
    assert [each.total for each in invoices(shop)] == asked_for
    item = subscription(shop).items[0].id
    shop.done("subscription.change", SUB, items=[{"id": item, "price": "price_15"}], proration="invoice_now")
    assert [line.amount for line in invoices(shop)[-1].lines] == [-1000, 1500]


def test_a_change_in_a_part_that_is_free_gives_nothing_back() -> None:
    shop = stocked()
    subscribed(shop, trial_days=7, billing_cycle_anchor=START + days(28), proration="none")
    shop.until(START + days(10))
    shop.done("subscription.change", SUB, items=[{"id": subscription(shop).items[0].id, "quantity": 2}])
    assert [draft.line.amount for draft in shop.state(SUB).work.pending] == [1161]
