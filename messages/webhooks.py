"""Webhook endpoints and what is delivered to them. No secret is ever here: it follows from its `version`."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from messages.customers import ShortText
from messages.ids import Token
from messages.queries import Listing
from messages.resource import Metadata, MetadataChanges, Resource, Versioned
from messages.wire import Instant, Moment, Wire

TYPES_MAX = 100
ENDPOINTS_MAX = 1_000
"""Of one tenant."""

ATTEMPTS_SHOWN = 20
ANSWER_BYTES_MAX = 4_096
RATE_LIMIT = 50
SECRET_OVERLAP_SECONDS = 86_400

EndpointStatus = Literal["enabled", "disabled"]
DeliveryStatus = Literal["pending", "succeeded", "failed", "discarded"]
AttemptError = Literal[
    "timeout",
    "connection_refused",
    "dns_failed",
    "tls_failed",
    "address_refused",
    "redirect_refused",
    "body_too_large",
    "status",
]
Url = Annotated[str, StringConstraints(min_length=8, max_length=2_048)]
TypePattern = Annotated[str, StringConstraints(max_length=64, pattern=r"^(\*|[a-z_]+(\.[a-z_]+)*(\.\*)?)$")]
Types = Annotated[list[TypePattern], Field(min_length=1, max_length=TYPES_MAX)]
RateLimit = Annotated[int, Field(ge=1, le=1_000, description="Attempts a second.")]


class WebhookEndpoint(Resource):
    """Where events go. `rate_limit` is in attempts a second; every number up to `delivered_through` has arrived."""

    object: str = "webhook_endpoint"
    status: EndpointStatus = "enabled"
    url: str
    types: list[str]
    description: str | None = None
    api_version: Literal["v1"] = "v1"
    secret: str | None = Field(default=None, description="Shown by create and rotate only.")
    secret_version: int = 1
    secret_expires_at: Instant | None = Field(default=None, description="Until then the one before signs too.")
    rate_limit: int = RATE_LIMIT
    last_sequence: int = 0
    delivered_through: int = 0
    disabled_reason: Literal["by_user", "gone", "failing"] | None = None
    disabled_at: Instant | None = None
    failing_since: Instant | None = None


class Attempt(Wire):
    """One try. `response_body` is what came back, 4 kB of it at most."""

    at: Instant
    response_status: int | None = None
    duration_ms: int = 0
    error: AttemptError | None = None
    detail: str | None = None
    response_body: str = ""


class WebhookDelivery(Resource):
    """An event on its way to an endpoint; the latest attempts last. A replay elsewhere has no `sequence`."""

    object: str = "webhook_delivery"
    status: DeliveryStatus = "pending"
    endpoint: str
    event: str
    type: str
    sequence: int | None
    replay: bool = False
    next_attempt_at: Instant | None = None
    attempts: list[Attempt] = []
    attempts_has_more: bool = False
    finished_at: Instant | None = None


class Ping(Versioned):
    """The data of `ping.sent`, which goes to one endpoint alone."""

    object: Literal["ping"] = "ping"
    endpoint: str
    livemode: bool = False


class CreateEndpoint(Wire):
    """`webhook_endpoint.create`."""

    url: Url
    types: Types
    description: ShortText | None = None
    rate_limit: RateLimit = RATE_LIMIT
    metadata: Metadata = Field(default_factory=dict)


class EndpointChanges(Wire):
    """What may change; what is not sent stays."""

    url: Url | None = None
    types: Types | None = None
    description: ShortText | None = None
    rate_limit: RateLimit | None = None
    metadata: MetadataChanges | None = None


class UpdateEndpoint(Wire):
    """`webhook_endpoint.update`: the fields that were sent, as in `EndpointChanges`."""

    changes: dict[str, object]
    if_match: int | None = None


class DeleteEndpoint(Wire):
    """`webhook_endpoint.delete`: what waits for it is discarded."""


class DeletedEndpoint(Wire):
    """What is left to say of it."""

    id: str
    object: Literal["webhook_endpoint"] = "webhook_endpoint"
    deleted: Literal[True] = True


class RotateSecret(Wire):
    """`webhook_endpoint.rotate_secret`: for so long both secrets sign."""

    overlap_seconds: int = Field(default=SECRET_OVERLAP_SECONDS, ge=0, le=30 * 86_400)


class TestEndpoint(Wire):
    """`webhook_endpoint.test`: one `ping.sent`, to this endpoint alone."""

    __test__ = False  # pytest collects by name


class EnableEndpoint(Wire):
    """`webhook_endpoint.enable`: events from now on; what came meanwhile can be replayed."""


class DisableEndpoint(Wire):
    """`webhook_endpoint.disable`: what waits for it is discarded."""


class ReplayRange(Wire):
    """`webhook_endpoint.replay`: events from `from` until before `to`; `only` those whose delivery failed
    or was discarded, or all."""

    from_: Moment = Field(alias="from")
    to: Moment | None = None
    only: Literal["all", "failed"] = "all"

    model_config = {"populate_by_name": True, "serialize_by_alias": True}


class ReplayDelivery(Wire):
    """`webhook_delivery.replay`: the same event once more, marked as a replay, with the number that it had."""


class Replay(Wire):
    """A replay of a range that has begun; its deliveries are listed like all others."""

    id: str
    object: Literal["webhook_replay"] = "webhook_replay"
    endpoint: str
    from_: Instant = Field(alias="from")
    to: Instant
    only: Literal["all", "failed"]
    created_at: Instant

    model_config = {"populate_by_name": True, "serialize_by_alias": True}


class EndpointListing(Listing):
    """`webhook_endpoints`."""


class DeliveryListing(Listing):
    """`webhook_deliveries`."""

    endpoint: Token | None = None
    event: Token | None = None


COMMANDS: dict[str, type[Wire]] = {
    "webhook_endpoint.create": CreateEndpoint,
    "webhook_endpoint.update": UpdateEndpoint,
    "webhook_endpoint.delete": DeleteEndpoint,
    "webhook_endpoint.rotate_secret": RotateSecret,
    "webhook_endpoint.test": TestEndpoint,
    "webhook_endpoint.enable": EnableEndpoint,
    "webhook_endpoint.disable": DisableEndpoint,
    "webhook_endpoint.replay": ReplayRange,
    "webhook_delivery.replay": ReplayDelivery,
}

EVENTS: dict[str, type[Versioned]] = {
    "webhook.endpoint.created": WebhookEndpoint,
    "webhook.endpoint.updated": WebhookEndpoint,
    "webhook.endpoint.secret_rotated": WebhookEndpoint,
    "webhook.endpoint.disabled": WebhookEndpoint,
    "webhook.endpoint.enabled": WebhookEndpoint,
    "webhook.endpoint.deleted": WebhookEndpoint,
    "webhook.delivery.succeeded": WebhookDelivery,
    "webhook.delivery.attempt_failed": WebhookDelivery,
    "webhook.delivery.failed": WebhookDelivery,
    "webhook.delivery.discarded": WebhookDelivery,
    "ping.sent": Ping,
}
