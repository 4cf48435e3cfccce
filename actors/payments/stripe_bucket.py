"""Staying below Stripe's limits: 25 requests a second for each endpoint (https://docs.stripe.com/rate-limits)."""

import asyncio
from time import monotonic

WAIT_SECONDS_MAX = 10.0


class NoRoom(ConnectionError):
    """Too many requests wait for one endpoint; nothing was sent. The same call comes again."""


class Bucket:
    """A token bucket per endpoint, holding tokens for one second, first come first served."""

    def __init__(self, per_second: int) -> None:
        self._seconds_each = 1 / per_second
        self._full_at: dict[str, float] = {}

    async def take(self, endpoint: str) -> None:
        """Waits for this request's turn. Raises NoRoom at once when that would take too long."""
        now = monotonic()
        full_at = max(self._full_at.get(endpoint, now), now) + self._seconds_each
        wait_seconds = full_at - now - 1
        if wait_seconds > WAIT_SECONDS_MAX:
            raise NoRoom(f"more requests than {endpoint} may get in {WAIT_SECONDS_MAX:.0f} s wait already")
        self._full_at[endpoint] = full_at
        if wait_seconds > 0:
            await asyncio.sleep(wait_seconds)
