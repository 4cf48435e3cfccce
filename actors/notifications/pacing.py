"""When an endpoint may be tried: its rate limit, its breaker, and how long a delivery rests after a failure."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

CALLS_MAX: Final = 8
"""Attempts at one endpoint at a time, so that a slow one takes no other's place."""

BURST: Final = timedelta(seconds=1)

RESTS_SECONDS: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""After each failed attempt, as the Standard Webhooks specification proposes; before jitter."""

JITTER_PERCENT: Final = 10
GIVE_UP_AFTER: Final = timedelta(seconds=sum(RESTS_SECONDS))
"""From the first attempt on: a little over three days."""

FAILURES_MAX: Final = 5
"""In a row; then the breaker opens."""

PROBES_SECONDS: Final = (5, 10, 20, 40, 60, 120, *[300] * 12, *[900] * 12, 3_600)
"""How long an open breaker stays so, failure by failure: who is back soon is found soon, who is not costs little."""

FAILING_MAX: Final = timedelta(days=5)
"""Nothing arrived for so long: the endpoint is disabled."""


def paced(paced_until: datetime | None, rate_limit: int, now: datetime) -> tuple[bool, datetime]:
    """Whether one more attempt is within the limit, and its new theoretical arrival time, or when to ask again."""
    arrival = max(paced_until or now, now)
    interval = timedelta(microseconds=1_000_000 // rate_limit)
    if arrival - now > BURST - interval:
        return False, arrival - BURST + interval
    return True, arrival + interval


def is_open(failures: int) -> bool:
    """Whether the breaker is: only one attempt at a time then."""
    return failures >= FAILURES_MAX


def probe_at(failures: int, now: datetime) -> datetime | None:
    """When an endpoint that failed so often in a row may be tried again; None: at any time."""
    if not is_open(failures):
        return None
    return now + timedelta(seconds=PROBES_SECONDS[min(failures - FAILURES_MAX, len(PROBES_SECONDS) - 1)])


def rest(delivery: str, tries: int, retry_after_seconds: int | None) -> timedelta:
    """After so many failed attempts; jitter follows from the delivery, so that a replay decides the same."""
    seconds = RESTS_SECONDS[min(tries, len(RESTS_SECONDS)) - 1]
    digest = hashlib.sha256(f"{delivery}/{tries}".encode()).digest()
    share = int.from_bytes(digest[:2], "big") * 2 * JITTER_PERCENT // 0xFFFF - JITTER_PERCENT
    jittered = timedelta(milliseconds=seconds * (1000 + 10 * share))
    return max(jittered, timedelta(seconds=min(retry_after_seconds or 0, RESTS_SECONDS[-1])))
