"""How long a process takes to decide a batch, read from its own metrics between two looks."""

import re
from collections.abc import Mapping

_BUCKET = re.compile(r'^pocketpay_decide_seconds_bucket\{le="([0-9.e+-]+|\+Inf)"\} ([0-9.e+]+)$', re.MULTILINE)

Buckets = Mapping[float, float]
"""Upper bound in seconds -> how many took at most so long, since the process began."""


def buckets_in(metrics: str) -> Buckets:
    """Of Prometheus' text format."""
    return {float(bound): float(count) for bound, count in _BUCKET.findall(metrics)}


def median_ms(before: Buckets, after: Buckets) -> float | None:
    """Of the batches between two looks, straight between the bounds of its bucket; None when there were none."""
    bounds = sorted(after)
    counts = [max(0.0, after[bound] - before.get(bound, 0.0)) for bound in bounds]
    if not counts or not counts[-1]:
        return None
    half, floor, below = counts[-1] / 2, 0.0, 0.0
    for bound, count in zip(bounds, counts, strict=True):
        if count >= half:
            top = floor if bound == float("inf") else bound
            return round(1000 * (floor + (top - floor) * (half - below) / (count - below)), 2)
        floor, below = bound, count
    return None
