"""What the notifications actor keeps: endpoints with their queues, deliveries, and mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from typing_extensions import override

from actors.notifications.keys import (
    body_key,
    delivery_key,
    directory_key,
    endpoint_key,
    lane_key,
    mail_key,
    reader_key,
    suppression_key,
)
from actors.runtime.decision import Key, Stored
from messages.mails import Mail, Suppression
from messages.resource import Versioned
from messages.webhooks import WebhookDelivery, WebhookEndpoint
from messages.wire import Instant, Json, Wire

Standing = Literal["behind", "ready", "calling", "resting", "over"]
"""Of a delivery: behind an earlier one of its lane, ready to be tried, being tried, resting until its alarm, over."""


class ReplayWork(Wire):
    """A range that is being replayed; `position` is the sequence in EVENTS, or in the queue, that was reached.

    `page` is the call by which the next events are just being read.
    """

    id: str
    from_: Instant
    to: Instant
    only: Literal["all", "failed"]
    position: int = 0
    page: str | None = None


class EndpointWork(Wire):
    """The queue of an endpoint: how many deliveries are open and ready, and which are being tried.

    `queued` counts all that ever came, `missing` those that were given up or discarded and have not arrived since.
    `failures` in a row open the breaker, which lets one through after `retry_at`.
    `paced_until` is the theoretical arrival time of the rate limit (GCRA, ITU-T I.371).
    `rings_at` is the time of the endpoint's one alarm, until it has rung. `waking`: an outage is over, and what rests
    because of it is being made ready.
    """

    queued: int = 0
    open: int = 0
    ready: int = 0
    missing: int = 0
    calling: list[str] = []
    failures: int = 0
    retry_at: Instant | None = None
    paced_until: Instant | None = None
    rings_at: Instant | None = None
    waking: bool = False
    replay: ReplayWork | None = None


class EndpointState(Stored):
    """An endpoint and its queue; one that was deleted is kept until nothing waits for it, and after."""

    webhook_endpoint: WebhookEndpoint
    work: EndpointWork = EndpointWork()
    deleted: bool = False

    @property
    @override
    def key(self) -> Key:
        """By its id."""
        return endpoint_key(self.tenant, self.webhook_endpoint.id)

    @property
    def takes(self) -> bool:
        """Whether events go to it."""
        return self.webhook_endpoint.status == "enabled" and not self.deleted


class Directory(Versioned):
    """`types` by endpoint."""

    id: str = "all"
    created_at: Instant
    endpoints: dict[str, list[str]] = {}


class DirectoryState(Stored):
    """Which endpoints there are to be looked at when an event comes."""

    webhook_directory: Directory

    @property
    @override
    def key(self) -> Key:
        """There is one."""
        return directory_key(self.tenant)


class Lane(Versioned):
    """`tail` is the last delivery that is open; None: the lane is empty."""

    created_at: Instant
    tail: str | None = None


class LaneState(Stored):
    """Where deliveries about one resource to one endpoint stand in line."""

    webhook_lane: Lane

    @property
    @override
    def key(self) -> Key:
        """By endpoint, kind and resource."""
        return lane_key(self.tenant, self.webhook_lane.id)


class DeliveryState(Stored):
    """A delivery and its place in line: `next` waits behind it. `position` counts the endpoint's deliveries.

    `original` is, for a replay, the delivery that did not arrive and has done so once this one does. What rests because
    its receiver `asked` for a time is tried no sooner.
    """

    webhook_delivery: WebhookDelivery
    standing: Standing
    lane: str
    next: str | None = None
    position: int
    event_at: Instant
    first_attempt_at: Instant | None = None
    tries: int = 0
    asked: bool = False
    original: str | None = None

    @property
    @override
    def key(self) -> Key:
        """By its id."""
        return delivery_key(self.tenant, self.webhook_delivery.id)


class Body(Versioned):
    """Of a delivery, whose id it has."""

    created_at: Instant


class BodyState(Stored):
    """What is signed and sent, byte for byte the same in every attempt. Written once, so kept apart from what moves."""

    webhook_body: Body
    text: str

    @property
    @override
    def key(self) -> Key:
        """By the delivery's id."""
        return body_key(self.tenant, self.webhook_body.id)


class MailState(Stored):
    """A mail, and to whom it went under which subject: personal, so beside the resource that is told.

    `about` is the resource as it was when it was told of, kept until the mail is gone. `forgotten`: the customer was
    erased.
    """

    mail: Mail
    about: Json = {}
    said_at: Instant
    sending: bool = False
    attempts: int = 0
    forgotten: bool = False
    recipient: str | None = None
    headline: str | None = None

    @property
    @override
    def key(self) -> Key:
        """By its id."""
        return mail_key(self.tenant, self.mail.id)


class MailReader(Versioned):
    """A customer; `known` once somebody has filled them in, and until they are erased."""

    created_at: Instant
    known: bool


class ReaderState(Stored):
    """Whether a customer may have an address at all. The address itself is asked for when a mail is sent."""

    mail_reader: MailReader

    @property
    @override
    def key(self) -> Key:
        """By the customer's id."""
        return reader_key(self.tenant, self.mail_reader.id)


class SuppressionState(Stored):
    """Who wants no mails."""

    mail_suppression: Suppression
    deleted: bool = False

    @property
    @override
    def key(self) -> Key:
        """By its id, which follows from whom it concerns."""
        return suppression_key(self.tenant, self.mail_suppression.id)


@dataclass(frozen=True, slots=True)
class Found:
    """What a look into the tables found, in order; a turn that is on its way may have changed what it names."""

    key: Key
    found: Sequence[str]
