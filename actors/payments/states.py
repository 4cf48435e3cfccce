"""What the payments actor keeps: a payment, refund or payout as it is told, and the step that is open on it."""

from typing import Literal

from typing_extensions import override

from actors.runtime.decision import Key, Stored
from messages.payments import CancellationReason, Payment, Refund
from messages.payouts import Payout
from messages.wire import Wire

OperationKind = Literal["prepare", "charge", "authenticate", "capture", "release", "hold", "refund"]


class Terms(Wire):
    """What the rules know of the provider. Without a default method a payment waits for one.

    With `keeps_open` it waits at the provider too, as does one that was declined: there it must be canceled as well.
    """

    provider: str
    default_method: str | None = None
    keeps_open: bool = False


class Operation(Wire):
    """The one open step of a payment: a provider call, or something asked of the ledger, which has no `call_id`.

    Its outcome answers `command_id` (None: an alarm began it) with `success_status`. `refund` is the
    one that a `hold` or `refund` step is about; behind a hold it isn't told to anybody yet.
    """

    kind: OperationKind
    call_id: str | None = None
    command_id: str | None = None
    success_status: int = 200
    amount: int | None = None
    reason: CancellationReason | None = None
    refund: Refund | None = None


class PaymentState(Stored):
    """`tax_refunded` runs beside the lines of the destination's tax: what refunds gave back of each."""

    payment: Payment
    operation: Operation | None = None
    tax_refunded: tuple[int, ...] = ()

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


class PayoutState(Stored):
    """Nobody is told of a payout of version 0: its money is not held yet, or could not be.

    `look_up` is the id of the open call that asks the provider how it stands.
    """

    payout: Payout
    step: PayoutStep | None = None
    look_up: str | None = None

    @property
    @override
    def key(self) -> Key:
        return payout_key(self.tenant, self.payout.id)


def payment_key(tenant: str, payment: str) -> Key:
    """Where a payment is kept."""
    return Key("payment", tenant, payment)


def refund_key(tenant: str, refund: str) -> Key:
    """Where a refund is kept."""
    return Key("refund", tenant, refund)


def payout_key(tenant: str, payout: str) -> Key:
    """Where a payout is kept."""
    return Key("payout", tenant, payout)


def entity_key(tenant: str, entity: str) -> Key:
    """Lanes and alarms carry the id alone: its prefix says of which resource it is."""
    if entity.startswith("po_"):
        return payout_key(tenant, entity)
    return refund_key(tenant, entity) if entity.startswith("ref_") else payment_key(tenant, entity)
