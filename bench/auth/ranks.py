"""Whether two sets of times differ: the rank test of Mann and Whitney, which a few very slow requests do not move."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from math import sqrt

Z_MOST = 3.29
"""Beyond it two equal sets are found once in a thousand times."""


def z_of(first: Sequence[float], other: Sequence[float]) -> float:
    """How many standard deviations the ranks of the first lie above those that they would have by chance."""
    times = Counter([*first, *other])
    values = sorted(times)
    begins = dict(zip(values, accumulate((times[value] for value in values), initial=0), strict=False))
    ranks = sum(begins[each] + (times[each] + 1) / 2 for each in first)
    n, m = len(first), len(other)
    total = n + m
    ties = sum(count**3 - count for count in times.values())
    variance = n * m / 12 * ((total + 1) - ties / (total * (total - 1)))
    return (ranks - n * (total + 1) / 2) / sqrt(variance) if variance else 0.0
