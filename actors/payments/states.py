"""What the payments actor keeps: a payment or refund as it is told, and the step that is open on it."""

from typing import Literal

from typing_extensions import override

from actors.runtime.decision import Key, Stored
from messages.payments import CancellationReason, Payment, Refund
from messages.wire import Wire

OperationKind = Literal["charge", "authenticate", "capture", "release", "hold", "refund"]


class Terms(Wire):
    """What the rules know of the provider. Without a default method a payment waits for one."""

    provider: str
    default_method: str | None = None


class Operation(Wire):
    """The one open step of a payment: a provider call, or a hold asked of the ledger.

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


def payment_key(tenant: str, payment: str) -> Key:
    """Where a payment is kept."""
    return Key("payment", tenant, payment)


def refund_key(tenant: str, refund: str) -> Key:
    """Where a refund is kept."""
    return Key("refund", tenant, refund)


def entity_key(tenant: str, entity: str) -> Key:
    """Lanes and alarms carry the id alone: its prefix says of which resource it is."""
    return refund_key(tenant, entity) if entity.startswith("ref_") else payment_key(tenant, entity)
