"""The one clock: the database's, carried on by this machine's steady counter between two readings."""

import time
from datetime import UTC, datetime, timedelta


class DatabaseClock:
    """Never goes backwards, and never asks twice for what it can count itself."""

    def __init__(self) -> None:
        self._read_at = time.monotonic()
        self._reading = datetime.now(UTC)

    def set(self, reading: datetime) -> None:
        """A fresh reading of the database's clock."""
        self._read_at, self._reading = time.monotonic(), reading

    def now(self, not_before: datetime) -> datetime:
        """The time, cut to milliseconds, or `not_before` if that is later."""
        moment = self._reading + timedelta(seconds=time.monotonic() - self._read_at)
        moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        return max(moment, not_before)
