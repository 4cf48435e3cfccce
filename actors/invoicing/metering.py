"""What an item used in a period, kept as running figures, so that no invoice adds up its events again."""

from datetime import datetime
from fractions import Fraction

from messages.products import Aggregation
from messages.quantities import fraction_of, text_of
from messages.wire import Instant, Wire, in_utc_milliseconds


class Meter(Wire):
    """All aggregations at once, as quantities are written; the same in whatever order the events came.

    `last` is of the latest event, of two at one time that with the higher id.
    """

    events: int = 0
    total: str = "0"
    highest: str = "0"
    last: str = "0"
    last_at: Instant | None = None
    last_id: str = ""
    unique_count: int = 0


def counted(meter: Meter, quantity: Fraction, occurred_at: datetime, event_id: str, unique_is_new: bool) -> Meter:
    """With one more event, whose quantity has at most six decimals.

    The caller makes sure that no event is counted twice, and says whether a unique count has seen its value before.
    There is no way back: after a voided event the others are counted anew.
    """
    text, at = text_of(quantity), in_utc_milliseconds(occurred_at)
    latest = meter.last_at is None or (at, event_id) > (meter.last_at, meter.last_id)
    changes: dict[str, object] = {
        "events": meter.events + 1,
        "total": text_of(fraction_of(meter.total) + quantity),
        "highest": text if quantity > fraction_of(meter.highest) else meter.highest,
        "unique_count": meter.unique_count + unique_is_new,
    }
    if latest:
        changes |= {"last": text, "last_at": at, "last_id": event_id}
    return meter.model_copy(update=changes)


def measured(meter: Meter, aggregation: Aggregation) -> Fraction:
    """The quantity to bill; 0 without events."""
    match aggregation:
        case "sum":
            return fraction_of(meter.total)
        case "max":
            return fraction_of(meter.highest)
        case "last":
            return fraction_of(meter.last)
        case "unique_count":
            return Fraction(meter.unique_count)
