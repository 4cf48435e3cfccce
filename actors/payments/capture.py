"""`payment.capture`: take what was authorised, wholly or in part; the rest is released."""

from datetime import datetime

from actors.payments import wallet
from actors.payments.charge import error_of, no_money
from actors.payments.operations import Begun, began, closed, opened
from actors.payments.provider import ActionNeeded, Away, Capture, Declined, Outcome, Taken
from actors.payments.refusals import refused, wrong_state
from actors.payments.states import Operation, PaymentState
from actors.payments.versions import moved, said
from actors.runtime.decision import Decision, Done, Pending
from messages.envelope import Command
from messages.payments import WALLET, CapturePayment, PaymentStatus


def capture(command: Command, wish: CapturePayment, state: PaymentState, now: datetime) -> Decision:
    """200 with the payment; at most `amount_capturable`, once."""
    payment = state.payment
    if payment.status is not PaymentStatus.REQUIRES_CAPTURE or payment.provider_reference is None:
        return wrong_state(payment, "captured", {PaymentStatus.REQUIRES_CAPTURE})
    amount = wish.amount or payment.amount_capturable
    if amount > payment.amount_capturable:
        detail = f"{amount} is more than the {payment.amount_capturable} that may be captured."
        return refused("capture_exceeds_authorized", detail)
    after = moved(payment, PaymentStatus.PROCESSING, now)
    operation = Operation(kind="capture", command_id=command.id, amount=amount)
    step = _ask(state.model_copy(update={"payment": after}), operation, payment.provider_reference, amount, now)
    return began(step, said("payment.processing_started", after, payment), outcome=Pending(after))


def _ask(state: PaymentState, operation: Operation, reference: str, amount: int, now: datetime) -> Begun:
    if state.payment.provider == WALLET:
        return wallet.capture(state, operation, amount)
    return opened(state, operation, Capture(reference=reference, amount=amount, currency=state.payment.currency), now)


def settle_capture(state: PaymentState, operation: Operation, result: Outcome, now: datetime) -> Decision:
    """Captured, or `requires_capture` again. Raises when the provider asks for what cannot be asked here."""
    match result:
        case Taken():
            return _captured(state, operation, result, now)
        case Declined() | Away():
            return _not_captured(state, operation, result, now)
        case ActionNeeded():
            raise ValueError(f"the capture of {state.payment.id} cannot need the customer")


def _captured(state: PaymentState, operation: Operation, result: Taken, now: datetime) -> Decision:
    payment = state.payment
    after = moved(
        payment,
        PaymentStatus.SUCCEEDED,
        now,
        amount_captured=min(result.amount, operation.amount or payment.amount_capturable),
        amount_capturable=0,
        last_error=None,
    )
    return closed(
        operation,
        Done(operation.success_status, after),
        states=[state.model_copy(update={"payment": after, "operation": None})],
        events=[said("payment.succeeded", after, payment)],
        due={after.id: None},
    )


def _not_captured(state: PaymentState, operation: Operation, result: Declined | Away, now: datetime) -> Decision:
    payment = state.payment
    error = error_of(result, payment, now)
    after = moved(payment, PaymentStatus.REQUIRES_CAPTURE, now, last_error=error)
    return closed(
        operation,
        no_money(result, after),
        states=[state.model_copy(update={"payment": after, "operation": None})],
        events=[said("payment.updated", after, payment)],
    )
