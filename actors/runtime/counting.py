"""The figures of a committed turn."""

from collections import Counter
from functools import cache

from actors.runtime.batch import Turn
from health.metrics import MESSAGES, PARKED, SAID

# Labels have few values, and asking the library for a child costs a lock each time.
_messages, _said, _parked = cache(MESSAGES.labels), cache(SAID.labels), cache(PARKED.labels)


def count(turn: Turn) -> None:
    """By type and outcome; never by tenant or id."""
    for (kind, outcome), times in turn.effects.outcomes.items():
        _messages(kind, outcome).inc(times)
    if turn.replays:
        _messages("command", "replayed").inc(len(turn.replays))
    for kind, times in Counter(row.type for row in turn.effects.journal).items():
        _said(kind).inc(times)
    for row in turn.parked:
        _parked(row.reason).inc()
