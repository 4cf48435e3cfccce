"""When a failed payment is tried again: so many days after the first failure, and at last no more."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

OUTAGE_SECONDS: Final = 60
OUTAGE_SECONDS_MAX: Final = 3_600


def next_try(first_failed_at: datetime, failures: int, days: Sequence[int], now: datetime) -> datetime | None:
    """After so many failures (from 1). None: that was the last try.

    When its day is past, because collection was paused, it is as long from now as it would have been from the one
    before: nobody's card is tried twice on one day.
    """
    if failures > len(days):
        return None
    at = first_failed_at + timedelta(days=days[failures - 1])
    before = days[failures - 2] if failures > 1 else 0
    return at if at > now else now + timedelta(days=max(1, days[failures - 1] - before))


def after_outage(now: datetime, outages: int) -> datetime:
    """Nothing was charged, and nobody's card is to blame: soon, then less and less often, at least every hour."""
    return now + timedelta(seconds=min(OUTAGE_SECONDS * 2 ** min(outages - 1, 10), OUTAGE_SECONDS_MAX))
