"""Quantities and percentages with decimals: strings on the wire, exact fractions in the rules."""

from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from messages.money import divide_half_even

Quantity = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}(\.[0-9]{1,6})?$")]
"""Never negative; `"1.5"`, at most six decimals."""

_PERCENT = r"^[0-9]{1,3}(\.[0-9]{1,4})?$"


def _at_most_a_hundred(text: str) -> str:
    if fraction_of(text) > 100:
        raise ValueError("too_large")
    return text


Percentage = Annotated[str, StringConstraints(pattern=_PERCENT), AfterValidator(_at_most_a_hundred)]
"""`"19.5"` is 19.5 %; from 0 to 100, at most four decimals."""


def fraction_of(text: str) -> Fraction:
    """What a checked quantity or percentage stands for, exactly."""
    whole, _, decimals = text.partition(".")
    return Fraction(int(whole + decimals), 10 ** len(decimals))


def rounded(amount: Fraction) -> int:
    """Minor units out of an exact amount, half to even."""
    return divide_half_even(amount.numerator, amount.denominator)


def text_of(quantity: Fraction) -> str:
    """As it travels: `3`, `1.5`; at most six decimals."""
    millionths = rounded(quantity * 10**6)
    whole, decimals = divmod(abs(millionths), 10**6)
    sign = "-" if millionths < 0 else ""
    return f"{sign}{whole}.{decimals:06}".rstrip("0").rstrip(".") if decimals else f"{sign}{whole}"
