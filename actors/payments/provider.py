"""What a payment provider must do for us, whoever it is. Requests and results are stored with the call."""

from typing import Annotated, Literal, Protocol

from pydantic import Field, TypeAdapter

from messages.balance import Booking
from messages.disputes import DisputeReason, DisputeStatus, Evidence
from messages.money import Amount, Currency, PositiveAmount
from messages.provider_events import ProviderEvent, SimulatedSettings
from messages.wire import Instant, Json, Wire


class Charge(Wire):
    """`charge`: take the amount, or with `capture` false only authorise it.

    `reference` is of a charge that was prepared or tried before and may still be paid: it is gone on with.
    A saved method is charged together with the `customer` it was saved for, both in the provider's words.
    """

    payment: str
    amount: PositiveAmount
    currency: Currency
    customer_id: str
    payment_method: str
    customer: str | None = None
    capture: bool
    off_session: bool = False
    return_url: str | None = None
    reference: str | None = None


class Prepare(Wire):
    """`prepare`: make known a charge that waits for its method, which the customer may also give directly."""

    payment: str
    amount: PositiveAmount
    currency: Currency
    customer_id: str
    capture: bool


class Authenticate(Wire):
    """`authenticate`: the customer came back from the bank's page; go on with the charge."""

    reference: str
    outcome: Literal["succeed", "fail"]


class Capture(Wire):
    """`capture`: take this much of an authorised charge, release the rest."""

    reference: str
    amount: PositiveAmount
    currency: Currency | None = None


class Release(Wire):
    """`release`: give back an authorisation, or give up a charge that waits for the customer."""

    reference: str


class GiveBack(Wire):
    """`refund`: give back this much of a captured charge."""

    reference: str
    refund: str
    amount: PositiveAmount
    currency: Currency


class LookUpRefund(Wire):
    """`look_up_refund`: how a refund stands now."""

    reference: str


class SendPayout(Wire):
    """`payout`: send this much of what is ours to its receiver, the customer's bank."""

    payout: str
    amount: PositiveAmount
    currency: Currency
    customer_id: str | None = None


class LookUpPayout(Wire):
    """`look_up_payout`: how a payout stands now."""

    reference: str


class SettlePayout(Wire):
    """`settle_payout`, of the simulated provider alone: the bank has the money, or sends it back."""

    reference: str
    outcome: Literal["paid", "fail"]


class LookUpCharge(Wire):
    """`look_up_charge`: how a payment stands now; answered as a `charge` is."""

    payment: str
    reference: str | None = None


class OfDispute(Wire):
    """`look_up_dispute` and `accept_dispute`; answered, as all about disputes, with how it stands."""

    reference: str


class HandInEvidence(Wire):
    """`submit_evidence`: hands in all that is said against the dispute."""

    reference: str
    evidence: Evidence


class OpenDispute(Wire):
    """`open_dispute`, of the simulated provider alone: the bank takes what is left of this charge."""

    reference: str


class CloseDispute(Wire):
    """`close_dispute`, of the simulated provider alone."""

    reference: str
    outcome: Literal["won", "lost"]


class ListEvents(Wire):
    """`list_events`: the events after the cursor, the oldest first, but none made later than `created_before`."""

    after: str | None = None
    created_before: Instant


class ListBookings(Wire):
    """`list_bookings`: the balance transactions after the cursor, the oldest first.

    With `payout`, its reference, those alone that were paid out with it, without its own.
    """

    after: str | None = None
    created_before: Instant
    payout: str | None = None


class DisputeStanding(Wire):
    """How a dispute stands at the provider. `amount_withdrawn` and `fee` are what it took, and keeps unless reinstated.

    An accepted or lost one has no `reinstated`. `created` is that of the dispute, the same in every snapshot.
    """

    result: Literal["dispute"] = "dispute"
    reference: str
    created: Instant
    status: DisputeStatus
    amount: PositiveAmount
    currency: Currency
    reason: DisputeReason
    amount_withdrawn: Amount = 0
    fee: Amount = 0
    reinstated: bool = False
    fee_returned: Amount = 0
    evidence: Evidence = Field(default_factory=Evidence)
    due_by: Instant | None = None
    submission_count: int = 0


class EventPage(Wire):
    """A page of events, and the cursor behind the last of them."""

    result: Literal["events"] = "events"
    events: list[ProviderEvent] = []
    after: str | None = None
    has_more: bool = False


class BookingPage(Wire):
    """A page of balance transactions, and the cursor behind the last of them."""

    result: Literal["bookings"] = "bookings"
    bookings: list[Booking] = []
    after: str | None = None
    has_more: bool = False


class Configured(Wire):
    """The simulated provider behaves so from now on."""

    result: Literal["configured"] = "configured"
    settings: SimulatedSettings


class Taken(Wire):
    """Done as asked: authorised, captured, released, refunded or paid out, by the operation that was called.

    With `pending` it is accepted and not yet finished. `look_again_seconds` asks for a later look-up.
    `client_secret` lets the customer's browser pay what was prepared.
    """

    result: Literal["taken"] = "taken"
    reference: str
    amount: int
    pending: bool = False
    look_again_seconds: int | None = None
    client_secret: str | None = None


class Declined(Wire):
    """A definite no. `code` is one of our error codes; for a refund, `decline_code` is its `failure_reason`.

    `also` are further members of the problem that tells it, such as the `balance` of a wallet.
    """

    result: Literal["declined"] = "declined"
    reference: str | None = None
    code: str
    decline_code: str | None = None
    detail: str
    also: Json = Field(default_factory=dict)


class ActionNeeded(Wire):
    """The customer must go to `url` first, or is taken there by the provider's script with the `client_secret`."""

    result: Literal["action_needed"] = "action_needed"
    reference: str
    url: str
    client_secret: str | None = None


class Away(Wire):
    """A definite outage: nothing was charged, and nothing will be for this call."""

    result: Literal["away"] = "away"
    detail: str


Outcome = Taken | Declined | ActionNeeded | Away
Result = Annotated[Outcome, Field(discriminator="result")]
RESULT: TypeAdapter[Outcome] = TypeAdapter(Result)

DisputeOutcome = DisputeStanding | Declined | Away
DISPUTE_RESULT: TypeAdapter[DisputeOutcome] = TypeAdapter(Annotated[DisputeOutcome, Field(discriminator="result")])
ACCOUNT_RESULT: TypeAdapter[EventPage | BookingPage | Configured | Away] = TypeAdapter(
    Annotated[EventPage | BookingPage | Configured | Away, Field(discriminator="result")]
)

REQUESTS: dict[str, type[Wire]] = {
    "prepare": Prepare,
    "charge": Charge,
    "authenticate": Authenticate,
    "capture": Capture,
    "release": Release,
    "refund": GiveBack,
    "look_up_refund": LookUpRefund,
    "payout": SendPayout,
    "look_up_payout": LookUpPayout,
    "settle_payout": SettlePayout,
    "look_up_charge": LookUpCharge,
    "look_up_dispute": OfDispute,
    "submit_evidence": HandInEvidence,
    "accept_dispute": OfDispute,
    "open_dispute": OpenDispute,
    "close_dispute": CloseDispute,
    "list_events": ListEvents,
    "list_bookings": ListBookings,
    "configure": SimulatedSettings,
}


class Provider(Protocol):
    """One provider account. All methods carry their own deadline.

    With `livemode` its money is real.
    With `keeps_open` a charge that is not finished can still be paid by who holds its secret.
    """

    name: str
    livemode: bool
    default_method: str | None
    keeps_open: bool

    async def perform(self, operation: str, key: str, request: Json) -> Json:
        """Does it, once per idempotency key; a repeat answers as before.

        Raises anything when the outcome is unknown (silence, a cut connection, a 500): the same call comes again.
        """
        ...

    async def ping(self) -> None:
        """Raises when the provider cannot be reached."""
        ...
