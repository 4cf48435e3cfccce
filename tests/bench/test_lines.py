import pytest

from bench.line import Bar, Line, at_most, is_met, never, ratio, ratio_at_least, ratio_at_most
from bench.table import table


def line(ours: list[float], theirs: list[float], bar: Bar | None) -> Line:
    return Line(part="p", figure="f", ours=ours, against="peer", theirs=theirs, bar=bar)


CASES = [
    ([200.0], [100.0], ratio_at_least(2), True),
    ([199.0], [100.0], ratio_at_least(2), False),
    ([300.0], [100.0], ratio_at_most(3), True),
    ([301.0], [100.0], ratio_at_most(3), False),
    ([1.0, 9.0, 2.0], [], at_most(2), True),
    ([1.0, 9.0, 3.0], [], at_most(2), False),
    ([0.0, 0.0, 0.0], [], never(), True),
    ([0.0, 0.0, 1.0], [], never(), False),
    ([0.0, 7.0, 0.0], [], None, None),
]


@pytest.mark.parametrize(("ours", "theirs", "bar", "met"), CASES)
def test_a_bar_is_met_or_not(ours: list[float], theirs: list[float], bar: Bar | None, met: bool | None) -> None:
    assert is_met(line(ours, theirs, bar)) is met


@pytest.mark.parametrize("bar", [ratio_at_least(0), ratio_at_most(9), at_most(9), never()])
def test_what_was_not_measured_meets_no_bar(bar: Bar) -> None:
    assert is_met(line([], [], bar)) is False


def test_a_ratio_is_that_of_each_round_and_of_these_the_median() -> None:
    # The neighbours were busy in the second round: both are slow there, and the ratio is not.
    assert ratio(line([200.0, 20.0, 220.0], [100.0, 10.0, 100.0], None)) == 2.0
    assert ratio(line([1.0], [0.0], None)) is None


def test_a_bar_that_is_not_met_shows_in_the_table() -> None:
    met, missed = line([3.0], [1.0], ratio_at_least(2)), line([1.0], [1.0], ratio_at_least(2))
    rows = table([met, missed, line([1.0], [], never())]).splitlines()
    assert rows[2] == "| **p** |  |  |  |  |  |  |"
    assert rows[3] == "| f | 3 | 1 peer |  | 3.00 | ≥ 2 × | yes |"
    assert rows[4].endswith("| ≥ 2 × | **no** |")
    assert rows[5].endswith("| ≤ 0 | **no** |")
