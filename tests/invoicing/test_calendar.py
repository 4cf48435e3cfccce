"""Periods from their anchor: short months, leap years, clocks that jump, and any moment finds its own."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.invoicing.calendar import boundary, is_zone, number_at, period_at, period_of, periods_between
from messages.products import Recurring
from tests.invoicing.made import utc

DAILY, MONTHLY, YEARLY = Recurring(interval="day"), Recurring(interval="month"), Recurring(interval="year")
ZONES = st.sampled_from([None, "UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"])
MOMENTS = st.integers(0, 65 * 366 * 86_400).map(lambda seconds: utc("1995-01-01") + timedelta(seconds=seconds))
INTERVALS = st.sampled_from(["day", "week", "month", "year"])
RHYTHMS = st.builds(Recurring, interval=INTERVALS, interval_count=st.integers(1, 13))


@pytest.mark.parametrize(
    ("anchor", "recurring", "begins"),
    [
        ("2026-01-31", MONTHLY, ["01-31", "02-28", "03-31", "04-30", "05-31"]),
        ("2028-01-30", MONTHLY, ["01-30", "02-29", "03-30"]),
        ("2026-11-30", Recurring(interval="month", interval_count=3), ["11-30", "02-28", "05-30", "08-30"]),
        ("2028-02-29", YEARLY, ["02-29", "02-28", "02-28", "02-28", "02-29"]),
        ("2026-12-28", Recurring(interval="week", interval_count=2), ["12-28", "01-11", "01-25"]),
        ("2026-02-27", DAILY, ["02-27", "02-28", "03-01"]),
    ],
)
def test_periods_are_counted_from_the_anchor(anchor: str, recurring: Recurring, begins: list[str]) -> None:
    assert [f"{boundary(utc(anchor), recurring, None, n):%m-%d}" for n in range(len(begins))] == begins


def test_periods_before_the_anchor_have_negative_numbers() -> None:
    begins = [boundary(utc("2026-03-31"), MONTHLY, None, number) for number in (-2, -1, 0)]
    assert begins == [utc("2026-01-31"), utc("2026-02-28"), utc("2026-03-31")]


@pytest.mark.parametrize(
    ("zone", "anchor", "number", "begins"),
    [
        # 31 January in New York is 1 February in UTC: the customer's day counts, and the month's last is kept.
        ("America/New_York", "2026-02-01 04:00", 1, "2026-03-01 04:00"),
        ("Europe/Berlin", "2026-02-15 08:00", 2, "2026-04-15 07:00"),
        # 02:30 does not exist on the day the clocks go forward; it is 03:30 then, and 02:30 again a day later.
        ("Europe/Berlin", "2026-03-28 01:30", 1, "2026-03-29 01:30"),
        ("Europe/Berlin", "2026-03-28 01:30", 2, "2026-03-30 00:30"),
        # 02:30 comes twice on the day they go back.
        ("Europe/Berlin", "2026-10-24 00:30", 1, "2026-10-25 00:30"),
        # Lord Howe jumps by half an hour: 02:15 is 02:45.
        ("Australia/Lord_Howe", "2026-10-02 15:45", 1, "2026-10-03 15:45"),
        # An anchor in the second 02:30 begins there, and the next day at the only one.
        ("Europe/Berlin", "2026-10-25 01:30", 0, "2026-10-25 01:30"),
        ("Europe/Berlin", "2026-10-25 01:30", 1, "2026-10-26 01:30"),
        # It says nothing about later days: the first of two 02:30 counts again, and a skipped one is later.
        ("Europe/Berlin", "2026-10-25 01:30", 371, "2027-10-31 00:30"),
        ("Europe/Berlin", "2026-10-25 01:30", 154, "2027-03-28 01:30"),
    ],
)
def test_the_local_time_of_day_is_kept(zone: str, anchor: str, number: int, begins: str) -> None:
    rhythm = MONTHLY if utc(anchor).month == 2 else DAILY
    assert boundary(utc(anchor), rhythm, zone, number) == utc(begins)


def test_a_period_contains_its_start_and_not_its_end() -> None:
    january = period_at(utc("2026-01-31"), MONTHLY, None, utc("2026-02-27 23:59:59.999"))
    assert (january.start, january.end) == (utc("2026-01-31"), utc("2026-02-28"))
    assert period_at(utc("2026-01-31"), MONTHLY, None, january.end).start == january.end


@given(anchor=MOMENTS, recurring=RHYTHMS, zone=ZONES, moment=MOMENTS)
def test_every_moment_lies_in_one_period(
    anchor: datetime, recurring: Recurring, zone: str | None, moment: datetime
) -> None:
    number = number_at(anchor, recurring, zone, moment)
    assert boundary(anchor, recurring, zone, number) <= moment < boundary(anchor, recurring, zone, number + 1)


@given(anchor=MOMENTS, recurring=RHYTHMS, zone=ZONES, first=st.integers(-50, 50))
def test_periods_never_run_backwards(anchor: datetime, recurring: Recurring, zone: str | None, first: int) -> None:
    begins = [boundary(anchor, recurring, zone, number) for number in range(first, first + 20)]
    assert begins == sorted(begins)
    assert zone == "Pacific/Apia" or len(set(begins)) == 20


def test_the_day_that_samoa_skipped_is_an_empty_period_which_no_moment_finds() -> None:
    # Given an anchor in Apia, whose clocks went from 29 December 2011 right on to the 31st
    anchor, zone = utc("2011-12-28 20:00"), "Pacific/Apia"
    # Then the period of the 30th, the second after the anchor's, is empty
    assert boundary(anchor, DAILY, zone, 2) == boundary(anchor, DAILY, zone, 3)
    # And those between two moments are whole and gapless without it
    found = list(periods_between(anchor, DAILY, zone, anchor, anchor + timedelta(days=5)))
    assert all(one.end == other.start for one, other in pairwise(found))
    assert [each.end > each.start for each in found] == [True] * 5


def test_a_moment_is_found_where_clocks_went_back_to_the_day_before() -> None:
    # Given days that begin at midnight in St. John's, where it was 00:01 twice when summer time ended in 2010
    anchor, zone = utc("2010-11-01 02:30"), "America/St_Johns"
    # Then the 7th has begun, though clocks show the evening of the 6th again
    assert number_at(anchor, DAILY, zone, utc("2010-11-07 02:31:30")) == 6


def test_periods_between_are_those_that_share_time() -> None:
    anchor = utc("2026-01-31")
    found = list(periods_between(anchor, MONTHLY, None, utc("2026-02-28"), utc("2026-04-30")))
    assert found == [period_of(anchor, MONTHLY, None, number) for number in (1, 2)]
    found = list(periods_between(anchor, MONTHLY, None, utc("2026-02-27"), utc("2026-04-30 00:01")))
    assert found == [period_of(anchor, MONTHLY, None, number) for number in (0, 1, 2, 3)]
    assert not list(periods_between(anchor, MONTHLY, None, anchor, anchor))


def test_a_moment_centuries_away_is_found_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a count of the boundaries that are looked at
    looked_at: list[int] = []

    def counting(anchor: datetime, recurring: Recurring, zone: str | None, number: int) -> datetime:
        looked_at.append(number)
        return boundary(anchor, recurring, zone, number)

    monkeypatch.setattr("actors.invoicing.calendar.boundary", counting)
    # When the day is asked for that is 400 years away
    number_at(utc("2026-01-31"), DAILY, "Europe/London", utc("2426-01-31"))
    # Then there are few
    assert len(looked_at) <= 4


@pytest.mark.parametrize("name", ["Nowhere", "", "America", "../etc/passwd", "/etc/localtime", "a\0b", "A" * 300])
def test_what_is_no_time_zone_is_known_to_be_none(name: str) -> None:
    assert is_zone("Europe/Berlin")
    assert not is_zone(name)
