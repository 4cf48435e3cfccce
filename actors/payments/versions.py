"""The next version of a resource, and the one event that tells it."""

from datetime import datetime

from actors.payments.moves import PAYMENT_MOVES, PAYOUT_MOVES, REFUND_MOVES, check_move
from actors.runtime.decision import Said
from messages.disputes import Dispute
from messages.envelope import About
from messages.payment_methods import PaymentMethod
from messages.payments import Payment, PaymentStatus, Processing, Refund, RefundStatus
from messages.payouts import Payout, PayoutStatus


def changed(payment: Payment, now: datetime, **fields: object) -> Payment:
    """The next version in the same status."""
    return payment.model_copy(update={"version": payment.version + 1, "updated_at": now, **fields})


def moved(payment: Payment, to: PaymentStatus, now: datetime, **fields: object) -> Payment:
    """The next version in another status. What belongs to the status left behind is cleared.

    Raises IllegalMoveError.
    """
    check_move(PAYMENT_MOVES, payment.status, to)
    processing = Processing(since=now) if to is PaymentStatus.PROCESSING else None
    return changed(payment, now, **{"status": to, "processing": processing, "next_action": None, **fields})


def refund_changed(refund: Refund, now: datetime, **fields: object) -> Refund:
    """The next version in the same status."""
    return refund.model_copy(update={"version": refund.version + 1, "updated_at": now, **fields})


def refund_moved(refund: Refund, to: RefundStatus, now: datetime, **fields: object) -> Refund:
    """The next version in another status. Raises IllegalMoveError."""
    check_move(REFUND_MOVES, refund.status, to)
    return refund_changed(refund, now, **{"status": to, "pending_reason": None, **fields})


def payout_moved(payout: Payout, to: PayoutStatus, now: datetime, **fields: object) -> Payout:
    """The next version in another status. Raises IllegalMoveError."""
    check_move(PAYOUT_MOVES, payout.status, to)
    return payout.model_copy(update={"status": to, "version": payout.version + 1, "updated_at": now, **fields})


def about(payment: Payment) -> About:
    """Whom and what everything around a payment concerns."""
    return About(customer_id=payment.customer_id, payment=payment.id)


def said(event_type: str, payment: Payment, before: Payment | None = None) -> Said:
    """An event of a payment."""
    return Said(event_type, payment, before, about(payment))


def refund_said(event_type: str, refund: Refund, before: Refund | None = None) -> Said:
    """An event of a refund."""
    return Said(event_type, refund, before, About(customer_id=refund.customer_id, payment=refund.payment))


def payout_said(event_type: str, payout: Payout, before: Payout | None = None) -> Said:
    """An event of a payout."""
    return Said(event_type, payout, before, About(customer_id=payout.customer_id))


def dispute_said(event_type: str, dispute: Dispute, before: Dispute | None = None) -> Said:
    """An event of a dispute."""
    return Said(event_type, dispute, before, About(customer_id=dispute.customer_id, payment=dispute.payment))


def method_changed(method: PaymentMethod, now: datetime, **fields: object) -> PaymentMethod:
    """The next version."""
    return method.model_copy(update={"version": method.version + 1, "updated_at": now, **fields})


def method_said(event_type: str, method: PaymentMethod, before: PaymentMethod | None = None) -> Said:
    """An event of a payment method."""
    return Said(event_type, method, before, About(customer_id=method.customer_id))
