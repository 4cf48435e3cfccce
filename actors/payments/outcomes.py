"""What comes back: answers to calls and of the ledger, and alarms. Each goes to its step's rule."""

from datetime import datetime

from actors.payments import corrections, dispute_facts, provider_account, reconciling, saved_methods, wallet
from actors.payments import payout_outcomes as payouts
from actors.payments.attaching import settle_attach
from actors.payments.bookings import booking_fell_due
from actors.payments.cancel import expire, settle_release
from actors.payments.capture import settle_capture
from actors.payments.charge import settle_charge
from actors.payments.charge_facts import look_up_payment
from actors.payments.dispute_steps import settle_open
from actors.payments.disputes import dispute_id
from actors.payments.keys import dispute_key, entity_key, payment_key, refund_key
from actors.payments.operations import gone_silent
from actors.payments.payouts import settle_payout_hold
from actors.payments.prepare import settle_prepare
from actors.payments.provider import DISPUTE_RESULT, RESULT, DisputeStanding, Outcome
from actors.payments.provider_events import try_again
from actors.payments.provider_methods import METHOD_RESULT
from actors.payments.refund_outcomes import look_up, settle_look_up, settle_refund
from actors.payments.refunds import CREATED, settle_hold
from actors.payments.settlements import contents_fell_due, contents_listed, looked_up
from actors.payments.states import (
    BookingState,
    DifferenceState,
    DisputeState,
    MethodState,
    Operation,
    PaymentState,
    PayoutState,
    PayoutStep,
    ProviderEventState,
    ProviderState,
    ReconciliationState,
    RefundState,
)
from actors.payments.terms import Terms
from actors.runtime.decision import Answered, Decision, FellDue, Key, Returned, View
from messages.ledger import refund_hold
from messages.payments import PaymentStatus, Refund
from messages.payouts import PayoutStatus


def returned(terms: Terms, message: Returned, view: View, now: datetime) -> Decision:
    """An answer to anything but the open call is a fact for reconciliation: it never moves a state back."""
    state = view.get(entity_key(message.tenant, message.lane))
    if isinstance(state, RefundState):
        return _looked_up(message, state, view, now)
    if isinstance(state, PayoutState):
        return _of_payout(message, state, view, now)
    if isinstance(state, DisputeState):
        return _of_dispute(message, state, view, now)
    if not isinstance(state, PaymentState):
        return _of_account(terms, message, state, view, now)
    if state.operation is None:
        return Decision()
    operation = state.operation
    if operation.call_id != message.call_id:
        return Decision()
    if message.result is None:
        return gone_silent(state, operation, now)
    if operation.kind == "open_dispute":
        known = view.get(opened_key(message, state)) if message.result["result"] == "dispute" else None
        return settle_open(state, operation, known, DISPUTE_RESULT.validate_python(message.result), now)
    return _settle(state, operation, RESULT.validate_python(message.result), view, now)


def _of_account(terms: Terms, message: Returned, state: object, view: View, now: datetime) -> Decision:
    match state:
        case MethodState():
            return _of_method(message, state, view, now)
        case ReconciliationState():
            return reconciling.gathered(terms.of(state.reconciliation.provider), message, state, view, now)
        case DifferenceState() if message.operation == "gather":
            return corrections.looked_again(terms.of(state.difference.provider), message, state, now)
        case DifferenceState():
            return corrections.event_found(message, state)
        case ProviderState():
            return provider_account.answered(terms.of(state.provider.name), message, state, view, now)
        case _:
            return Decision()


def _settle(
    state: PaymentState,
    operation: Operation,
    result: Outcome,
    view: View,
    now: datetime,
) -> Decision:
    match operation.kind:
        case "prepare":
            return settle_prepare(state, operation, result, now)
        case "charge" | "authenticate" | "look_up_charge":
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


def _of_payout(message: Returned, state: PayoutState, view: View, now: datetime) -> Decision:
    if message.result is None:
        return Decision()
    if message.operation == "list_bookings":
        return contents_listed(message, state, view, now)
    result = RESULT.validate_python(message.result)
    if message.call_id == state.look_up:
        return looked_up(payouts.settle_payout_look_up(state, result, now), now)
    if state.step is None or message.call_id != state.step.call_id:
        return Decision()
    if state.step.kind == "settle_payout":
        return payouts.settle_simulated(state, state.step, result, now)
    return payouts.settle_payout(state, state.step, result, now)


def _of_method(message: Returned, state: MethodState, view: View, now: datetime) -> Decision:
    if state.step is None or not saved_methods.is_open(message, state):
        return Decision()
    result = METHOD_RESULT.validate_python(message.result)
    settle = settle_attach if state.step.kind == "attach_method" else saved_methods.settle_detach
    return settle(state, state.step, result, view, now)


def opened_key(message: Returned, state: PaymentState) -> Key:
    """Where the dispute is kept that this call has opened; its events may have come before the answer."""
    standing = DisputeStanding.model_validate(message.result)
    return dispute_key(message.tenant, dispute_id(message.tenant, state.payment.provider, standing))


def _of_dispute(message: Returned, state: DisputeState, view: View, now: datetime) -> Decision:
    if message.result is None:
        return Decision()
    payment: PaymentState = view[payment_key(message.tenant, state.dispute.payment)]
    result = DISPUTE_RESULT.validate_python(message.result)
    if message.call_id == state.look_up:
        return dispute_facts.looked_up(payment, state, result, now)
    if state.step is None or message.call_id != state.step.call_id:
        return Decision()
    return dispute_facts.step_ended(payment, state, result, now)


def answered(message: Answered, view: View, now: datetime) -> Decision:
    """The ledger spoke: on a hold behind a refund or a payout, or on a payment from the wallet."""
    match view.get(entity_key(message.tenant, message.entity)):
        case PaymentState(operation=Operation(kind="hold", refund=Refund() as refund) as operation) as state:
            if message.status == CREATED and message.body.get("id") != refund_hold(refund.id):
                return Decision()
            return settle_hold(state, operation, message, now)
        case PaymentState(operation=Operation() as operation) as state:
            result = wallet.outcome_of(state.payment, operation, message)
            return Decision() if result is None else _settle(state, operation, result, view, now)
        case PayoutState(step=PayoutStep(kind="hold") as step) as state if message.type == "hold.create":
            return settle_payout_hold(state, step, message, now)
        case PayoutState() if message.type == "hold.void":
            return payouts.check_let_go(message)
        case DifferenceState() as state:
            return corrections.posted(message, state, now)
        case _:
            return Decision()


def fell_due(message: FellDue, view: View, now: datetime) -> Decision:
    """An authorisation expires, a deadline comes near, or what has waited for long is looked up."""
    match view.get(entity_key(message.tenant, message.entity)):
        case PaymentState(operation=None) as state if state.payment.status is PaymentStatus.PROCESSING:
            return look_up_payment(state, now)
        case PaymentState() as state:
            return expire(state, now)
        case RefundState() as kept:
            return look_up(kept, now)
        case PayoutState() as state if (
            state.payout.purpose == "settlement" and state.payout.status is PayoutStatus.PAID
        ):
            return contents_fell_due(state, now)
        case PayoutState() as state:
            return payouts.look_up_payout(state, now)
        case DisputeState() as state:
            return dispute_facts.fell_due(state, now)
        case MethodState() as state:
            return saved_methods.expire(message, state, now)
        case BookingState() as state:
            return booking_fell_due(state, view, now)
        case ProviderEventState() as state:
            return try_again(state, view, now)
        case _:
            return Decision()
