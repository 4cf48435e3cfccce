"""The figures of a committed turn."""

from collections import Counter

from actors.runtime.batch import Turn
from health.metrics import MESSAGES, PARKED


def count(turn: Turn) -> None:
    """By type and outcome; never by tenant or id."""
    decided = Counter((row.type, row.status) for row in turn.effects.inbox.values())
    decided.update((row.type, "said") for row in turn.effects.journal)
    for (kind, outcome), times in decided.items():
        MESSAGES.labels(kind, outcome).inc(times)
    if turn.replays:
        MESSAGES.labels("command", "replayed").inc(len(turn.replays))
    for row in turn.parked:
        PARKED.labels(row.reason).inc()
