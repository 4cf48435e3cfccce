"""What a receiver says about when to come again."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.notifications.retry_after import SECONDS_MAX, retry_after_seconds

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("86400", 86_400),
        ("86401", 86_400),
        ("9" * 5000, 86_400),
        ("Sun, 22 Nov 2026 10:02:00 GMT", 120),
        ("Sunday, 22-Nov-26 10:02:00 GMT", 120),
        ("Sun Nov 22 10:02:00 2026", 120),
        ("Sun, 22 Nov 2026 12:02:00 +0200", 120),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("1e3", None),
        ("١٢٠", None),
        ("soon", None),
        ("Sun, 99 Nov 2026 10:02:00 GMT", None),
        ("Sun, 22 Nov 99999999 10:02:00 GMT", None),
    ],
)
def test_seconds_and_dates_are_read_and_capped_at_a_day(text, seconds):
    assert retry_after_seconds(text, NOW) == seconds


@given(st.text(max_size=60))
def test_any_text_gives_a_wait_of_up_to_a_day_or_none(text):
    found = retry_after_seconds(text, NOW)
    assert found is None or 0 <= found <= SECONDS_MAX
