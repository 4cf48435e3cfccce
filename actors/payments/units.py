"""What we believe that each of our resources moved at the provider, for comparison."""

from typing import Any

from messages.balance import BalanceTransaction
from messages.disputes import Dispute
from messages.payments import WALLET, Payment, PaymentStatus, Refund, RefundStatus
from messages.payouts import Payout, PayoutStatus
from messages.reconciliation import Booked, Ours
from messages.wire import Json

_LEFT = frozenset({PayoutStatus.IN_TRANSIT, PayoutStatus.PAID})
_CAME_BACK = frozenset({PayoutStatus.FAILED, PayoutStatus.CANCELED})


def ours_of(kind: str, body: Json) -> Ours | None:
    """None for what a wallet paid or got back: no provider knows of it."""
    if body.get("provider") == WALLET:
        return None
    match kind:
        case "payment":
            return _payment(Payment.model_validate(body))
        case "refund":
            return _refund(Refund.model_validate(body))
        case "dispute":
            return _dispute(Dispute.model_validate(body), reinstated=bool(body.get("reinstated")))
        case _:
            return _payout(Payout.model_validate(body))


def booked_of(transaction: BalanceTransaction) -> Booked:
    """The balance transaction, shortly."""
    return Booked(
        id=transaction.id,
        category=transaction.category,
        amount=transaction.amount,
        fee=transaction.fee,
        currency=transaction.currency,
        reference=transaction.provider_reference,
        source=transaction.provider_source,
    )


def _payment(payment: Payment) -> Ours:
    succeeded = payment.status is PaymentStatus.SUCCEEDED
    return Ours(
        object="payment",
        payment=payment.id,
        moved=payment.amount_captured if succeeded else 0,
        fee=payment.fee,
        pending=payment.status is PaymentStatus.PROCESSING,
        closed=payment.status is PaymentStatus.CANCELED,
        whole=payment.amount,
        destination=payment.destination,
        **_shared(payment),
    )


def _refund(refund: Refund) -> Ours:
    waits = refund.status in (RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION)
    return Ours(
        object="refund",
        payment=refund.payment,
        moved=refund.amount if refund.status is RefundStatus.SUCCEEDED else 0,
        pending=waits,
        closed=refund.status in (RefundStatus.FAILED, RefundStatus.CANCELED),
        whole=refund.amount,
        **_shared(refund),
    )


def _dispute(dispute: Dispute, *, reinstated: bool) -> Ours:
    return Ours(
        object="dispute",
        payment=dispute.payment,
        moved=0 if reinstated else dispute.amount_withdrawn,
        fee=dispute.fee - dispute.fee_returned,
        whole=dispute.amount,
        **_shared(dispute),
    )


def _payout(payout: Payout) -> Ours:
    settlement = payout.purpose == "settlement"
    left = payout.status not in _CAME_BACK if settlement else payout.status in _LEFT
    adds_up = payout.reconciliation_status == "completed" if payout.status is PayoutStatus.PAID else None
    return Ours(
        object="payout",
        moved=payout.amount if left else 0,
        pending=payout.status is PayoutStatus.PENDING,
        closed=payout.status in _CAME_BACK,
        settlement=settlement,
        adds_up=adds_up if settlement else None,
        whole=payout.amount,
        **_shared(payout),
    )


def _shared(resource: Payment | Refund | Dispute | Payout) -> dict[str, Any]:
    return {
        "id": resource.id,
        "provider_reference": resource.provider_reference,
        "currency": resource.currency,
        "since": resource.updated_at,
        "customer_id": resource.customer_id,
    }
