"""What the payments actor keeps: a payment, refund or payout as it is told, and the step that is open on it."""

from typing import Literal

from typing_extensions import override

from actors.payments.account_breaker import AccountBreaker
from actors.payments.keys import (
    booking_key,
    difference_key,
    dispute_key,
    method_key,
    payer_key,
    payment_key,
    payout_key,
    provider_event_key,
    provider_key,
    reconciliation_key,
    reference_key,
    refund_key,
)
from actors.runtime.decision import Key, Stored
from messages.balance import BalanceTransaction, Booking
from messages.disputes import Dispute
from messages.payment_methods import Payer, PaymentMethod
from messages.payments import CancellationReason, Payment, Refund
from messages.payouts import Payout
from messages.provider_events import KeptEvent, ProviderAccount
from messages.reconciliation import Difference, Progress, Reconciliation
from messages.wire import Wire

OperationKind = Literal[
    "prepare", "charge", "authenticate", "capture", "release", "hold", "refund", "look_up_charge", "open_dispute"
]


class Operation(Wire):
    """The one open step of a payment: a provider call, or something asked of the ledger, which has no `call_id`.

    Its outcome answers `command_id` (None: an alarm began it) with `success_status`. `refund` is the
    one that a `hold` or `refund` step is about; behind a hold it isn't told to anybody yet. `address` is whose wish a
    charge is, and forgotten with the step; the accounts that were `away` did not begin it.
    """

    kind: OperationKind
    call_id: str | None = None
    command_id: str | None = None
    success_status: int = 200
    amount: int | None = None
    reason: CancellationReason | None = None
    refund: Refund | None = None
    address: str | None = None
    off_session: bool = False
    away: tuple[str, ...] = ()


class PaymentState(Stored):
    """`tax_refunded` runs beside the lines of the destination's tax: what refunds gave back of each.

    `declines` counts how often a card was refused for it. `undecided` is how much of the disputed amount may come back.
    """

    payment: Payment
    operation: Operation | None = None
    tax_refunded: tuple[int, ...] = ()
    declines: int = 0
    undecided: int = 0

    @property
    @override
    def key(self) -> Key:
        return payment_key(self.tenant, self.payment.id)


class RefundState(Stored):
    """`look_up` is the id of the open call that asks the provider how the refund stands."""

    refund: Refund
    look_up: str | None = None

    @property
    @override
    def key(self) -> Key:
        return refund_key(self.tenant, self.refund.id)


class PayoutStep(Wire):
    """The one open step of a payout; its outcome answers `command_id`. A `hold` is asked of the ledger."""

    kind: Literal["hold", "payout", "settle_payout"]
    command_id: str
    call_id: str | None = None


class Contents(Wire):
    """What was paid out with a settlement, as far as the open call `call_id` and those before it have listed it.

    `net` is in minor units. It was asked for in full so many `attempts` before, and did not add up.
    """

    call_id: str | None = None
    net: int = 0
    attempts: int = 0


class PayoutState(Stored):
    """Nobody is told of a payout of version 0: its money is not held yet, or could not be.

    `look_up` is the id of the open call that asks the provider how it stands.
    """

    payout: Payout
    step: PayoutStep | None = None
    look_up: str | None = None
    contents: Contents = Contents()

    @property
    @override
    def key(self) -> Key:
        return payout_key(self.tenant, self.payout.id)


class DisputeStep(Wire):
    """The one open step of a dispute; its outcome answers `command_id`."""

    kind: Literal["submit_evidence", "accept_dispute", "close_dispute"]
    command_id: str
    call_id: str


class DisputeState(Stored):
    """`as_of` orders the provider's snapshots: the details are those of the latest. `reinstated`: the money is back.

    `look_up` is the id of the open call that asks the provider how it stands.
    """

    dispute: Dispute
    step: DisputeStep | None = None
    look_up: str | None = None
    as_of: str
    reinstated: bool = False

    @property
    @override
    def key(self) -> Key:
        return dispute_key(self.tenant, self.dispute.id)


class MethodStep(Wire):
    """The one open step of a payment method; its outcome answers `command_id`."""

    kind: Literal["attach_method", "detach_method"]
    command_id: str
    call_id: str


class MethodState(Stored):
    """Nobody is told of a method of version 0: the provider has not saved it yet, or did not.

    `customer_reference` is what the provider calls the customer whose it is.
    """

    payment_method: PaymentMethod
    customer_reference: str | None = None
    step: MethodStep | None = None

    @property
    @override
    def key(self) -> Key:
        return method_key(self.tenant, self.payment_method.id)


class PayerState(Stored):
    """What a customer is at each provider, and which of their methods is the default."""

    payer: Payer

    @property
    @override
    def key(self) -> Key:
        return payer_key(self.tenant, self.payer.id)


class ProviderEventState(Stored):
    """An event that a provider told, once, however often it comes."""

    provider_event: KeptEvent

    @property
    @override
    def key(self) -> Key:
        return provider_event_key(self.tenant, self.provider_event.id)


class BookingState(Stored):
    """A balance transaction, about what of ours has the `source_id`.

    `booking` is kept while that does not know of it: so many `attempts` were made.
    """

    balance_transaction: BalanceTransaction
    source_id: str | None = None
    booking: Booking | None = None
    attempts: int = 0

    @property
    @override
    def key(self) -> Key:
        return booking_key(self.tenant, self.balance_transaction.id)


class AccountStep(Wire):
    """What is asked of the provider about itself, for a command."""

    command_id: str
    call_id: str


class ProviderState(Stored):
    """An account with the provider. All its events up to `cursor` are recorded; `sweep` is the open call for more.

    The same of its balance transactions: up to `booked_to`, by the open call `booking`.
    """

    provider: ProviderAccount
    cursor: str | None = None
    sweep: str | None = None
    booked_to: str | None = None
    booking: str | None = None
    step: AccountStep | None = None
    breaker: AccountBreaker | None = None

    @property
    @override
    def key(self) -> Key:
        return provider_key(self.tenant, self.provider.id)


class DifferenceStep(Wire):
    """What an operator has asked for, and is under way: a second look, an event that is looked for, or a posting."""

    kind: Literal["gather", "find_event", "post"]
    command_id: str
    call_id: str | None = None
    reason: str | None = None


class DifferenceState(Stored):
    """Where the sides of a unit differ, or did."""

    difference: Difference
    step: DifferenceStep | None = None

    @property
    @override
    def key(self) -> Key:
        return difference_key(self.tenant, self.difference.id)


class ReconciliationState(Stored):
    """All up to `progress` was compared; `call` is open for what comes next, and `asked_by` waits for the end.

    `again`: once that is back, everything is compared from the beginning.
    """

    reconciliation: Reconciliation
    progress: Progress = Progress()
    call: str | None = None
    asked_by: str | None = None
    again: bool = False

    @property
    @override
    def key(self) -> Key:
        return reconciliation_key(self.tenant, self.reconciliation.id)


class ReferenceState(Wire):
    """Never saved: what a provider's name stands for with us, as the tables say it."""

    tenant: str
    object: str
    provider: str
    reference: str
    id: str

    @property
    def key(self) -> Key:
        return reference_key(self.tenant, self.object, self.provider, self.reference)
