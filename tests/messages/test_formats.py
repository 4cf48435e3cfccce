"""Amounts, days and names as documents and mails write them."""

from datetime import UTC, datetime

import pytest

from messages.formats import amount_text, date_text, locale_of, plain


@pytest.mark.parametrize(
    ("amount_minor", "currency", "locale", "text"),
    [
        (123456, "USD", "en-US", "$1,234.56"),
        (123456, "EUR", "de-DE", "1.234,56\u00a0€"),
        (123456, "JPY", "ja-JP", "￥123,456"),
        (3600, "KWD", "en-US", "KWD\u00a03.600"),
        (-5, "USD", "en-US", "-$0.05"),
        (100, "USD", "nonsense", "$1.00"),
        (100, "USD", "ar-EG", "$1.00"),
    ],
)
def test_an_amount_reads_as_it_is_written_there(amount_minor: int, currency: str, locale: str, text: str) -> None:
    assert amount_text(amount_minor, currency, locale_of(locale)) == text


@pytest.mark.parametrize(
    ("time_zone", "locale", "text"),
    [
        ("UTC", "en-US", "November 22, 2026"),
        ("Asia/Tokyo", "ja", "2026年11月23日"),
        ("Europe/Berlin", "de", "22. November 2026"),
        ("Nowhere/Here", "en", "November 22, 2026"),
    ],
)
def test_a_day_is_that_of_the_place_where_it_is_read(time_zone: str, locale: str, text: str) -> None:
    assert date_text(datetime(2026, 11, 22, 20, 0, tzinfo=UTC), time_zone, locale_of(locale)) == text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("Ada\r\nBcc: all@example.com", "Ada Bcc: all@example.com"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\x00b\x1bc", "abc"),
        ("  so   much\tspace ", "so much space"),
        ("half \ud800 a sign", "half  a sign"),
    ],
)
def test_a_name_is_one_plain_line(given: str, text: str) -> None:
    assert plain(given) == text
