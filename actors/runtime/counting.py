"""The figures of a committed turn."""

from actors.runtime.turn import Turn
from health.metrics import MESSAGES, PARKED


def count(turn: Turn) -> None:
    """By type and outcome; never by tenant or id."""
    for row in turn.effects.inbox.values():
        MESSAGES.labels(row.type, row.status).inc()
    if turn.replays:
        MESSAGES.labels("command", "replayed").inc(len(turn.replays))
    for row in turn.effects.journal:
        MESSAGES.labels(row.type, "said").inc()
    for row in turn.parked:
        PARKED.labels(row.reason).inc()
