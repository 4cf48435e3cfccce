"""What comes back: answers to calls and to the ledger's hold, and alarms. Each goes to its step's rule."""

from datetime import datetime

from actors.payments.cancel import expire, settle_release
from actors.payments.capture import settle_capture
from actors.payments.charge import settle_charge
from actors.payments.operations import gone_silent
from actors.payments.provider import RESULT, Outcome
from actors.payments.refund_outcomes import look_up, settle_look_up, settle_refund
from actors.payments.refunds import CREATED, settle_hold
from actors.payments.states import Operation, PaymentState, RefundState, entity_key, payment_key, refund_key
from actors.runtime.decision import Answered, Decision, FellDue, Returned, View
from messages.ledger import refund_hold


def returned(message: Returned, view: View, now: datetime) -> Decision:
    """An answer to anything but the open call is a fact for reconciliation: it never moves a state back."""
    state = view.get(entity_key(message.tenant, message.lane))
    if isinstance(state, RefundState):
        return _looked_up(message, state, view, now)
    if not isinstance(state, PaymentState) or state.operation is None:
        return Decision()
    operation = state.operation
    if operation.call_id != message.call_id:
        return Decision()
    if message.result is None:
        return gone_silent(state, operation, now)
    return _settle(state, operation, RESULT.validate_python(message.result), view, now)


def _settle(
    state: PaymentState,
    operation: Operation,
    result: Outcome,
    view: View,
    now: datetime,
) -> Decision:
    match operation.kind:
        case "charge" | "authenticate":
            return settle_charge(state, operation, result, now)
        case "capture":
            return settle_capture(state, operation, result, now)
        case "release":
            return settle_release(state, operation, result, now)
        case "refund" if operation.refund is not None:
            kept: RefundState = view[refund_key(state.tenant, operation.refund.id)]
            return settle_refund(state, operation, kept, result, now)
        case _:
            raise ValueError(f"{operation.kind} is no call")


def _looked_up(message: Returned, kept: RefundState, view: View, now: datetime) -> Decision:
    if message.result is None or kept.look_up != message.call_id:
        return Decision()
    state: PaymentState = view[payment_key(message.tenant, kept.refund.payment)]
    return settle_look_up(state, kept, RESULT.validate_python(message.result), now)


def answered(message: Answered, view: View, now: datetime) -> Decision:
    """The ledger spoke on a hold."""
    state: PaymentState | None = view.get(payment_key(message.tenant, message.entity))
    if state is None or state.operation is None or state.operation.kind != "hold" or state.operation.refund is None:
        return Decision()
    if message.status == CREATED and message.body.get("id") != refund_hold(state.operation.refund.id):
        return Decision()
    return settle_hold(state, state.operation, message, now)


def fell_due(message: FellDue, view: View, now: datetime) -> Decision:
    """An authorisation expires, or a refund is looked up."""
    match view.get(entity_key(message.tenant, message.entity)):
        case PaymentState() as state:
            return expire(state, now)
        case RefundState() as kept:
            return look_up(kept, now)
        case _:
            return Decision()
