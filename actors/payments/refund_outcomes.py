"""What became of a refund: by the provider's answer, or by looking it up later."""

from datetime import datetime, timedelta
from typing import Literal

from actors.payments.operations import closed
from actors.payments.provider import ActionNeeded, Away, Declined, LookUpRefund, Outcome, Taken
from actors.payments.states import Operation, PaymentState, RefundState
from actors.payments.tax import tax_after
from actors.payments.versions import changed, refund_changed, refund_moved, refund_said, said
from actors.runtime.decision import Call, Decision, Done, Said, State
from messages.ids import derived_id
from messages.payments import Refund, RefundStatus, Sale
from messages.wire import json_of

LOOK_AGAIN_AFTER = timedelta(hours=1)
"""For a refund that is pending, when the provider doesn't say how soon to ask."""
AWAY_LOOK_AGAIN_AFTER = timedelta(minutes=1)

FailureReason = Literal["lost_or_stolen_card", "expired_or_canceled_card", "declined", "unknown"]
FAILURE_REASONS: dict[str, FailureReason] = {
    "lost_or_stolen_card": "lost_or_stolen_card",
    "expired_or_canceled_card": "expired_or_canceled_card",
    "declined": "declined",
}


def settle_refund(
    state: PaymentState, operation: Operation, kept: RefundState, result: Outcome, now: datetime
) -> Decision:
    """The provider answered the refund's call: the command ends, with the refund in the status it has now."""
    state = state.model_copy(update={"operation": None})
    match result:
        case Taken(pending=True):
            after, event = refund_changed(kept.refund, now), "refund.updated"
        case Taken():
            after, event = refund_moved(kept.refund, RefundStatus.SUCCEEDED, now), "refund.succeeded"
        case Declined() | Away():
            after, states, events = _failed(state, kept, result, now)
            return closed(operation, Done(operation.success_status, after), states, events)
        case ActionNeeded():
            raise ValueError(f"the refund {kept.refund.id} cannot need the customer")
    after = after.model_copy(update={"provider_reference": result.reference})
    return closed(
        operation,
        Done(operation.success_status, after),
        states=[state, kept.model_copy(update={"refund": after})],
        events=[refund_said(event, after, kept.refund)],
        due=_look_again(after, result, now),
    )


def look_up(kept: RefundState, now: datetime) -> Decision:
    """The alarm of a refund that is pending, or that may still come back. Its lane is its own."""
    refund = kept.refund
    final = refund.status not in (RefundStatus.PENDING, RefundStatus.SUCCEEDED)
    if final or kept.look_up is not None or refund.provider_reference is None:
        return Decision()
    call_id = derived_id("call", now, kept.tenant, refund.id, str(refund.version), "look_up_refund")
    request = LookUpRefund(reference=refund.provider_reference)
    call = Call(call_id, "look_up_refund", refund.id, json_of(request))
    return Decision(states=[kept.model_copy(update={"look_up": call_id})], calls=[call])


def settle_look_up(state: PaymentState, kept: RefundState, result: Outcome, now: datetime) -> Decision:
    """How the refund stands now. A status is never moved back, and what hasn't changed is not told."""
    kept = kept.model_copy(update={"look_up": None})
    match result:
        case Declined() if kept.refund.status in (RefundStatus.PENDING, RefundStatus.SUCCEEDED):
            _, states, events = _failed(state, kept, result, now)
            return Decision(states=states, events=events)
        case Taken(pending=False) if kept.refund.status is RefundStatus.PENDING:
            after = refund_moved(kept.refund, RefundStatus.SUCCEEDED, now)
            return Decision(
                states=[kept.model_copy(update={"refund": after})],
                events=[refund_said("refund.succeeded", after, kept.refund)],
                due=_look_again(after, result, now),
            )
        case Taken():
            return Decision(states=[kept], due=_look_again(kept.refund, result, now))
        case Away():
            return Decision(states=[kept], due={kept.refund.id: now + AWAY_LOOK_AGAIN_AFTER})
        case Declined() | ActionNeeded():
            return Decision(states=[kept])


def _failed(
    state: PaymentState, kept: RefundState, result: Declined | Away, now: datetime
) -> tuple[Refund, list[State], list[Said]]:
    """The refund's part is no longer refunded: of the amount, and of the tax inside it."""
    refund, payment = kept.refund, state.payment
    after = refund_moved(refund, RefundStatus.FAILED, now, failure_reason=_failure_reason(result))
    less = changed(payment, now, amount_refunded=payment.amount_refunded - refund.amount)
    fields: dict[str, object] = {"payment": less}
    if isinstance(refund.destination, Sale):
        fields["tax_refunded"] = tax_after(state.tax_refunded, refund.destination.tax, -1)
    states: list[State] = [state.model_copy(update=fields), kept.model_copy(update={"refund": after})]
    events = [refund_said("refund.failed", after, refund), said("payment.updated", less, payment)]
    return after, states, events


def _failure_reason(result: Declined | Away) -> FailureReason:
    if isinstance(result, Away):
        return "unknown"
    return FAILURE_REASONS.get(result.decline_code or "", "unknown")


def _look_again(refund: Refund, result: Taken, now: datetime) -> dict[str, datetime | None]:
    if result.look_again_seconds is not None:
        return {refund.id: now + timedelta(seconds=result.look_again_seconds)}
    return {refund.id: now + LOOK_AGAIN_AFTER} if result.pending else {}
