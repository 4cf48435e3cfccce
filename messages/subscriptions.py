"""Subscriptions: a customer plus items, renewed period by period from an anchor."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from messages.customers import ShortText
from messages.ids import CustomerId, Token
from messages.money import Currency
from messages.queries import Listing
from messages.resource import Metadata, MetadataChanges, Resource
from messages.spans import MaybeSpan, Span
from messages.wire import Instant, Moment, Wire


class SubscriptionStatus(StrEnum):
    """Closed for v1; the moves between them are in `actors/invoicing/subscription_moves.py`."""

    INCOMPLETE = "incomplete"
    INCOMPLETE_EXPIRED = "incomplete_expired"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    CANCELED = "canceled"


CollectionMethod = Literal["charge_automatically", "send_invoice"]
Proration = Literal["create", "none", "invoice_now"]
PauseBehavior = Literal["void", "keep_as_draft", "none"]
DaysUntilDue = Annotated[int, Field(ge=0, le=365)]
Count = Annotated[int, Field(ge=0, le=10**9)]


class SubscriptionItem(Wire):
    """A price and how many of it; a metered price has no quantity."""

    id: str
    price: str
    quantity: int | None = None


class Pause(Wire):
    """What is invoiced meanwhile: drafts that are voided, drafts that are kept, or nothing at all."""

    behavior: PauseBehavior
    resumes_at: Instant | None = None


class ScheduledChange(Wire):
    """New items from `at` on: the end of the period, or an instant."""

    at: Instant
    items: list[SubscriptionItem]
    proration: Proration = "none"


class Subscription(Resource):
    """All items in one currency and with one interval."""

    object: str = "subscription"
    status: SubscriptionStatus
    customer_id: CustomerId
    currency: Currency
    collection_method: CollectionMethod = "charge_automatically"
    days_until_due: int | None = None
    items: list[SubscriptionItem]
    billing_cycle_anchor: Instant
    start_date: Instant
    current_period: Span
    trial: MaybeSpan = MaybeSpan()
    pause: Pause | None = None
    scheduled_change: ScheduledChange | None = None
    cancel_at: Instant | None = None
    cancel_at_period_end: bool = False
    canceled_at: Instant | None = None
    ended_at: Instant | None = None
    default_payment_method: str | None = None
    coupons: list[str] = []
    default_tax_rates: list[str] = []
    latest_invoice: str | None = None
    test_clock: str | None = None
    description: str | None = None


class ItemWish(Wire):
    """An item to have; `id` names one that is there, without it the item is new.

    A metered one that gets a licensed price, or one that counts otherwise, is replaced by another with its own `id`.
    """

    id: Token | None = None
    price: Token | None = None
    quantity: Count | None = None
    deleted: bool = False


Items = Annotated[list[ItemWish], Field(min_length=1, max_length=20)]


class CreateSubscription(Wire):
    """`subscription.create`. `backdate_to` begins in the past, `billing_cycle_anchor` bills a first part up to it.

    With a trial nothing is asked for until it ends. `payment_behavior` `allow_incomplete` waits for the first
    payment; `send_invoice` begins active.
    """

    customer_id: CustomerId
    items: Items
    collection_method: CollectionMethod = "charge_automatically"
    days_until_due: DaysUntilDue | None = None
    trial_days: Annotated[int, Field(ge=1, le=730)] | None = None
    trial_end: Moment | None = None
    billing_cycle_anchor: Moment | None = None
    backdate_to: Moment | None = None
    proration: Proration = "create"
    default_payment_method: Token | None = None
    coupons: list[Token] = Field(default_factory=list, max_length=20)
    default_tax_rates: list[Token] = Field(default_factory=list, max_length=10)
    cancel_at: Moment | None = None
    cancel_at_period_end: bool = False
    description: ShortText | None = None
    metadata: Metadata = Field(default_factory=dict)


class ChangeSubscription(Wire):
    """`subscription.change`: items now (`at` is null), at the period's end, or at an instant."""

    items: Items | None = None
    proration: Proration = "create"
    at: Literal["now", "period_end"] | Moment = "now"
    coupons: list[Token] | None = Field(default=None, max_length=20)
    default_tax_rates: list[Token] | None = Field(default=None, max_length=10)
    default_payment_method: Token | None = None
    collection_method: CollectionMethod | None = None
    days_until_due: DaysUntilDue | None = None
    trial_end: Moment | Literal["now"] | None = None
    clear_scheduled: bool = False
    description: ShortText | None = None
    metadata: MetadataChanges | None = None
    if_match: int | None = None


class PauseSubscription(Wire):
    """`subscription.pause`."""

    behavior: PauseBehavior = "none"
    resumes_at: Moment | None = None


class ResumeSubscription(Wire):
    """`subscription.resume`: `keep_anchor` bills on in the old rhythm, else a new period begins now."""

    keep_anchor: bool = True


class CancelSubscription(Wire):
    """`subscription.cancel`: now (`credit` gives the unused part back), at the period's end, or at an instant."""

    at: Literal["now", "period_end"] | Moment = "now"
    credit: bool = False
    reason: ShortText | None = None


class UncancelSubscription(Wire):
    """`subscription.uncancel`: takes a scheduled cancel back."""


class SubscriptionListing(Listing):
    """`subscriptions`."""

    customer_id: str | None = None
    test_clock: str | None = None


COMMANDS: dict[str, type[Wire]] = {
    "subscription.create": CreateSubscription,
    "subscription.change": ChangeSubscription,
    "subscription.pause": PauseSubscription,
    "subscription.resume": ResumeSubscription,
    "subscription.cancel": CancelSubscription,
    "subscription.uncancel": UncancelSubscription,
}

EVENTS: dict[str, type[Resource]] = dict.fromkeys(
    (
        *("subscription.created", "subscription.activated", "subscription.trial_end_neared"),
        *("subscription.trial_ended", "subscription.renewed", "subscription.updated"),
        *("subscription.change_scheduled", "subscription.change_applied", "subscription.fell_past_due"),
        *("subscription.became_unpaid", "subscription.paused", "subscription.resumed"),
        *("subscription.cancel_scheduled", "subscription.uncanceled", "subscription.canceled"),
        "subscription.expired",
    ),
    Subscription,
)
