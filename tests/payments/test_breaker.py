"""The decline-rate breaker: opens, lets a few through, closes or opens again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.payments.breaker import CLOSED, TRIALS, WINDOW_MINUTES, Breaker, BreakerTerms, counted, let_through

TERMS = BreakerTerms(attempts=50, percent=80, pause_seconds=60)
NOW = 1_800_000_000


def after(outcomes: str, breaker: Breaker = CLOSED, now: int = NOW, terms: BreakerTerms = TERMS) -> Breaker:
    """`x` is a decline, anything else a success."""
    for outcome in outcomes:
        breaker = counted(breaker, terms, declined=outcome == "x", now=now)
    return breaker


def tried(breaker: Breaker, times: int, now: int) -> Breaker:
    for _ in range(times):
        through = let_through(breaker, TERMS, now)
        assert through is not None
        breaker = through
    return breaker


@pytest.mark.parametrize(
    ("outcomes", "opens"),
    [
        ("x" * 49, False),  # too few to judge by
        ("x" * 50, True),
        ("." * 10 + "x" * 40, False),  # exactly 80 % is not more
        ("." * 9 + "x" * 41, True),
        ("x" * 49 + "." * 100, False),
        ("." * 500 + "x" * 100, False),
    ],
)
def test_it_opens_when_more_than_the_percentage_of_enough_attempts_was_declined(outcomes: str, opens: bool) -> None:
    assert (after(outcomes).paused_until is not None) is opens


def test_declines_that_are_older_than_the_window_do_not_count() -> None:
    old = after("x" * 49)
    assert after("x", old, NOW + 60 * (WINDOW_MINUTES - 1)).paused_until is not None
    assert after("x", old, NOW + 60 * WINDOW_MINUTES).paused_until is None


def test_without_a_number_of_attempts_it_never_opens() -> None:
    assert after("x" * 500, terms=BreakerTerms(attempts=0)).paused_until is None


def test_nobody_gets_through_until_the_pause_is_over_and_then_a_few() -> None:
    # Given
    opened = after("x" * 50)
    assert opened.paused_until == NOW + 60
    # Then
    assert let_through(opened, TERMS, NOW + 59) is None
    half_open = tried(opened, TRIALS, NOW + 60)
    assert let_through(half_open, TERMS, NOW + 60) is None


def test_what_began_before_the_pause_does_not_end_it() -> None:
    opened = after("x" * 50)
    assert after("." * 100, opened) == opened


@pytest.mark.parametrize(
    ("outcomes", "closed", "opened"),
    [("..", True, False), ("x" * 8 + "..", True, False), ("x" * 9, False, True), ("x" * 8 + ".", False, False)],
)
def test_trials_close_it_or_open_it_again(outcomes: str, closed: bool, opened: bool) -> None:
    half_open = tried(after("x" * 50), TRIALS, NOW + 60)
    told = after(outcomes, half_open, NOW + 70)
    assert (told == CLOSED) is closed
    assert (told.paused_until == NOW + 130 and told.trials_left == TRIALS) is opened


def test_trials_that_never_end_cost_one_more_round() -> None:
    # Given a round of which nothing was heard
    silent = tried(after("x" * 50), TRIALS, NOW + 60)
    assert let_through(silent, TERMS, NOW + 119) is None
    # When the next begins
    second = tried(silent, 2, NOW + 120)
    # Then it can close
    assert after("..", second, NOW + 121) == CLOSED


def test_each_round_of_trials_is_judged_by_itself() -> None:
    # Given a round of which eight were declined and two never ended
    unclear = after("x" * 8, tried(after("x" * 50), TRIALS, NOW + 60), NOW + 61)
    # When the next begins, and its first is declined
    second = tried(unclear, 1, NOW + 120)
    # Then nine are still to come
    told = after("x", second, NOW + 121)
    assert (told.trials_left, told.declines) == (TRIALS - 1, 1)


@given(st.lists(st.tuples(st.sampled_from(["try", "decline", "accept"]), st.integers(0, 90)), max_size=300))
def test_it_always_lets_somebody_through_after_a_pause_and_stays_small(steps: list[tuple[str, int]]) -> None:
    breaker, now, begun = CLOSED, NOW, 0
    for step, seconds in steps:
        now += seconds
        if step == "try":
            paused = breaker.paused_until is not None
            through = let_through(breaker, TERMS, now)
            begun = begun + 1 if through and paused else begun
            breaker = through or breaker
        else:
            breaker = counted(breaker, TERMS, declined=step == "decline", now=now)
        assert len(breaker.minutes) <= WINDOW_MINUTES
        assert 0 <= breaker.trials_left <= TRIALS
        assert let_through(breaker, TERMS, now + TERMS.pause_seconds) is not None
    assert begun <= TRIALS * (1 + (now - NOW) // TERMS.pause_seconds)


def steady(percent_declined: int) -> str:
    return ("x" * percent_declined + "." * (100 - percent_declined)) * 5


@pytest.mark.parametrize("percent", [0, 15, 40])
def test_a_shop_with_usual_declines_is_never_paused(percent: int) -> None:
    assert after(steady(percent)).paused_until is None
