"""The circuit breaker of an account: who fails in a row is left alone for a while, then asked once.

Half open is no state of its own: when `retry_at` has passed one charge goes through, and with it `retry_at` moves on.
"""

from datetime import datetime, timedelta

from messages.wire import Instant, Wire


class Tolerance(Wire):
    """So many failures in a row within so many seconds open it; after `retry_seconds` one charge may try."""

    failures: int = 5
    within_seconds: int = 60
    retry_seconds: int = 30


class AccountBreaker(Wire):
    """`failures` in a row, the first of them `since`. It is open as long as it has an `opened_at`."""

    failures: int = 0
    since: Instant | None = None
    opened_at: Instant | None = None
    retry_at: Instant | None = None

    @property
    def is_open(self) -> bool:
        """Whether charges are held back, but for one now and then."""
        return self.opened_at is not None


def lets_through(breaker: AccountBreaker, now: datetime) -> bool:
    """Whether a charge may begin."""
    return breaker.retry_at is None or breaker.retry_at <= now


def tried(breaker: AccountBreaker, tolerance: Tolerance, now: datetime) -> AccountBreaker:
    """A charge begins; if it is the one that tries an open breaker, it is the last for a while."""
    if not breaker.is_open:
        return breaker
    return breaker.model_copy(update={"retry_at": now + timedelta(seconds=tolerance.retry_seconds)})


def failed(breaker: AccountBreaker, tolerance: Tolerance, now: datetime) -> AccountBreaker:
    """An outage or a silence. While it is open there is nothing more to say: the trial has put off the next."""
    if breaker.is_open:
        return breaker
    in_time = breaker.since is not None and now - breaker.since <= timedelta(seconds=tolerance.within_seconds)
    counted = (
        AccountBreaker(failures=breaker.failures + 1, since=breaker.since)
        if in_time
        else AccountBreaker(failures=1, since=now)
    )
    if counted.failures < tolerance.failures:
        return counted
    retry_at = now + timedelta(seconds=tolerance.retry_seconds)
    return counted.model_copy(update={"opened_at": now, "retry_at": retry_at})
