"""Query parameters: models read from text, unknown names refused."""

import re
from typing import Annotated, TypeVar

from multidict import MultiMapping
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)

from gateway.client_secrets import ClientSecret
from gateway.cursors import STREAM_CURSOR, Place, read_stream_cursor
from gateway.problems import FieldError, invalid
from messages import wire
from messages.ids import Token
from messages.mails import MailStatus
from messages.page_tokens import TOKEN_MAX
from messages.payments import PaymentStatus, RefundStatus
from messages.resource import Metadata
from messages.webhooks import DeliveryStatus, EndpointStatus
from messages.wire import Instant, Json, read_time

_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_METADATA = re.compile(r"metadata\[(.*)\]", re.DOTALL)


def digits(text: object) -> int:
    """Up to nine of them. Raises ValueError."""
    if isinstance(text, str) and _DIGITS.fullmatch(text):
        return int(text)
    raise ValueError("it must be a whole number")


def _place(text: object) -> Place:
    place = read_stream_cursor(text) if isinstance(text, str) else None
    if place is None:
        raise ValueError("it is no position")
    return place


Limit = Annotated[
    int,
    BeforeValidator(digits),
    Field(ge=1, le=100),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 100}),
]
Wait = Annotated[
    int,
    BeforeValidator(digits),
    Field(ge=0, le=30),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 30}),
]
Moment = Annotated[Instant, BeforeValidator(read_time)]
BookMoment = wire.Moment
Position = Annotated[
    Place, BeforeValidator(_place), WithJsonSchema({"type": "string", "format": "position", "pattern": STREAM_CURSOR})
]

_EVENT_TYPES = r"^(\*|[a-z_.]{1,64}(\.\*)?)$"


def _of_one_kind(text: object) -> object:
    """A regular expression would not tell what to do instead of a list."""
    if isinstance(text, str) and re.fullmatch(_EVENT_TYPES, text):
        return text
    raise ValueError(
        "it is one event type, as invoice.paid, or one prefix, as payment.*: ask once for each, or for all"
    )


Pattern = Annotated[str, BeforeValidator(_of_one_kind), WithJsonSchema({"type": "string", "pattern": _EVENT_TYPES})]
Ticket = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


def several(text: object) -> object:
    """`a,b` are two."""
    return text.split(",") if isinstance(text, str) else text


class Nothing(BaseModel):
    """A request without parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DryRunAsked(Nothing):
    """`dry_run=true`: everything that would happen, and nothing of it done."""

    dry_run: bool = False


class Read(Nothing):
    """Every read: `min_position` waits until the asked actor has got so far."""

    min_position: Position | None = None


class PaymentRead(Read):
    """A page of the seller's shows the payment's `client_secret`."""

    client_secret: ClientSecret | None = None


class Listed(Read):
    """A page of resources, the newest first."""

    limit: Limit = 20
    cursor: Cursor | None = None
    created_after: Moment | None = None
    created_before: Moment | None = None
    metadata: Metadata = {}


class PaymentList(Listed):
    """`status` may be several, with commas."""

    status: Annotated[list[PaymentStatus], BeforeValidator(several)] = []
    customer_id: Token | None = None


class RefundList(Listed):
    """`payment`: the refunds of one."""

    status: Annotated[list[RefundStatus], BeforeValidator(several)] = []
    customer_id: Token | None = None
    payment: Token | None = None


class EndpointList(Listed):
    """`status` may be several, with commas."""

    status: Annotated[list[EndpointStatus], BeforeValidator(several)] = []


class DeliveryList(Listed):
    """Those to one `endpoint`, or of one `event`."""

    status: Annotated[list[DeliveryStatus], BeforeValidator(several)] = []
    endpoint: Token | None = None
    event: Token | None = None


class MailList(Listed):
    """Those to one customer, or of one `event`."""

    status: Annotated[list[MailStatus], BeforeValidator(several)] = []
    customer_id: Token | None = None
    event: Token | None = None


class SuppressionList(Listed):
    """Those of one customer."""

    customer_id: Token | None = None


class EventFilter(Nothing):
    """`type` is a type or ends in `.*`; `wallet` is the customer whose wallet it is."""

    type: Pattern | None = None
    customer_id: Token | None = None
    payment: Token | None = None
    wallet: Token | None = None
    subscription: Token | None = None


class EventLog(EventFilter):
    """`after` is a cursor, `0` or nothing is the oldest; `wait` seconds for the first one to come."""

    after: Position = Place(None, 0)
    limit: Limit = 20
    wait: Wait = 0


class EventStream(EventFilter):
    """`plain=true` leaves `event:` out; the header Last-Event-ID wins over `last_event_id`."""

    plain: bool = False
    last_event_id: Annotated[str, StringConstraints(max_length=64)] | None = None
    ticket: Ticket | None = None


class Flow(Nothing):
    """A ticket stands for a key that a browser cannot send."""

    ticket: Ticket | None = None


class PaymentEvents(Nothing):
    """As JSON or, with `Accept: text/event-stream`, the history and then live."""

    plain: bool = False
    last_event_id: Annotated[str, StringConstraints(max_length=64)] | None = None
    ticket: Ticket | None = None
    publishable_key: Annotated[str, StringConstraints(max_length=64)] | None = None
    client_secret: ClientSecret | None = None


class BankLink(Nothing):
    """`token` is the right to the page, in the address that `next_action` names."""

    token: Annotated[str, StringConstraints(max_length=TOKEN_MAX)] | None = None


class ByKey(Nothing):
    """The command that a key stands for."""

    key: Annotated[str, StringConstraints(pattern=r"^[ -~]{1,255}$")]


Parameters = TypeVar("Parameters", bound=BaseModel)


def read_parameters(model: type[Parameters], query: MultiMapping[str]) -> Parameters:
    """Raises Problem `invalid_parameter` naming every parameter that is unknown, doubled or unfit."""
    values, errors = _collect(model, query)
    try:
        parameters = model.model_validate(values)
    except ValidationError as why:
        errors += [_error(error["loc"][0], error["msg"]) for error in why.errors(include_url=False)]
        raise invalid("invalid_parameter", errors) from why
    if errors:
        raise invalid("invalid_parameter", errors)
    return parameters


def _collect(model: type[BaseModel], query: MultiMapping[str]) -> tuple[Json, list[FieldError]]:
    values: Json = {}
    errors: list[FieldError] = []
    for name, text in query.items():
        metadata = _METADATA.fullmatch(name) if "metadata" in model.model_fields else None
        target, key = (values.setdefault("metadata", {}), metadata[1]) if metadata else (values, _known(model, name))
        if key in target or (not metadata and key == "metadata"):
            errors.append(FieldError("duplicate", f"{name[:80]} is there twice.", parameter=name[:80]))
        elif "\0" in text or "\ufffd" in text or any("\ud800" <= character <= "\udfff" for character in text):
            errors.append(FieldError("bad_format", f"{name[:80]} is no text.", parameter=name[:80]))
        else:
            target[key] = text
    return values, errors


def _known(model: type[BaseModel], name: str) -> str:
    return "customer_id" if name == "customer" and "customer_id" in model.model_fields else name


def _error(name: object, message: str) -> FieldError:
    shown = str(name)[:80]
    if message.startswith("Extra inputs"):
        return FieldError("unknown_field", f"There is no parameter {shown} here.", parameter=shown)
    return FieldError("bad_format", f"{shown}: {message.removeprefix('Value error, ')}.", parameter=shown)
