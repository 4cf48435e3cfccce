"""Intervals of time, [start, end) in UTC."""

from messages.wire import Instant, Wire


class Span(Wire):
    """From `start`, included, to `end`, excluded."""

    start: Instant
    end: Instant


class MaybeSpan(Wire):
    """A span that may not be there: both ends null."""

    start: Instant | None = None
    end: Instant | None = None
