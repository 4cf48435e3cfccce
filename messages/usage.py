"""Usage of metered prices: events that count once each, by their id."""

from typing import Annotated, Literal

from pydantic import Field

from messages.customers import ShortText
from messages.ids import CustomerId, Token, UsageId
from messages.quantities import Quantity
from messages.queries import Listing
from messages.resource import Metadata, Resource, Versioned
from messages.spans import Span
from messages.wire import Instant, Moment, Wire

USAGE_PER_COMMAND_MAX = 500
"""A larger request is split by the gateway."""

UsageStatus = Literal["recorded", "invoiced", "late", "voided"]


class UsageEvent(Versioned):
    """`late`: its period was finalised before it came; it is shown and not counted."""

    object: Literal["usage_event"] = "usage_event"
    status: UsageStatus
    subscription: str
    subscription_item: str
    customer_id: CustomerId
    quantity: str
    properties: dict[str, str] = {}
    occurred_at: Instant
    recorded_at: Instant
    period: Span
    invoice_line: str | None = None
    livemode: bool = False


class UsageMeasure(Wire):
    """What one event says. `unique` is what a unique count counts; without it the quantity's text."""

    subscription_item: Token | None = None
    quantity: Quantity = "1"
    unique: ShortText | None = None
    occurred_at: Moment | None = None
    properties: Metadata = Field(default_factory=dict)


class UsageWish(UsageMeasure):
    """One event of a subscription; without an id it gets one."""

    id: UsageId | None = None


class BulkUsageWish(UsageMeasure):
    """One event among many, which says whose it is."""

    id: UsageId
    subscription: Token


class RecordUsage(Wire):
    """`usage.record`, of one subscription, or of many of a tenant: the envelope's subject is the first event's id."""

    events: Annotated[list[BulkUsageWish], Field(min_length=1, max_length=USAGE_PER_COMMAND_MAX)]
    single: bool = False


class VoidUsage(Wire):
    """`usage.void`: it counts no longer, as long as it is not invoiced."""


class UsageResult(Wire):
    """What became of one event of a bulk request; `error` is the code that it would have been refused with alone."""

    id: str
    result: Literal["recorded", "duplicate", "late", "rejected"]
    error: str | None = None
    detail: str | None = None


class UsageCounts(Versioned):
    """Said once per command that recorded anything: how many, and which. Its id is the command's.

    The event holds the first 100 of `data`, the answer all.
    """

    object: Literal["usage_counts"] = "usage_counts"
    data: list[UsageResult]
    recorded: int = 0
    duplicate: int = 0
    late: int = 0
    rejected: int = 0
    livemode: bool = False


class UsageLimit(Resource):
    """A threshold on one item's usage in a period: reached, it is said once per period. Its id is the item's.

    A `quantity` of null is a limit that was taken away.
    """

    object: str = "usage_limit"
    subscription: str
    subscription_item: str
    quantity: str | None
    reached_at: Instant | None = None


class SetUsageLimit(Wire):
    """`usage.limit`; null takes the limit away."""

    subscription_item: Token
    quantity: Quantity | None = None


class UsageSummary(Wire):
    """What an item used in a period, and what that costs by now, before coupons and taxes.

    `invoice_line` says where it was billed; until then usage may still come.
    """

    object: Literal["usage_summary"] = "usage_summary"
    subscription: str
    subscription_item: str
    price: str
    period: Span
    events: int
    quantity: str
    amount: int
    currency: str
    limit: str | None = None
    invoice_line: str | None = None


class UsageListing(Listing):
    """`usage_events`."""

    subscription: str | None = None
    customer_id: str | None = None


class UsageSummaryListing(Wire):
    """`usage_summaries` of one subscription: periods that share time with [`since`, `until`), the newest first.

    `after` is the (period's start, item) of the last one seen.
    """

    id: str
    limit: int = 20
    after: tuple[Instant, str] | None = None
    since: Instant | None = None
    until: Instant | None = None


COMMANDS: dict[str, type[Wire]] = {
    "usage.record": RecordUsage,
    "usage.void": VoidUsage,
    "usage.limit": SetUsageLimit,
}

EVENTS: dict[str, type[Versioned]] = {
    "usage.recorded": UsageCounts,
    "usage.voided": UsageEvent,
    "usage.limit_reached": UsageLimit,
}
