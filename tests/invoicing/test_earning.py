"""What is earned on each day, and what is still deferred at any instant."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.invoicing.earning import deferred_after, earned_by_day
from messages.money import AMOUNT_MAX
from messages.spans import Span
from tests.invoicing.made import START, span, utc

AMOUNTS = st.integers(-AMOUNT_MAX, AMOUNT_MAX)
SPANS = st.builds(
    lambda start, seconds: span(seconds, START + timedelta(seconds=start)),
    st.integers(-(10**7), 10**7),
    st.integers(0, 10**7),
)
DAYS = st.dates(date(2026, 5, 1), date(2027, 6, 1))


def test_a_month_is_earned_day_by_day() -> None:
    november = Span(start=START, end=utc("2026-12-01"))
    assert earned_by_day(3000, november, START.date()) == {f"2026-11-{day:02}": 100 for day in range(1, 31)}


def test_a_day_that_is_used_in_part_earns_its_part() -> None:
    noon_to_noon = Span(start=utc("2026-11-01 12:00"), end=utc("2026-11-03 12:00"))
    assert earned_by_day(1000, noon_to_noon, START.date()) == {"2026-11-01": 250, "2026-11-02": 500, "2026-11-03": 250}


@pytest.mark.parametrize(
    ("from_day", "earned"),
    [
        (date(2026, 10, 1), {"2026-11-01": 10, "2026-11-02": 10, "2026-11-03": 10}),
        (date(2026, 11, 2), {"2026-11-02": 20, "2026-11-03": 10}),
        (date(2026, 11, 3), {"2026-11-03": 30}),
        (date(2026, 12, 24), {"2026-12-24": 30}),
    ],
)
def test_what_was_earned_before_falls_on_the_first_day(from_day: date, earned: dict[str, int]) -> None:
    assert earned_by_day(30, span(3 * 86_400), from_day) == earned


def test_what_has_no_length_is_earned_at_once() -> None:
    assert earned_by_day(500, span(0), date(2026, 1, 1)) == {"2026-11-01": 500}
    assert deferred_after(500, span(0), START) == 0


def test_days_on_which_nothing_is_earned_are_not_told() -> None:
    assert earned_by_day(1, span(3 * 86_400), START.date()) == {"2026-11-02": 1}
    assert earned_by_day(0, span(3 * 86_400), START.date()) == {}


@given(amount=AMOUNTS, whole=SPANS, from_day=DAYS)
def test_the_days_add_up_to_the_amount(amount: int, whole: Span, from_day: date) -> None:
    days = earned_by_day(amount, whole, from_day)
    assert sum(days.values()) == amount
    assert list(days) == sorted(days)
    assert all(day >= from_day.isoformat() for day in days)
    assert all(day <= max(whole.end.date(), from_day).isoformat() for day in days)


@given(amount=AMOUNTS, whole=SPANS, from_day=DAYS)
def test_what_is_deferred_after_a_day_is_what_later_days_earn(amount: int, whole: Span, from_day: date) -> None:
    end_of_day = datetime.combine(from_day + timedelta(days=1), time.min, UTC)
    later = {day: part for day, part in earned_by_day(amount, whole, from_day).items() if day > from_day.isoformat()}
    assert deferred_after(amount, whole, end_of_day) == sum(later.values())


def test_before_its_span_all_is_deferred_and_after_it_nothing() -> None:
    whole = span(60)
    assert deferred_after(60, whole, START - timedelta(days=1)) == 60
    assert deferred_after(60, whole, START + timedelta(seconds=45)) == 15
    assert deferred_after(60, whole, whole.end) == 0
