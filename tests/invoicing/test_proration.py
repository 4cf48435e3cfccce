"""Parts of a period: however it is cut, nothing is lost and nothing is billed twice."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.invoicing.proration import accrued, prorated
from messages.money import AMOUNT_MAX
from messages.spans import Span
from tests.invoicing.made import START, span

AMOUNTS = st.integers(-AMOUNT_MAX, AMOUNT_MAX)
MILLISECONDS = 366 * 86_400_000
CUTS = st.lists(st.integers(1, MILLISECONDS), min_size=1, max_size=10, unique=True).map(sorted)


def parts(cuts: list[int]) -> list[Span]:
    """One after the other from the start, cut at so many milliseconds after it; together they are the whole."""
    moments = [START + timedelta(milliseconds=cut) for cut in (0, *cuts)]
    return [Span(start=start, end=end) for start, end in pairwise(moments)]


@given(amount=AMOUNTS, cuts=CUTS)
def test_the_parts_of_a_period_add_up_to_its_amount(amount: int, cuts: list[int]) -> None:
    pieces = parts(cuts)
    whole = Span(start=START, end=pieces[-1].end)
    assert sum(prorated(amount, piece, whole) for piece in pieces) == amount


@given(amount=AMOUNTS, cuts=CUTS, data=st.data())
def test_what_is_used_and_what_is_given_back_is_the_whole(amount: int, cuts: list[int], data: st.DataObject) -> None:
    pieces = parts(cuts)
    whole, at = Span(start=START, end=pieces[-1].end), data.draw(st.sampled_from(pieces)).end
    used, unused = Span(start=START, end=at), Span(start=at, end=whole.end)
    assert amount + prorated(-amount, unused, whole) == prorated(amount, used, whole)


@given(amount=st.integers(0, AMOUNT_MAX), cuts=CUTS)
def test_no_part_has_the_other_sign(amount: int, cuts: list[int]) -> None:
    pieces = parts(cuts)
    whole = Span(start=START, end=pieces[-1].end)
    assert all(0 <= prorated(amount, piece, whole) <= amount for piece in pieces)


@pytest.mark.parametrize(
    ("amount", "start", "end", "cost"),
    [
        (3000, 0, 30, 3000),
        (3000, 10, 30, 2000),
        (-3000, 10, 30, -2000),
        (1, 0, 15, 0),  # a half goes to the even one
        (1, 15, 30, 1),
        (3, 0, 15, 2),
        (3, 15, 30, 1),
        (3000, 0, 0, 0),
        (3000, -30, 0, 0),  # what lies outside is free
        (3000, -30, 60, 3000),
        (3000, 20, 60, 1000),
    ],
)
def test_a_part_costs_its_share(amount: int, start: int, end: int, cost: int) -> None:
    part = Span(start=START + timedelta(seconds=start), end=START + timedelta(seconds=end))
    assert prorated(amount, part, span(30)) == cost


def test_seconds_count_when_they_are_full() -> None:
    assert accrued(10, span(10), START + timedelta(milliseconds=1999)) == 1


def test_an_empty_period_costs_nothing_and_ends_at_once() -> None:
    assert prorated(1000, span(0), span(0)) == 0
    assert accrued(1000, span(0), START) == 1000
