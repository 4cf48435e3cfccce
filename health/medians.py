"""Medians of what a process measured between two looks, read from its own metrics."""

import re
from collections.abc import Mapping

_BUCKET = r'^{}_bucket\{{le="([0-9.e+-]+|\+Inf)"\}} ([0-9.e+]+)$'

Buckets = Mapping[float, float]
"""Upper bound -> how many were at most that, since the process began."""


def buckets_in(metrics: str, histogram: str) -> Buckets:
    """Of a histogram without labels, in Prometheus' text format."""
    found = re.findall(_BUCKET.format(re.escape(histogram)), metrics, re.MULTILINE)
    return {float(bound): float(count) for bound, count in found}


def median(before: Buckets, after: Buckets) -> float | None:
    """Of what came between two looks, straight between the bounds of its bucket; None when nothing came."""
    bounds = sorted(after)
    counts = [max(0.0, after[bound] - before.get(bound, 0.0)) for bound in bounds]
    if not counts or not counts[-1]:
        return None
    half, floor, below = counts[-1] / 2, 0.0, 0.0
    for bound, count in zip(bounds, counts, strict=True):
        if count >= half:
            top = floor if bound == float("inf") else bound
            return floor + (top - floor) * (half - below) / (count - below)
        floor, below = bound, count
    return None
