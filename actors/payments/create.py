"""`payment.create`: the payment comes into being and, unless told otherwise, goes to the provider at once."""

from datetime import datetime

from actors.payments import saved_methods, wallet
from actors.payments.charge import begin_charge
from actors.payments.operations import began
from actors.payments.prepare import begin_prepare, must_prepare
from actors.payments.refusals import already_exists, refused
from actors.payments.states import Operation, PaymentState
from actors.payments.terms import Terms
from actors.payments.versions import moved, said
from actors.runtime.decision import Decision, Done, Pending, View
from messages.destinations import tax_inside
from messages.envelope import Command
from messages.payments import WALLET, CreatePayment, Payment, PaymentStatus, Processing


def create(
    terms: Terms, command: Command, wish: CreatePayment, existing: PaymentState | None, view: View, now: datetime
) -> Decision:
    """201 with the payment, at once if there is nothing to ask of the provider."""
    if existing is not None:
        return _create_again(terms, command, wish, existing, view, now)
    if (tax := tax_inside(wish.destination)) > wish.amount:
        return refused("amount_too_small", f"The tax inside ({tax}) is more than the amount ({wish.amount}).")
    saved = saved_methods.paid_with(command.tenant, wish.payment_method, view)
    refusal = wallet.unusable(wish.payment_method, wish.destination)
    if refusal := refusal or saved_methods.unusable(terms, wish.customer_id, wish.payment_method, saved):
        return refusal
    payment = _new_payment(terms, command, wish, now)
    state = PaymentState(tenant=command.tenant, payment=payment)
    if must_prepare(terms, payment):
        return began(begin_prepare(state, command.id, now), said("payment.created", payment), outcome=Pending(payment))
    if payment.status is not PaymentStatus.PROCESSING:
        return Decision(states=[state], events=[said("payment.created", payment)], outcome=Done(201, payment))
    operation = Operation(kind="charge", command_id=command.id, success_status=201, address=command.address)
    step = begin_charge(state, operation, wish.off_session, now, saved)
    return began(step, said("payment.created", payment), outcome=Pending(payment))


def _new_payment(terms: Terms, command: Command, wish: CreatePayment, now: datetime) -> Payment:
    method = wish.payment_method or terms.default_method
    status = _first_status(method, wish.confirm)
    return Payment(
        id=command.subject,
        livemode=command.livemode,
        metadata=wish.metadata,
        created_at=now,
        updated_at=now,
        status=status,
        amount=wish.amount,
        currency=wish.currency,
        customer_id=wish.customer_id,
        payment_method=method,
        capture_method=wish.capture_method,
        destination=wish.destination,
        provider=WALLET if method == WALLET else terms.provider,
        processing=Processing(since=now) if status is PaymentStatus.PROCESSING else None,
        description=wish.description,
        return_url=wish.return_url,
    )


def _first_status(method: str | None, confirm: bool) -> PaymentStatus:
    if method is None:
        return PaymentStatus.REQUIRES_PAYMENT_METHOD
    return PaymentStatus.PROCESSING if confirm else PaymentStatus.REQUIRES_CONFIRMATION


def _create_again(
    terms: Terms, command: Command, wish: CreatePayment, state: PaymentState, view: View, now: datetime
) -> Decision:
    """An outage leaves the idempotency key free, so its repeat comes here as a new wish."""
    payment = _placed(terms, state.payment)
    state = state.model_copy(update={"payment": payment})
    outage = payment.last_error is not None and payment.last_error.code == "provider_unavailable"
    if not outage or payment.status is not PaymentStatus.REQUIRES_PAYMENT_METHOD:
        return already_exists("payment", payment.id)
    if payment.payment_method is None and must_prepare(terms, payment):
        return began(begin_prepare(state, command.id, now), outcome=Pending(payment))
    saved = saved_methods.paid_with(command.tenant, payment.payment_method, view)
    if refusal := saved_methods.unusable(terms, payment.customer_id, payment.payment_method, saved):
        return refusal
    after = moved(payment, PaymentStatus.PROCESSING, now)
    operation = Operation(kind="charge", command_id=command.id, success_status=201, address=command.address)
    step = begin_charge(state.model_copy(update={"payment": after}), operation, wish.off_session, now, saved)
    return began(step, said("payment.processing_started", after, payment), outcome=Pending(after))


def _placed(terms: Terms, payment: Payment) -> Payment:
    """At the account in question, unless it is another's already: nothing was begun at the one that was away."""
    if payment.provider == WALLET or payment.provider_reference is not None:
        return payment
    return payment.model_copy(update={"provider": terms.provider})
