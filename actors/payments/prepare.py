"""A payment made without a method: the provider is told of it, and the customer's browser may pay it there."""

from datetime import datetime

from actors.payments.charge import error_of, no_money
from actors.payments.operations import Begun, closed, opened
from actors.payments.provider import ActionNeeded, Away, Declined, Outcome, Prepare, Taken
from actors.payments.states import Operation, PaymentState
from actors.payments.terms import Terms
from actors.payments.versions import changed, said
from actors.runtime.decision import Decision, Done
from messages.payments import Payment, PaymentStatus


def must_prepare(terms: Terms, payment: Payment) -> bool:
    """Whether the provider waits with us for the method."""
    return terms.keeps_open and payment.status is PaymentStatus.REQUIRES_PAYMENT_METHOD


def begin_prepare(state: PaymentState, command_id: str, now: datetime) -> Begun:
    """The payment is `requires_payment_method` meanwhile, as it is afterwards."""
    payment = state.payment
    request = Prepare(
        payment=payment.id,
        amount=payment.amount,
        currency=payment.currency,
        customer_id=payment.customer_id,
        capture=payment.capture_method == "automatic",
    )
    return opened(state, Operation(kind="prepare", command_id=command_id, success_status=201), request, now)


def settle_prepare(state: PaymentState, operation: Operation, result: Outcome, now: datetime) -> Decision:
    """The secret is for who asked: it stands in the answer, neither in the payment that is kept nor in an event."""
    payment = state.payment
    match result:
        case Taken():
            after = changed(payment, now, provider_reference=result.reference, last_error=None, processing=None)
            told = after.model_copy(update={"client_secret": result.client_secret})
            outcome = Done(operation.success_status, told)
        case Declined() | Away():
            after = changed(payment, now, last_error=error_of(result, payment, now), processing=None)
            outcome = no_money(result, after)
        case ActionNeeded():
            raise ValueError(f"the preparation of {payment.id} cannot need the customer")
    return closed(
        operation,
        outcome,
        states=[state.model_copy(update={"payment": after, "operation": None})],
        events=[said("payment.updated", after, payment)],
    )
