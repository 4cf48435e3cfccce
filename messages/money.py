"""Money as integers of minor units, with ISO 4217 exponents and the one rounding of the project."""

from typing import Annotated

from iso4217 import Currency as IsoCurrency
from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

AMOUNT_MAX = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 8259, section 6)."""

EXPONENTS: dict[str, int] = {c.code: c.exponent for c in IsoCurrency if c.exponent is not None}
"""Decimals of every currency that has minor units: JPY 0, USD 2, KWD 3. Precious metals have none."""


def known_currency(code: str) -> str:
    """Raises ValueError for anything but the upper-case ISO 4217 code of a currency with minor units."""
    if code not in EXPONENTS:
        raise ValueError("currency_unknown")
    return code


Currency = Annotated[
    str,
    StringConstraints(min_length=3, max_length=3),
    AfterValidator(known_currency),
    WithJsonSchema({"type": "string", "format": "iso-4217", "pattern": "^[A-Z]{3}$"}),
]
Amount = Annotated[int, Field(ge=0, le=AMOUNT_MAX)]
PositiveAmount = Annotated[int, Field(ge=1, le=AMOUNT_MAX)]
Balance = Annotated[int, Field(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]


def divide_half_even(numerator: int, denominator: int) -> int:
    """The project's only rounding: to the nearest integer, ties to the even one. The denominator is positive."""
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2):
        return quotient + 1
    return quotient


def share(part: int, whole: int, of: int) -> int:
    """`of` x part / whole. Shares of growing parts, each less the one before, add up to `of` exactly."""
    return divide_half_even(of * part, whole) if whole else 0


def converted(amount: int, from_currency: str, to_currency: str, rate: str) -> int:
    """Minor units of the one currency in those of the other, at so many major units for one; half to even.

    The rate is a plain decimal text such as `0.9213`: digits, and perhaps a point with digits after it.
    """
    whole, _, fraction = rate.partition(".")
    numerator = amount * int(whole + fraction) * 10 ** EXPONENTS[to_currency]
    return divide_half_even(numerator, 10 ** (len(fraction) + EXPONENTS[from_currency]))


def in_major_units(amount_minor: int, currency: str) -> str:
    """For people: 1000 USD reads `10.00`, 1000 JPY `1000`."""
    exponent = EXPONENTS[currency]
    sign, digits = ("-" if amount_minor < 0 else ""), str(abs(amount_minor)).rjust(exponent + 1, "0")
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}" if exponent else f"{sign}{digits}"
