"""Intervals of time, [start, end) in UTC."""

from datetime import timedelta
from typing import Final, Self

from pydantic import model_validator

from messages.wire import Instant, Moment, Wire

WISHED_MAX: Final = timedelta(days=3_660)
"""What is earned over a span is kept day by day."""


class Span(Wire):
    """From `start`, included, to `end`, excluded."""

    start: Instant
    end: Instant


class MaybeSpan(Wire):
    """A span that may not be there: both ends null."""

    start: Instant | None = None
    end: Instant | None = None


class WishedSpan(Wire):
    """A span that somebody wishes for: not empty, and at most ten years long."""

    start: Moment
    end: Moment

    @model_validator(mode="after")
    def _in_bounds(self) -> Self:
        if not timedelta(0) < self.end - self.start <= WISHED_MAX:
            raise ValueError("it must end after its start, within ten years")
        return self

    def as_told(self) -> MaybeSpan:
        """As lines have it."""
        return MaybeSpan(start=self.start, end=self.end)
