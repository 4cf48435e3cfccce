"""Quantities and percentages: decimals on the wire, exact inside, one rounding."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from messages.quantities import Percentage, Quantity, fraction_of, rounded, text_of

QUANTITY, PERCENTAGE = TypeAdapter(Quantity), TypeAdapter(Percentage)
MILLIONTHS = st.integers(0, 10**21 - 1).map(lambda millionths: Fraction(millionths, 10**6))


@pytest.mark.parametrize("text", ["0", "3", "1.5", "0.000001", "999999999999999.999999", "007"])
def test_a_plain_decimal_is_a_quantity(text: str) -> None:
    assert QUANTITY.validate_python(text) == text


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", ".5", "1.", "1e3", "1,5", " 1", "1\n", "٣", "1.0000001", "1" * 16, "NaN", 1, 1.5, None]
)
def test_what_is_no_plain_decimal_is_refused(text: object) -> None:
    with pytest.raises(ValidationError):
        QUANTITY.validate_python(text)


@pytest.mark.parametrize("text", ["0", "19", "19.5", "8.875", "100", "100.0000"])
def test_a_percentage_lies_between_nothing_and_all(text: str) -> None:
    assert PERCENTAGE.validate_python(text) == text


@pytest.mark.parametrize("text", ["-1", "100.0001", "101", "999", "1.00001", "1000", "5%"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        PERCENTAGE.validate_python(text)


@pytest.mark.parametrize(
    ("text", "fraction"),
    [("0", Fraction(0)), ("3", Fraction(3)), ("1.50", Fraction(3, 2)), ("0.000001", Fraction(1, 10**6))],
)
def test_a_text_stands_for_an_exact_fraction(text: str, fraction: Fraction) -> None:
    assert fraction_of(text) == fraction


@given(quantity=MILLIONTHS)
def test_a_quantity_comes_back_as_it_was_written(quantity: Fraction) -> None:
    assert fraction_of(text_of(quantity)) == quantity
    assert QUANTITY.validate_python(text_of(quantity))


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(100), "100"),
        (Fraction(3, 2), "1.5"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(2, 3), "0.666667"),
        (Fraction(-3, 2), "-1.5"),
        (Fraction(-1, 10**7), "0"),
        (Fraction(5, 10**7), "0"),  # a half goes to the even one
        (Fraction(15, 10**7), "0.000002"),
    ],
)
def test_a_quantity_is_written_without_idle_zeros(quantity: Fraction, text: str) -> None:
    assert text_of(quantity) == text


@pytest.mark.parametrize(
    ("amount", "minor"),
    [(Fraction(1, 2), 0), (Fraction(3, 2), 2), (Fraction(-1, 2), 0), (Fraction(-3, 2), -2), (Fraction(2, 3), 1)],
)
def test_minor_units_are_rounded_half_to_even(amount: Fraction, minor: int) -> None:
    assert rounded(amount) == minor
