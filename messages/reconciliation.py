"""Reconciliation: what the provider booked, what we believe and what the ledger posted, side by side.

A unit is one thing of ours that moves money at the provider (a payment, refund, dispute or payout), or a booking that
is about nothing of ours.
"""

from typing import Final, Literal

from pydantic import ConfigDict, Field

from messages.balance import Category, Moved, Signed
from messages.destinations import Destined
from messages.ids import Token
from messages.ledger import Side
from messages.money import Currency, PositiveAmount
from messages.queries import Listing
from messages.resource import Resource, Text
from messages.wire import Instant, Wire

DifferenceClass = Literal[
    "lost_webhook",
    "missing_posting",
    "amount",
    "fee",
    "currency",
    "duplicate",
    "unknown_here",
    "unknown_there",
    "timing",
]
DifferenceStatus = Literal["open", "resolved", "corrected", "dismissed"]


class Sides(Wire):
    """The same money three times, in minor units; null where nothing is known of it. Sums, so without a limit."""

    provider: int | None = None
    payments: int | None = None
    ledger: int | None = None


class ProposedPosting(Wire):
    """A line of the transaction that would bring the ledger to what the provider says."""

    account: str
    side: Side
    amount: PositiveAmount
    currency: Currency


class Proposed(Wire):
    """What `apply` does: `look_up` asks the provider again, `post` has the ledger post these lines.

    With `post_fact` the ledger posts what it missed, the latest event of a type in `missed`, by its own rules: the
    lines are the main ones of those.
    """

    action: Literal["none", "look_up", "post", "post_fact"] = "none"
    postings: list[ProposedPosting] = []
    missed: list[str] = []


class Difference(Resource):
    """`amount` is by how much the sides differ. `resolved` healed by itself, `corrected` was applied.

    `age_seconds` is as of the answer. `unit` is what was compared; `source` says so in our words, if it is ours.
    """

    model_config = ConfigDict(serialize_by_alias=True, validate_by_alias=True, validate_by_name=True)

    object: str = "difference"
    status: DifferenceStatus = "open"
    class_: DifferenceClass = Field(alias="class")
    amount: int
    currency: Currency
    payment: str | None = None
    provider: str
    provider_reference: str | None = None
    age_seconds: int = 0
    sides: Sides
    proposed: Proposed = Proposed()
    unit: str
    source: Moved | None = None
    transaction: str | None = None
    reason: str | None = None
    resolved_at: Instant | None = None


class Reconciliation(Resource):
    """The reconciliation of an account with a provider, as its latest run left it. A `whole` run compares all there is,
    others what is new and what is open.
    """

    object: str = "reconciliation"
    status: Literal["running", "idle"] = "idle"
    provider: str
    whole: bool = False
    units_compared: int = 0
    differences_found: int = 0
    differences_resolved: int = 0
    completed_at: Instant | None = None


EVENTS: dict[str, type[Resource]] = {
    "reconciliation.difference.found": Difference,
    "reconciliation.difference.resolved": Difference,
    "reconciliation.run.completed": Reconciliation,
}


class RunReconciliation(Wire):
    """`reconciliation.run`: compare everything, from the beginning."""


class ApplyCorrection(Wire):
    """`difference.apply`: do what is proposed."""

    reason: Text | None = None


class DismissDifference(Wire):
    """`difference.dismiss`: it is in order as it is."""

    reason: Text | None = None


COMMANDS: dict[str, type[Wire]] = {
    "reconciliation.run": RunReconciliation,
    "difference.apply": ApplyCorrection,
    "difference.dismiss": DismissDifference,
}


class DifferenceListing(Listing):
    """`differences`."""


# What is put side by side. None of it leaves the actors.


class Progress(Wire):
    """How far all was compared: of the bookings as they were heard, of what was said, of the open differences."""

    heard_at: Instant | None = None
    booking: str = ""
    said: int = 0
    open_after: str = ""


class UnitsAsked(Wire):
    """`units`, a question to payments: what is to be compared after that progress, and is older than `before`.

    Or `only` this unit, as it is now.
    """

    provider: Token
    progress: Progress
    before: Instant
    limit: int = 100
    only: str | None = None


class Ours(Wire):
    """What we believe moved, positive in the direction that is usual for it: in for payments, out for all others.

    `moved` and `fee` are in minor units. `since` is when it last changed; `pending`: it has not come to its end;
    `closed`: it has, and no money was to move.
    `adds_up` is whether what a settlement paid out is known to be its amount.
    """

    object: Literal["payment", "refund", "dispute", "payout"]
    id: str
    payment: str | None = None
    provider_reference: str | None = None
    moved: int
    fee: int | None = None
    currency: Currency
    since: Instant
    pending: bool = False
    closed: bool = False
    settlement: bool = False
    adds_up: bool | None = None
    whole: int = 0
    destination: Destined | None = None
    customer_id: str | None = None


class Booked(Wire):
    """A balance transaction, shortly."""

    id: str
    category: Category
    amount: Signed
    fee: int
    currency: Currency
    reference: str
    source: str | None = None


class PostedLine(Wire):
    """What a unit's transactions of one kind did to one account; `amount` is positive for debits."""

    kind: str
    account: str
    currency: Currency
    amount: int


CORRECTION: Final = "correction"
"""The kind of a line that corrected a difference of the unit."""


class Unit(Wire):
    """One thing with what is known of it. `open` are the ids of its differences that are open.

    `corrections` are the transactions by hand that corrected others of it; their lines are in `posted`, of that kind.
    """

    id: str
    ours: Ours | None = None
    booked: list[Booked] = []
    posted: list[PostedLine] = []
    open: list[str] = []
    corrections: list[str] = []


class UnitPage(Wire):
    """Units to compare, how far they reach, and whether there are more."""

    units: list[Unit]
    progress: Progress
    has_more: bool


class PostedAsked(Wire):
    """`posted`, a question to the ledger: of these (type, id) of sources."""

    sources: list[tuple[str, str]]


class PostedPage(Wire):
    """`lines` by `<type>/<id>`."""

    lines: dict[str, list[PostedLine]]


class EventAsked(Wire):
    """`said`, a question to payments: the latest event of these types about an entity."""

    entity: str
    types: list[str]


class EventFound(Wire):
    """The whole event, or null."""

    event: dict[str, object] | None = None


def reconciliation_entity(provider: str) -> Token:
    """Where the reconciliation of a tenant's account with a provider is kept."""
    return f"rec_{provider}"
