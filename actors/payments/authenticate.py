"""`payment.authenticate`: the customer came back from the bank's page. It ends as a charge does."""

from datetime import datetime

from actors.payments.operations import began, opened
from actors.payments.provider import Authenticate
from actors.payments.refusals import wrong_state
from actors.payments.states import Operation, PaymentState
from actors.payments.versions import moved, said
from actors.runtime.decision import Decision, Pending
from messages.envelope import Command
from messages.payments import AuthenticatePayment, PaymentStatus


def authenticate(command: Command, wish: AuthenticatePayment, state: PaymentState, now: datetime) -> Decision:
    """200 with the payment, whether they succeeded or not."""
    payment = state.payment
    if payment.status is not PaymentStatus.REQUIRES_ACTION or payment.provider_reference is None:
        return wrong_state(payment, "authenticated", {PaymentStatus.REQUIRES_ACTION})
    after = moved(payment, PaymentStatus.PROCESSING, now)
    step = opened(
        state.model_copy(update={"payment": after}),
        Operation(kind="authenticate", command_id=command.id),
        Authenticate(reference=payment.provider_reference, outcome=wish.outcome),
        now,
    )
    return began(step, said("payment.processing_started", after, payment), outcome=Pending(after))
