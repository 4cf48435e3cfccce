"""Answers that only HTTP has: problems, lists, and what no actor owns. What actors answer is in `messages`."""

from typing import Any, Generic, Literal, NotRequired, Required, TypeVar

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from messages.envelope import Event
from messages.payments import Payment
from messages.payouts import Payout
from messages.provider_events import ProviderStanding
from messages.resource import ResourceName
from messages.scopes import Role, Scope
from messages.tenants import Mode
from messages.wallets import WalletBalance
from messages.wire import Instant, Wire

T = TypeVar("T")


class FieldFault(TypedDict):
    """One fault of the request: where it is, by a JSON Pointer into the body or a parameter's name, and what."""

    pointer: NotRequired[str | None]
    parameter: NotRequired[str]
    code: str
    detail: str


@with_config(ConfigDict(extra="allow"))
class ProblemBody(TypedDict, total=False):
    """RFC 9457. Which members there are besides the first seven depends on `code`; more may come."""

    type: Required[str]
    title: Required[str]
    status: Required[int]
    code: Required[str]
    detail: Required[str]
    request_id: Required[str]
    retry: Required[Literal["same_key", "new_key", "later", "never"]]
    errors: list[FieldFault]
    payment: Payment
    payout: Payout
    resource: ResourceName
    status_now: str
    allowed_from: list[str]
    decline_code: str | None
    balance: WalletBalance
    differing: list[str]
    idempotency_key: str | None
    scope: str
    reason: str
    retry_after_seconds: int
    lag: int
    next_after: str


class ListOf(Wire, Generic[T]):
    """A page of a list. `next_cursor` is a string exactly when `has_more` is true."""

    data: list[T]
    has_more: bool
    next_cursor: str | None = None

    @classmethod
    def model_parametrized_name(  # pyright: ignore[reportImplicitOverride] - `override` is of Python 3.12
        cls, params: tuple[Any, ...]
    ) -> str:
        """`PaymentList`, for those who generate a client."""
        return f"{params[0].__name__}List"


class EventPage(Wire):
    """A part of the log, ascending. Go on from `next_after`, also when `data` is empty."""

    data: list[Event]
    has_more: bool
    next_after: str


class Provider(ProviderStanding):
    """An account with a payment provider, as the payments actor last reported it. `kind` says whose it is.

    `failures` of its charges came in a row. While its `breaker` is `open` it gets none; `half_open` lets one try it.
    """

    status: Literal["ok", "degraded", "unreachable"]


class Me(Wire):
    """Who asks, as this gateway knows them. `role` is there for users, whose scopes follow from it."""

    object: Literal["me"] = "me"
    principal: str
    tenant: str
    tenant_name: str | None
    mode: Mode
    role: Role | None
    scopes: list[Scope]
    livemode: bool


class StreamTicket(Wire):
    """Good for one stream that begins before `expires_at`: `?ticket=`."""

    object: Literal["stream_ticket"] = "stream_ticket"
    ticket: str
    expires_at: Instant


class Version(Wire):
    """Of the gateway, and of this API."""

    object: Literal["version"] = "version"
    version: str
    api_version: Literal["v1"] = "v1"


class SimulatedMethod(Wire):
    """A payment method of the simulated provider, and what it does."""

    payment_method: str
    does: str


class Alive(Wire):
    """The process runs."""

    status: Literal["ok"] = "ok"
    uptime: str = Field(examples=["1m23s"])


CheckStatus = Literal["ok", "degraded", "unreachable"]


class Readiness(Wire):
    """Whether it can do its work, and each thing it needs for that."""

    status: Literal["ready", "not_ready"]
    checks: dict[str, CheckStatus]


class Finding(BaseModel):
    """`detail` is there when the status is not ok."""

    status: CheckStatus
    latency_ms: int
    detail: str = ""


class Dependencies(BaseModel):
    """The checks with their latency, and what else the process tells of itself."""

    model_config = ConfigDict(extra="allow")

    checks: dict[str, Finding]


class Service(Wire):
    """One process, as the monitor last saw it; `down` is one that does not answer."""

    status: Literal["ready", "not_ready", "down"]
    latency_ms: int | None
    checks: dict[str, CheckStatus]


class SystemStatus(Wire):
    """`down`: no actor can do its work. `degraded`: something is not as it should be."""

    status: Literal["ok", "degraded", "down"]
    services: dict[str, Service]


class MoneyInvariant(Wire):
    """`figure` must be zero; null before the first look."""

    id: str
    title: str
    figure: int | None
    detail: str | None
    age_seconds: float | None


class CurrencyAmount(Wire):
    """In minor units."""

    currency: str
    amount: int


class Standstill(Wire):
    """What waits at one step in one currency; without a currency it is not known what money it is about."""

    kind: Literal["parked", "overdue", "unpublished", "call_unknown"]
    step: str
    currency: str | None
    amount: int
    count: int
    oldest_age_seconds: float


class StuckMoney(Wire):
    """All that should have moved on long ago."""

    count: int
    amounts: list[CurrencyAmount]
    oldest_age_seconds: float | None
    items: list[Standstill]


class MoneyHealth(Wire):
    """`breach` beats `stuck` beats `unknown` beats `ok`."""

    status: Literal["ok", "stuck", "breach", "unknown"]
    age_seconds: float | None
    invariants: list[MoneyInvariant]
    stuck: StuckMoney


class HostedPaymentOutcome(Wire):
    """How the invoice stands after its page asked for payment; `processing` until the outcome is known."""

    status: Literal["open", "paid", "void", "uncollectible", "processing"]


class OpenApiDocument(BaseModel):
    """OpenAPI 3.1: this document."""

    model_config = ConfigDict(extra="allow")

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]


class AsyncApiDocument(BaseModel):
    """AsyncAPI 3.0: the messages on the bus."""

    model_config = ConfigDict(extra="allow")

    asyncapi: str
    info: dict[str, Any]
    channels: dict[str, Any]
