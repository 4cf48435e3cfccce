"""What a payment provider tells by itself, by webhook or when it is asked for its events, and what we keep of that."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from messages.ids import Token, named_id
from messages.money import Amount
from messages.resource import Resource
from messages.wire import Instant, Json, Wire

CHARGE_TYPES = frozenset(
    {
        *("charge.succeeded", "charge.captured", "charge.failed", "charge.expired"),
        *("payment_intent.succeeded", "payment_intent.amount_capturable_updated"),
        *("payment_intent.payment_failed", "payment_intent.canceled"),
    }
)
REFUND_TYPES = frozenset({"refund.created", "refund.updated", "refund.failed"})
PAYOUT_TYPES = frozenset({"payout.created", "payout.updated", "payout.paid", "payout.failed", "payout.canceled"})
DISPUTE_TYPES = frozenset(
    {
        *("charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed"),
        *("charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"),
    }
)
WARNING_TYPES = frozenset({"radar.early_fraud_warning.created", "radar.early_fraud_warning.updated"})
TYPES = CHARGE_TYPES | REFUND_TYPES | PAYOUT_TYPES | DISPUTE_TYPES | WARNING_TYPES
"""Those that are acted on; others are accepted and forgotten. Names as in Stripe's API."""


class ProviderEvent(Wire):
    """`provider_event.record`: `object` is the provider's, as it was when the event was made. `account` is a tenant.

    `provider` is our account's name; `kind` whose it is, if that is not its name.
    """

    provider: Token
    kind: Token | None = None
    account: Token
    id: Token
    type: str
    created: Instant
    livemode: bool = False
    object: Json


class RecordedEvent(Wire):
    """The answer to `provider_event.record`, whatever became of the event."""

    id: str
    status: str


class KeptEvent(Wire):
    """An event as it was heard once. `event` is kept while it waits for what it is about, and if that never came.

    `applied`: nothing is left to do. `ignored`: it says nothing to us. `unmatched`: nobody knows what it is about.
    """

    id: str
    status: Literal["applied", "ignored", "waiting", "unmatched"]
    type: str
    provider: str
    provider_id: str
    found_by: Literal["webhook", "sweep"]
    attempts: int = 0
    event: ProviderEvent | None = None
    heard_at: Instant
    created_at: Instant
    updated_at: Instant
    version: int = 1


class ProviderAccount(Resource):
    """An account with a provider. `events_swept` counts the events that no webhook brought.

    `degraded` since `degraded_at`: charges came back as outages or fell silent, and are held back but for a trial.
    """

    object: str = "provider"
    status: Literal["ok", "degraded"] = "ok"
    name: str
    degraded_at: Instant | None = None
    events_swept: int = 0
    last_missed_at: Instant | None = None


class ProviderStanding(Wire):
    """An account as one asks for it: so many of its charges failed in a row, and when the next may try it.

    With `livemode` its money is real.
    `breaker`: `open` holds charges back, `half_open` lets one through.
    """

    id: str
    object: Literal["provider"] = "provider"
    name: str
    kind: str
    livemode: bool = False
    breaker: Literal["closed", "open", "half_open"] = "closed"
    failures: int = 0
    degraded_at: Instant | None = None
    retry_at: Instant | None = None
    events_swept: int = 0


class ProviderStandings(Wire):
    """The answer to `providers`."""

    data: list[ProviderStanding]


class WebhookFaults(Wire):
    """How badly the simulated provider's webhooks travel: percent lost and sent twice; with `shuffle` out of order."""

    lose: int = Field(default=0, ge=0, le=100)
    double: int = Field(default=0, ge=0, le=100)
    shuffle: bool = False
    seed: int = Field(default=0, ge=0, le=2**53 - 1)


class SimulatedFee(Wire):
    """What the simulated provider keeps of a charge: a part, in hundredths of a percent, and so much more."""

    basis_points: int = Field(default=290, ge=0, le=10_000)
    fixed_minor: Amount = 30


class SimulatedSettings(Wire):
    """`provider.configure`, and its answer. Of the next charges it keeps the `fee`, and their money is free to be paid
    out `available_after_seconds`. What is free goes to our bank every `payout_every_seconds`, with 0 never.
    During an `outage` it does nothing that it has not done before, and says so.
    """

    webhooks: WebhookFaults = Field(default_factory=WebhookFaults)
    fee: SimulatedFee = Field(default_factory=SimulatedFee)
    available_after_seconds: int = Field(default=2 * 86_400, ge=0, le=366 * 86_400)
    payout_every_seconds: int = Field(default=86_400, ge=0, le=366 * 86_400)
    outage: bool = False


EVENTS: dict[str, type[Resource]] = dict.fromkeys(
    ("provider.webhooks_missed", "provider.degraded", "provider.recovered"), ProviderAccount
)


def kept_id(provider: str, account: str, event: str) -> Token:
    """Under which an event is kept, however often it comes."""
    return named_id("pev", provider, account, event)


def record_id(provider: str, account: str, event: str) -> Token:
    """The command that records it: a webhook that is repeated is the same command."""
    return named_id("cmd", "provider_event.record", provider, account, event)


def account_entity(provider: str) -> Token:
    """Where a tenant's account with a provider is kept."""
    return f"prov_{provider}"


def name_of(entity: str) -> str:
    """Of the account that this is kept under, as is its reconciliation."""
    return entity.partition("_")[2]


def order_of(created: datetime, event: str) -> str:
    """Sorts snapshots of one object: by when the provider made them, then anyhow, but always the same."""
    return f"{int(created.timestamp()):012d}/{event}"
