"""Whose cards were declined within the hour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.payments.declines import HOUR_SECONDS, KNOWN_MAX, Declines, accepted, declined, wait_seconds

NOW = 1_800_000_000


def after(outcomes: str, most: int = 3) -> Declines:
    """One a second, of one customer; `x` is a decline."""
    known: Declines = {}
    for second, outcome in enumerate(outcomes):
        at = NOW + second
        known = declined(known, "eve", most, at) if outcome == "x" else accepted(known, "eve", at)
    return known


@pytest.mark.parametrize(
    ("outcomes", "seconds_later", "wait"),
    [
        ("", 0, 0),
        ("xx", 2, 0),
        ("xxx", 3, HOUR_SECONDS - 3),  # until the first of the three is an hour old
        ("xxx", HOUR_SECONDS - 1, 1),
        ("xxx", HOUR_SECONDS, 0),
        ("xxxxx", 5, HOUR_SECONDS - 3),  # three of five are still to be an hour old
        ("x.x.x.x.x.", 10, 0),  # every second one paid
        ("....xxx", 7, HOUR_SECONDS - 3),  # what was paid before buys nothing
    ],
)
def test_after_so_many_declines_one_waits_for_the_oldest_to_be_forgotten(
    outcomes: str, seconds_later: int, wait: int
) -> None:
    assert wait_seconds(after(outcomes), "eve", 3, NOW + seconds_later) == wait


def test_without_a_limit_nobody_waits_and_nothing_is_kept() -> None:
    known = after("xxxxxx", most=0)
    assert (dict(known), wait_seconds(known, "eve", 0, NOW)) == ({}, 0)


def test_a_success_takes_back_a_decline_that_still_counts() -> None:
    known = declined(declined({}, "eve", 3, NOW), "eve", 3, NOW + HOUR_SECONDS)
    assert dict(accepted(known, "eve", NOW + HOUR_SECONDS)) == {}


def test_of_very_many_those_declined_last_are_watched() -> None:
    known: Declines = {}
    for number in range(KNOWN_MAX):
        known = declined(known, f"c{number}", 3, NOW)
    known = declined(declined(known, "c0", 3, NOW), "one more", 3, NOW)
    assert len(known) == KNOWN_MAX
    assert {"c0", "one more"} <= known.keys()
    assert "c1" not in known


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 2000)), max_size=60))
def test_nobody_waits_whose_declines_of_the_last_hour_are_fewer_than_the_limit(
    steps: list[tuple[str, bool, int]],
) -> None:
    known: Declines = {}
    told: list[tuple[str, int]] = []
    now = NOW
    for who, was_declined, seconds in steps:
        now += seconds
        known = declined(known, who, 5, now) if was_declined else accepted(known, who, now)
        told += [(who, now)] if was_declined else []
        for each in "abc":
            lately = [at for name, at in told if name == each and at > now - HOUR_SECONDS]
            assert len(lately) >= 5 or wait_seconds(known, each, 5, now) == 0
            assert len(known.get(each, ())) <= 5
