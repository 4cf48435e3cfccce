"""`payment.cancel`, and the alarm of an authorisation that nobody captured: both give the money back."""

from datetime import datetime, timedelta

from actors.payments import wallet
from actors.payments.operations import Begun, began, closed, opened
from actors.payments.provider import ActionNeeded, Away, Declined, Outcome, Release, Taken
from actors.payments.refusals import wrong_state, wrong_state_refusal
from actors.payments.states import Operation, PaymentState
from actors.payments.terms import Terms
from actors.payments.versions import changed, moved, said
from actors.runtime.decision import Decision, Done, Pending, Refused, Said
from messages.envelope import Command
from messages.payments import WALLET, CancellationReason, CancelPayment, Payment, PaymentStatus

AT_ONCE = frozenset({PaymentStatus.REQUIRES_PAYMENT_METHOD, PaymentStatus.REQUIRES_CONFIRMATION})
AFTER_RELEASE = frozenset({PaymentStatus.REQUIRES_ACTION, PaymentStatus.REQUIRES_CAPTURE})
EXPIRE_AGAIN_AFTER = timedelta(hours=1)
"""When an authorisation should expire while a step is open on it, or the provider did not let it go."""


def cancel(terms: Terms, command: Command, wish: CancelPayment, state: PaymentState, now: datetime) -> Decision:
    """200 with the payment. What the provider holds, money or an open charge, it must let go first."""
    payment = state.payment
    own = terms.at(payment.provider)
    open_there = own is not None and own.keeps_open and payment.provider_reference is not None
    if payment.status in AT_ONCE and not open_there:
        after = _canceled(payment, wish.reason, now)
        return Decision(
            states=[state.model_copy(update={"payment": after})],
            events=[said("payment.canceled", after, payment)],
            outcome=Done(200, after),
        )
    if payment.status not in AT_ONCE | AFTER_RELEASE or payment.provider_reference is None:
        return wrong_state(payment, "canceled", AT_ONCE | AFTER_RELEASE)
    operation = Operation(kind="release", command_id=command.id, reason=wish.reason)
    return began(_release(state, operation, payment.provider_reference, now), outcome=Pending(payment))


def expire(state: PaymentState, now: datetime) -> Decision:
    """The alarm set when the money was authorised."""
    payment = state.payment
    if state.operation is not None:
        return Decision(due={payment.id: now + EXPIRE_AGAIN_AFTER})
    if payment.status is not PaymentStatus.REQUIRES_CAPTURE or payment.provider_reference is None:
        return Decision()
    return began(_release(state, Operation(kind="release", reason="expired"), payment.provider_reference, now))


def settle_release(state: PaymentState, operation: Operation, result: Outcome, now: datetime) -> Decision:
    """Canceled, or as it was. Raises when the provider asks for what cannot be asked here."""
    match result:
        case Taken():
            return _released(state, operation, now)
        case Declined() | Away():
            return _not_released(state, operation, result, now)
        case ActionNeeded():
            raise ValueError(f"the release of {state.payment.id} cannot need the customer")


def _release(state: PaymentState, operation: Operation, reference: str, now: datetime) -> Begun:
    if state.payment.provider == WALLET:
        return wallet.release(state, operation)
    return opened(state, operation, Release(reference=reference), now)


def _canceled(payment: Payment, reason: CancellationReason | None, now: datetime) -> Payment:
    return moved(
        payment,
        PaymentStatus.CANCELED,
        now,
        amount_capturable=0,
        canceled_at=now,
        cancellation_reason=reason,
    )


def _released(state: PaymentState, operation: Operation, now: datetime) -> Decision:
    after = _canceled(state.payment, operation.reason, now)
    return closed(
        operation,
        Done(operation.success_status, after),
        states=[state.model_copy(update={"payment": after, "operation": None})],
        events=[said("payment.canceled", after, state.payment)],
        due={after.id: None},
    )


def _not_released(state: PaymentState, operation: Operation, result: Declined | Away, now: datetime) -> Decision:
    before, after, events = state.payment, state.payment, list[Said]()
    if before.processing is not None:
        after = changed(before, now, processing=None)
        events.append(said("payment.updated", after, before))
    by_alarm = operation.command_id is None
    return closed(
        operation,
        None if by_alarm else _refusal(result, after),
        states=[state.model_copy(update={"payment": after, "operation": None})],
        events=events,
        due={after.id: now + EXPIRE_AGAIN_AFTER} if by_alarm else None,
    )


def _refusal(result: Declined | Away, payment: Payment) -> Refused:
    if isinstance(result, Away):
        return Refused("provider_unavailable", result.detail)
    if payment.provider == WALLET:
        return Refused(result.code, result.detail, result.also)
    return wrong_state_refusal(payment, f"The provider says: {result.detail}", AT_ONCE | AFTER_RELEASE)
