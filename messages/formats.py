"""Amounts, dates and numbers as people write them. How many decimals a currency has, ISO 4217 says, never CLDR."""

import re
import unicodedata
from copy import copy
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import NumberPattern, format_decimal, format_percent

from messages.customers import Address
from messages.money import EXPONENTS, in_major_units
from messages.spans import MaybeSpan
from messages.wire import Instant

_ENGLISH = Locale("en", "US")
_POSTAL_LAST = frozenset({"AU", "CA", "GB", "IE", "IN", "NZ", "US"})
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CODE_AND_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=256)
def locale_of(tag: str) -> Locale:
    """Of a BCP 47 tag; an unknown region leaves the language, an unknown language American English.

    So does one that is written from right to left: sheets run from left to right, and its dates would fall apart.
    """
    for known in (tag, tag.split("-", maxsplit=1)[0]):
        try:
            locale = Locale.parse(known, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
        return locale if locale.text_direction == "ltr" else _ENGLISH
    return _ENGLISH


def amount_text(amount_minor: int, currency: str, locale: Locale) -> str:
    """`$1,234.56`, `1.234,56 €`, `￥123,456`; a currency without a sign stands apart, `KWD 3.600`."""
    pattern = _currency_pattern(locale, EXPONENTS[currency])
    text = pattern.apply(in_major_units(amount_minor, currency), locale, currency=currency, currency_digits=False)
    return _CODE_AND_DIGIT.sub("\u00a0", text)


@lru_cache(maxsize=256)
def _currency_pattern(locale: Locale, exponent: int) -> NumberPattern:
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (exponent, exponent)
    return pattern


def quantity_text(quantity: str, locale: Locale) -> str:
    """`"1234.5"` as `1.234,5`."""
    return format_decimal(quantity, format="#,##0.######", locale=locale)


def percentage_text(percentage: str, locale: Locale) -> str:
    """`"19.5"` as `19,5 %`."""
    whole, _, decimals = percentage.partition(".")
    digits = whole.rjust(3, "0")
    hundredth = f"{digits[:-2]}.{digits[-2:]}{decimals}"
    pattern = copy(locale.percent_formats[None])
    pattern.frac_prec = (0, 4)
    return format_percent(hundredth, format=pattern, locale=locale)


def date_text(at: Instant, time_zone: str, locale: Locale) -> str:
    """The day that it is where the customer lives; a zone that is not known is UTC."""
    return format_date(at.astimezone(_zone(time_zone)).date(), "long", locale)


def span_text(span: MaybeSpan, time_zone: str, locale: Locale) -> str:
    """From its first to its last day; the end itself belongs to the next span."""
    if span.start is None or span.end is None:
        return ""
    zone = _zone(time_zone)
    first, after = (each.astimezone(zone) for each in (span.start, span.end))
    last = max(first.date(), (after - after.resolution).date())
    days = [format_date(day, "medium", locale) for day in (first.date(), last)]
    return days[0] if days[0] == days[1] else " – ".join(days)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def address_lines(address: Address, locale: Locale) -> list[str]:
    """Small to large, the postal code where the country writes it; large to small in Japanese script."""
    city, state, code = address.city, address.state, address.postal_code
    country = locale.territories.get(address.country, address.country) if address.country else None
    place = "".join(_there([state, city, address.line1]))
    if address.country == "JP" and not place.isascii():
        return _there([f"〒{code}" if code else None, place, address.line2, country])
    if address.country in _POSTAL_LAST:
        place = ", ".join(_there([city, " ".join(_there([state, code]))]))
    else:
        place = ", ".join(_there([" ".join(_there([code, city])), state]))
    return _there([address.line1, address.line2, place, country])


def _there(parts: list[str | None]) -> list[str]:
    return [part for part in parts if part]


def plain(text: str) -> str:
    """On one line, without control characters and without signs that turn what stands beside them around."""
    spaced = _SPACES.sub(" ", _OVERRIDES.sub("", text))
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cs", "Cn")).strip()
