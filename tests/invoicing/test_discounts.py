"""Coupons: in their order, on their products, to the last unit, and never below nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.invoicing.discounts import applies, discounted
from actors.invoicing.shares import spread
from messages.invoices import InvoiceLine
from messages.products import Coupon
from tests.invoicing.made import coupon, line

WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=10)


@pytest.mark.parametrize(
    ("amounts", "coupons", "discounts"),
    [
        ([3600], [coupon("25")], [900]),
        ([1000], [coupon("10"), coupon("10")], [190]),
        ([1000], [coupon("50"), coupon(None, 100)], [600]),
        ([1000], [coupon(None, 100), coupon("50")], [550]),
        ([1], [coupon("50")], [0]),  # a half goes to the even one
        ([3], [coupon("50")], [2]),
        ([100, 100, 100], [coupon(None, 100)], [33, 34, 33]),
        ([100, 300], [coupon(None, 100)], [25, 75]),
        ([100, 300], [coupon(None, 1000)], [100, 300]),
        ([100, 300], [coupon("100"), coupon("100")], [100, 300]),
        ([1500, -1000], [coupon("25")], [125, 0]),
        ([1500, -1000], [coupon(None, 9999)], [500, 0]),
        ([500, -1000], [coupon("25"), coupon(None, 100)], [0, 0]),
        ([0], [coupon(None, 100)], [0]),
        ([], [coupon("25")], []),
    ],
)
def test_coupons_take_off(amounts: list[int], coupons: list[Coupon], discounts: list[int]) -> None:
    assert discounted([line(amount) for amount in amounts], coupons)[0] == discounts


def test_only_the_named_products_get_a_discount() -> None:
    lines = [line(1000, product="prod_a"), line(1000, product="prod_b"), line(1000, product=None)]
    assert discounted(lines, [coupon("50", None, "prod_b", "prod_c")])[0] == [0, 500, 0]
    assert discounted(lines, [coupon(None, 1500, "prod_a")])[0] == [1000, 0, 0]


def test_a_credit_of_another_product_still_keeps_the_whole_at_nothing() -> None:
    lines = [line(1000, product="prod_a"), line(-700, product="prod_b")]
    assert discounted(lines, [coupon("50", None, "prod_a")])[0] == [300, 0]


def test_an_amount_applies_in_its_own_currency() -> None:
    assert not applies(coupon(None, 100, currency="EUR"), line(1000))
    assert applies(coupon(None, 100), line(1000))
    assert applies(coupon("50"), line(1000, currency="EUR"))


def test_a_coupon_that_takes_nothing_off_is_not_used() -> None:
    first, idle, last = coupon("100", number=1), coupon("10", None, "prod_x", number=2), coupon(None, 5, number=3)
    assert discounted([line(1000)], [idle, first, last])[1] == [first.id]


PRODUCTS = st.lists(st.sampled_from("ab"), max_size=2)
PERCENT = st.tuples(st.integers(0, 100), PRODUCTS).map(lambda off: coupon(str(off[0]), None, *off[1]))
AMOUNT_OFF = st.tuples(st.integers(1, 10_000), PRODUCTS).map(lambda off: coupon(None, off[0], *off[1]))
LINE = st.tuples(st.integers(-9_000, 9_000), st.sampled_from("abc")).map(lambda of: line(of[0], product=of[1]))


@given(lines=st.lists(LINE, max_size=6), coupons=st.lists(PERCENT | AMOUNT_OFF, max_size=4))
def test_no_coupon_brings_a_line_or_the_whole_below_nothing(lines: list[InvoiceLine], coupons: list[Coupon]) -> None:
    discounts, used = discounted(lines, coupons)
    subtotal = sum(each.amount for each in lines)
    assert all(0 <= discount <= max(each.amount, 0) for each, discount in zip(lines, discounts, strict=True))
    assert sum(discounts) <= max(subtotal, 0)
    assert bool(used) == any(discounts)


@given(amounts=WEIGHTS, off=st.integers(1, 10**7))
def test_an_amount_off_is_taken_off_to_the_last_unit(amounts: list[int], off: int) -> None:
    assert sum(discounted([line(amount) for amount in amounts], [coupon(None, off)])[0]) == min(off, sum(amounts))


@given(weights=WEIGHTS, data=st.data())
def test_what_is_spread_adds_up_and_is_nowhere_more_than_the_weight(weights: list[int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(weights)))
    parts = spread(amount, weights)
    assert sum(parts) == amount
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))
    assert spread(-amount, weights) == [-part for part in parts]
