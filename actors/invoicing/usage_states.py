"""What is kept of usage: each event by its id, and what each item used in each period as running figures."""

from datetime import datetime

from typing_extensions import override

from actors.invoicing.keys import usage_event_key, usage_limit_key, usage_meter_key, usage_unique_key
from actors.invoicing.metering import Meter
from actors.runtime.decision import Key, Stored
from messages.ids import named_id
from messages.products import Aggregation
from messages.resource import Versioned
from messages.spans import Span
from messages.usage import UsageEvent, UsageLimit
from messages.wire import Instant


class UsageEventState(Stored):
    """`meter` is where it was counted, None: it came too late. `value` is what a unique count goes by.

    Once the meter is billed the event is `invoiced`; that is read from the meter, no row of a million changes for it.
    """

    usage_event: UsageEvent
    meter: str | None = None
    value: str

    @property
    @override
    def key(self) -> Key:
        return usage_event_key(self.tenant, self.usage_event.id)


class UsageMeter(Versioned):
    """What an item used in a period. `invoice_line` closes it; `limit_told` is the limit that was said to be reached.

    `aggregation` and `price` are those of the item when the first of its events came.
    """

    subscription: str
    subscription_item: str
    price: str
    currency: str
    aggregation: Aggregation
    period_start: Instant
    period_end: Instant
    figures: Meter = Meter()
    invoice_line: str | None = None
    limit_told: str | None = None
    created_at: Instant

    @property
    def period(self) -> Span:
        """As it was when the first event came."""
        return Span(start=self.period_start, end=self.period_end)


class MeterState(Stored):
    """A meter."""

    usage_meter: UsageMeter

    @property
    @override
    def key(self) -> Key:
        return usage_meter_key(self.tenant, self.usage_meter.id)


class UniqueValue(Versioned):
    """One value of a unique count, and how many events that count have it."""

    meter: str
    value: str
    events: int
    created_at: Instant


class UniqueState(Stored):
    """A value of a unique count."""

    usage_unique: UniqueValue

    @property
    @override
    def key(self) -> Key:
        return usage_unique_key(self.tenant, self.usage_unique.id)


class UsageLimitState(Stored):
    """The limit of an item."""

    usage_limit: UsageLimit

    @property
    @override
    def key(self) -> Key:
        return usage_limit_key(self.tenant, self.usage_limit.id)


def meter_id(item: str, period_start: datetime) -> str:
    """A period is known by where it begins: a cancel may still move its end."""
    return f"{item}_{int(period_start.timestamp() * 1000)}"


def unique_id(meter: str, value: str) -> str:
    """Of one value within a period."""
    return named_id("value", meter, value)
