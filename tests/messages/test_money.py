"""Money: integers, ISO exponents, one rounding, and shares that add up."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from messages.money import AMOUNT_MAX, EXPONENTS, Currency, divide_half_even, in_major_units, share

AMOUNTS = st.integers(0, AMOUNT_MAX)


@given(numerator=st.integers(-(10**20), 10**20), denominator=st.integers(1, 10**9))
def test_rounding_is_to_the_nearest_and_ties_go_to_the_even_one(numerator: int, denominator: int) -> None:
    exact = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    assert divide_half_even(numerator, denominator) == int(exact)


@given(of=AMOUNTS, parts=st.lists(st.integers(1, 10**9), min_size=1, max_size=20))
def test_shares_of_growing_parts_add_up_to_the_whole(of: int, parts: list[int]) -> None:
    whole, so_far, given_out = sum(parts), 0, 0
    for part in parts:
        so_far += part
        next_ = share(so_far, whole, of)
        assert next_ >= given_out
        given_out = next_
    assert given_out == of


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(1000, "USD", "10.00"), (-5, "USD", "-0.05"), (1000, "JPY", "1000"), (1234, "KWD", "1.234"), (0, "EUR", "0.00")],
)
def test_major_units_have_the_decimals_of_the_currency(amount: int, currency: str, text: str) -> None:
    assert in_major_units(amount, currency) == text


@pytest.mark.parametrize(("currency", "exponent"), [("JPY", 0), ("USD", 2), ("KWD", 3), ("ISK", 0), ("IQD", 3)])
def test_exponents_are_those_of_iso_4217(currency: str, exponent: int) -> None:
    assert EXPONENTS[currency] == exponent


@pytest.mark.parametrize("code", ["usd", "US", "USDD", "XAU", "ZZZ", "U\0D", "ＵＳＤ", ""])
def test_what_is_no_currency_with_minor_units_is_refused(code: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Currency).validate_python(code)
