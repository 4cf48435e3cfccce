"""What is around every message: who says it, about what, caused by what. Names as in CloudEvents 1.0."""

from typing import Any, Literal

from pydantic import Field

from messages.ids import Token
from messages.wire import Instant, Json, Wire

GATEWAY = "gateway"
"""The source of commands whose outcome is told by a reply; any other source is an actor that gets an answer."""


class About(Wire):
    """Whom and what a message concerns, so that readers can filter without knowing every resource."""

    customer_id: str | None = None
    payment: str | None = None
    invoice: str | None = None
    subscription: str | None = None


class HttpRequest(Wire):
    """How a command came in; the fingerprint covers method, path, query and body as sent."""

    method: str
    path: str
    fingerprint: str


class Command(Wire):
    """A wish. `id` is chosen before the work and is the same on every retry; `attempt` names one publish of it."""

    id: Token
    object: Literal["command"] = "command"
    type: str
    actor: str
    tenant: Token
    livemode: bool = False
    subject: str = Field(description="The resource it is about, or will create.")
    principal: str = "system"
    source: str = Field(description="`gateway`, or the actor that asks and hears the outcome as an `Answer`.")
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None
    time: Instant
    expires_at: Instant | None = Field(default=None, description="Not begun by then, it never happens.")
    idempotency_key: str | None = None
    request: HttpRequest | None = None
    address: str | None = Field(default=None, description="The public IPv4 address, or IPv6 /64, that asked for it.")
    reply_to: str | None = None
    tell_accepted: bool = Field(default=False, description="Reply also when only the first decision is committed.")
    entity: str | None = Field(default=None, description="Who of the asking actor's entities hears the outcome.")
    data: Json


class Outcome(Wire):
    """`answer`, the command by which an actor tells another how a command of that one ended."""

    command_id: str
    type: str
    status: int
    body: Json


class Event(Wire):
    """A fact. `data` is the whole resource after the change, `changes` what the moved fields were before."""

    id: str
    object: Literal["event"] = "event"
    type: str
    api_version: Literal["v1"] = "v1"
    source: str
    subject: str
    time: Instant
    sequence: int
    tenant: str
    livemode: bool = False
    principal: str = "system"
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None
    customer_id: str | None = None
    about: About = About()
    clock: str | None = None
    changes: Json = Field(default_factory=dict)
    data: Json


class AcceptedHead(Wire):
    """The first decision is committed; the outcome comes later."""

    kind: Literal["accepted"] = "accepted"
    command_id: str


class Accepted(AcceptedHead):
    """With what may be shown until then."""

    resource: Json | None = None


class DoneHead(Wire):
    """The final outcome but for its `body`. `position` is a sequence of EVENTS."""

    kind: Literal["done"] = "done"
    command_id: str
    status: int
    position: int | None = None
    replayed: bool = False


class Done(DoneHead):
    """The final outcome, as it will be told again for ever."""

    body: Json


class Query(Wire):
    """A question to an actor. `min_position` waits until the actor has heard EVENTS that far."""

    tenant: Token
    min_position: int | None = None
    params: Json = Field(default_factory=dict)


class Reply(Wire):
    """An answer to a query: 200 with the body, or a problem's status with `{"code", …}`."""

    status: int = 200
    body: Any = None
