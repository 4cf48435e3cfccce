"""Medians of what was measured between two looks."""

import pytest

from health.medians import Buckets, buckets_in, median

METRICS = """# HELP pocketpay_decide_seconds Reading
pocketpay_decide_seconds_bucket{le="0.001"} 2.0
pocketpay_decide_seconds_bucket{le="0.01"} 10.0
pocketpay_decide_seconds_bucket{le="+Inf"} 10.0
pocketpay_commit_seconds_bucket{le="0.001"} 7.0
pocketpay_decide_seconds_count 10.0
"""


def test_only_the_buckets_of_the_histogram_are_read() -> None:
    assert buckets_in(METRICS, "pocketpay_decide_seconds") == {0.001: 2.0, 0.01: 10.0, float("inf"): 10.0}
    assert buckets_in("", "pocketpay_decide_seconds") == {}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {1: 4, 2: 8, float("inf"): 8}, 1.0),
        ({1: 4, 2: 8, float("inf"): 8}, {1: 4, 2: 12, float("inf"): 12}, 1.5),
        ({1: 4, float("inf"): 4}, {1: 4, float("inf"): 4}, None),
        ({1: 0, float("inf"): 0}, {1: 0, float("inf"): 5}, 1.0),
        ({1: 9, float("inf"): 9}, {1: 2, float("inf"): 2}, None),
        ({}, {}, None),
    ],
)
def test_the_median_is_that_of_what_came_since(before: Buckets, after: Buckets, expected: float | None) -> None:
    assert median(before, after) == expected
