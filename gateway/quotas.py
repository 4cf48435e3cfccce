"""How much one caller may ask for: requests a second of a key and of an address, and at once of a tenant.

Each gateway counts for itself, in memory: of several together a caller gets as many times as much.
"""

import contextlib
import math
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from gateway.commands import Caller
from gateway.problems import Problem

AT_ONCE_OF_PAYMENT: Final = 4
"""Requests, and streams, that customers have at one payment."""

WINDOW_SECONDS: Final = 10
"""A burst may use up what so many seconds allow."""


@dataclass(frozen=True)
class Quota:
    """0 is no limit. An address is counted for what it asks without a key that is known."""

    requests_per_second_of_key: int = 200
    requests_per_second_of_address: int = 20
    requests_at_once_per_tenant: int = 200
    streams_per_tenant: int = 100


class Pace:
    """So many requests a second of each, over a sliding window."""

    def __init__(self, per_second: int, whose: str) -> None:
        self._item = RateLimitItemPerSecond(per_second * WINDOW_SECONDS, WINDOW_SECONDS) if per_second else None
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._detail = f"{whose} may ask {per_second} times a second; nothing was accepted."

    def count(self, who: str) -> None:
        """Raises Problem `rate_limited`, which counts for nothing."""
        if self._item is None or self._limiter.hit(self._item, who):
            return
        left = self._limiter.get_window_stats(self._item, who).reset_time - time.time()
        seconds = max(1, math.ceil(left))
        raise Problem("rate_limited", self._detail, {"retry_after_seconds": min(seconds, WINDOW_SECONDS)})


class Places:
    """So many at once of each; 0 is no limit. `whose` says in the refusal what they are."""

    def __init__(self, most: int, whose: str, code: str = "quota_exceeded") -> None:
        self._most, self._code = most, code
        self._detail = f"{most} {whose}; nothing was accepted."
        self._taken: Counter[str] = Counter()

    def taken(self, who: str) -> int:
        """How many they have just now."""
        return self._taken[who]

    @contextlib.contextmanager
    def place(self, who: str) -> Iterator[None]:
        """One of them, until it is left. Raises Problem with the code."""
        if self._most and self._taken[who] >= self._most:
            raise Problem(self._code, self._detail)
        self._taken[who] += 1
        try:
            yield
        finally:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]


class Shares:
    """So many at once of each tenant, and half of them of one of its keys: who holds one locks no other out."""

    def __init__(self, most: int, what: str, code: str = "quota_exceeded") -> None:
        self._of_tenant = Places(most, f"{what} of this tenant are there already", code)
        self._of_key = Places(half(most), f"{what} of this key are there already, half of its tenant's", code)

    def taken(self, whose: str) -> int:
        """How many the tenant has just now, or its pages."""
        return self._of_tenant.taken(whose)

    @contextlib.contextmanager
    def place(self, caller: Caller) -> Iterator[None]:
        """One of them, until it is left. A page's key has no share: its customers have one in their payment."""
        key = None if caller.from_page else caller.secret_hash
        with self._of_key.place(key) if key else contextlib.nullcontext(), self._of_tenant.place(caller.counted_with):
            yield


def half(most: int) -> int:
    """Of one there is no half; of no limit neither."""
    return (most + 1) // 2


class Quotas:
    """What has been asked of one gateway, and by whom. `bodies` are those on their way, of one key.

    `of_payment` and `followers` are what customers ask of one payment: nobody who pays takes the places of all.
    """

    def __init__(self, quota: Quota) -> None:
        self.keys = Pace(quota.requests_per_second_of_key, "A key")
        self.addresses = Pace(quota.requests_per_second_of_address, "An address without a valid key")
        self.tenants = Shares(quota.requests_at_once_per_tenant, "requests")
        self.bodies = Places(half(quota.requests_at_once_per_tenant), "bodies of this key are on their way already")
        self.of_payment = Places(AT_ONCE_OF_PAYMENT, "requests of pages of this payment are being answered already")
        self.followers = Places(AT_ONCE_OF_PAYMENT, "pages follow this payment already", "too_many_streams")
