"""`payment.confirm`: charge a payment that was only made, or whose last attempt failed."""

from datetime import datetime

from actors.payments import saved_methods, wallet
from actors.payments.charge import begin_charge
from actors.payments.operations import began
from actors.payments.refusals import refused, wrong_state, wrong_state_refusal
from actors.payments.states import Operation, PaymentState
from actors.payments.terms import Terms
from actors.payments.versions import moved, said
from actors.runtime.decision import Decision, Pending, View
from messages.envelope import Command
from messages.payments import WALLET, ConfirmPayment, Payment, PaymentStatus

CONFIRMABLE = frozenset({PaymentStatus.REQUIRES_PAYMENT_METHOD, PaymentStatus.REQUIRES_CONFIRMATION})


def confirm(
    terms: Terms, command: Command, wish: ConfirmPayment, state: PaymentState, view: View, now: datetime
) -> Decision:
    """200 with the payment. Without another method the one it has is tried (again)."""
    payment = state.payment
    if payment.status not in CONFIRMABLE:
        return wrong_state(payment, "confirmed", CONFIRMABLE)
    method = wish.payment_method or payment.payment_method or terms.default_method
    if method is None:
        return refused("payment_method_unusable", f"{payment.id} has no payment method yet; name one.")
    saved = saved_methods.paid_with(state.tenant, method, view)
    refusal = wallet.unusable(method, payment.destination)
    if refusal := refusal or saved_methods.unusable(terms, payment.customer_id, method, saved):
        return refusal
    provider = WALLET if method == WALLET else terms.provider
    if provider != payment.provider and _may_be_paid_there(terms, payment):
        detail = f"{payment.id} may still be paid at {payment.provider}; to pay elsewhere cancel it and make another."
        return Decision(outcome=wrong_state_refusal(payment, detail, CONFIRMABLE))
    after = moved(
        payment,
        PaymentStatus.PROCESSING,
        now,
        payment_method=method,
        provider=provider,
        provider_reference=payment.provider_reference if provider == payment.provider else None,
        return_url=wish.return_url or payment.return_url,
    )
    operation = Operation(kind="charge", command_id=command.id, address=command.address)
    step = begin_charge(state.model_copy(update={"payment": after}), operation, wish.off_session, now, saved)
    return began(step, said("payment.processing_started", after, payment), outcome=Pending(after))


def _may_be_paid_there(terms: Terms, payment: Payment) -> bool:
    """Whether its charge is open at its account, as far as anybody knows: who pays it as well pays twice."""
    own = terms.at(payment.provider)
    begun = payment.provider_reference is not None and payment.provider != WALLET
    return begun and (own is None or own.keeps_open)
