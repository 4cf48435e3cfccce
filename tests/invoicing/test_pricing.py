"""What quantities cost: by unit, flat, in packages, and in tiers at their very edges."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.invoicing.pricing import cost, described, unit_amount_of
from messages.products import Price, Tier
from messages.quantities import fraction_of
from tests.invoicing.made import price

TIERS = [
    {"up_to": 10, "unit_amount": 100, "flat_amount": 500},
    {"up_to": 20, "unit_amount": 50},
    {"up_to": None, "flat_amount": 7},
]
GRADUATED = price(billing_scheme="tiered", tiers_mode="graduated", tiers=TIERS)
VOLUME = price(billing_scheme="tiered", tiers_mode="volume", tiers=TIERS)
PER_UNIT, FLAT = price(unit_amount=1200), price(unit_amount=1200, billing_scheme="flat")
PACKAGE_UP = price(unit_amount=300, transform_quantity={"divide_by": 100, "round": "up"})
PACKAGE_DOWN = price(unit_amount=300, transform_quantity={"divide_by": 100, "round": "down"})
QUANTITIES = st.integers(0, 50_000_000).map(lambda millionths: Fraction(millionths, 10**6))


@pytest.mark.parametrize(
    ("priced", "quantity", "amount"),
    [
        (PER_UNIT, "0", 0),
        (PER_UNIT, "3", 3600),
        (PER_UNIT, "1.5", 1800),
        (price(unit_amount=1), "0.5", 0),  # half to even
        (price(unit_amount=1), "1.5", 2),
        (price(unit_amount=1), "2.5", 2),
        (price(unit_amount=0), "7", 0),
        (FLAT, "0", 1200),
        (FLAT, "9", 1200),
        (PACKAGE_UP, "0", 0),
        (PACKAGE_UP, "0.000001", 300),
        (PACKAGE_UP, "100", 300),
        (PACKAGE_UP, "100.5", 600),
        (PACKAGE_DOWN, "99.999999", 0),
        (PACKAGE_DOWN, "199", 300),
        (PACKAGE_DOWN, "200", 600),
        (GRADUATED, "0", 0),
        (GRADUATED, "0.5", 550),
        (GRADUATED, "10", 1500),
        (GRADUATED, "10.5", 1525),
        (GRADUATED, "11", 1550),
        (GRADUATED, "20", 2000),
        (GRADUATED, "20.000001", 2007),
        (GRADUATED, "1000", 2007),
        (VOLUME, "0", 0),
        (VOLUME, "1", 600),
        (VOLUME, "10", 1500),
        (VOLUME, "10.5", 525),
        (VOLUME, "20", 1000),
        (VOLUME, "21", 7),
    ],
)
def test_a_quantity_costs(priced: Price, quantity: str, amount: int) -> None:
    assert cost(priced, fraction_of(quantity)) == amount


@st.composite
def _tiers(draw: st.DrawFn) -> list[Tier]:
    ends = sorted(draw(st.sets(st.integers(1, 40), max_size=4)))
    amounts = st.integers(0, 1000)
    return [Tier(up_to=end, unit_amount=draw(amounts), flat_amount=draw(amounts)) for end in (*ends, None)]


@given(tiers=_tiers(), quantity=st.integers(0, 60))
def test_graduated_is_unit_by_unit(tiers: list[Tier], quantity: int) -> None:
    # Given every unit's own tier, found naively
    own = [next(tier for tier in tiers if tier.up_to is None or unit <= tier.up_to) for unit in range(1, quantity + 1)]
    # Then the price is that of all units, and of every tier that one of them is in
    entered = sum(tier.flat_amount for tier in tiers if tier in own)
    tiered = price(billing_scheme="tiered", tiers_mode="graduated", tiers=tiers)
    assert cost(tiered, Fraction(quantity)) == sum(tier.unit_amount for tier in own) + entered


@given(tiers=_tiers(), quantity=QUANTITIES)
def test_one_endless_tier_is_the_same_either_way(tiers: list[Tier], quantity: Fraction) -> None:
    only = tiers[-1:]
    graduated = price(billing_scheme="tiered", tiers_mode="graduated", tiers=only)
    volume = price(billing_scheme="tiered", tiers_mode="volume", tiers=only)
    assert cost(graduated, quantity) == cost(volume, quantity)


@given(tiers=_tiers(), fewer=QUANTITIES, more=QUANTITIES)
def test_more_never_costs_less_where_it_is_graduated(tiers: list[Tier], fewer: Fraction, more: Fraction) -> None:
    tiered = price(billing_scheme="tiered", tiers_mode="graduated", tiers=tiers)
    assert cost(tiered, min(fewer, more)) <= cost(tiered, max(fewer, more))


@pytest.mark.parametrize(
    ("priced", "label", "quantity", "text", "unit_amount"),
    [
        (PER_UNIT, None, "3", "3 × Pro", 1200),
        (PER_UNIT, "seat", "3", "3 × Pro (per seat)", 1200),
        (FLAT, "seat", "3", "Pro", None),
        (PACKAGE_UP, "message", "1250", "1250 × Pro (per 100)", None),
        (GRADUATED, None, "1.5", "1.5 × Pro", None),
        (VOLUME, "kWh", "1.5", "1.5 × Pro (per kWh)", None),
    ],
)
def test_a_line_says_what_it_is(
    priced: Price, label: str | None, quantity: str, text: str, unit_amount: int | None
) -> None:
    assert described(priced, "Pro", label, quantity) == text
    assert unit_amount_of(priced) == unit_amount
