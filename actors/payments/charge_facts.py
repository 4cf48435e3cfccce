"""What a provider's event says of a payment. A step that is open is settled by its own call's outcome alone."""

from datetime import datetime

from actors.payments.cancel import settle_release
from actors.payments.capture import settle_capture
from actors.payments.charge import settle_charge
from actors.payments.operations import began, opened
from actors.payments.provider import LookUpCharge, Taken
from actors.payments.provider_facts import ChargeFact, WarningFact
from actors.payments.states import Operation, PaymentState
from actors.payments.versions import changed, moved, said
from actors.runtime.decision import Decision
from messages.payments import WALLET, Payment, PaymentStatus

P = PaymentStatus

_UNPAID = frozenset({P.PROCESSING, P.REQUIRES_ACTION, P.REQUIRES_PAYMENT_METHOD})
_WAITS = frozenset({P.PROCESSING, P.REQUIRES_ACTION})
_HELD = frozenset({P.REQUIRES_ACTION, P.REQUIRES_CAPTURE})


def charge_told(state: PaymentState, fact: ChargeFact, now: datetime) -> Decision | None:
    """Forward, or nothing; on doubt the provider is asked. None: not now, a step is open.

    A decline may be that of an earlier attempt, and money that is there although we know of none needs a second look.
    """
    if state.operation is not None:
        return None
    payment = state.payment
    match fact.standing:
        case "captured" if payment.status is P.REQUIRES_CAPTURE or _waits_for(payment, fact):
            amount = min(fact.amount, payment.amount)
            taken = Taken(reference=_reference(fact), amount=amount)
            return settle_capture(state, Operation(kind="capture", amount=amount), taken, now)
        case "captured" | "declined" if payment.status in (_UNPAID if fact.standing == "captured" else _WAITS):
            return look_up_payment(state, now)
        case "authorized" if payment.capture_method == "manual" and _waits_for(payment, fact):
            taken = Taken(reference=_reference(fact), amount=fact.amount)
            return settle_charge(state, Operation(kind="charge"), taken, now)
        case "authorized" if payment.capture_method == "manual" and payment.status in _UNPAID:
            return look_up_payment(state, now)
        case "released" if _waits_for(payment, fact):
            return look_up_payment(state, now)
        case "released" if payment.status in _HELD or _is_open_as(payment, fact):
            taken = Taken(reference=_reference(fact), amount=fact.amount)
            return settle_release(state, Operation(kind="release", reason="expired"), taken, now)
        case _:
            return Decision()


def _waits_for(payment: Payment, fact: ChargeFact) -> bool:
    """The very charge whose end we wait for has ended."""
    return payment.status is P.PROCESSING and payment.provider_reference in fact.named.references


def _is_open_as(payment: Payment, fact: ChargeFact) -> bool:
    """The very charge is told of that may still be paid where it is."""
    return payment.status is P.REQUIRES_PAYMENT_METHOD and payment.provider_reference in fact.named.references


def _reference(fact: ChargeFact) -> str:
    return fact.named.references[0]


def look_up_payment(state: PaymentState, now: datetime) -> Decision:
    """Asks how a payment stands that we do not know enough of; the answer is that of a charge."""
    before = state.payment
    if before.provider == WALLET or state.operation is not None or before.status not in _UNPAID:
        return Decision()
    after, events = before, []
    if before.status is not P.PROCESSING:
        after = moved(before, P.PROCESSING, now)
        events = [said("payment.processing_started", after, before)]
    request = LookUpCharge(payment=after.id, reference=after.provider_reference)
    step = opened(state.model_copy(update={"payment": after}), Operation(kind="look_up_charge"), request, now)
    return began(step, *events)


def fraud_warned(state: PaymentState, fact: WarningFact, now: datetime) -> Decision:
    """Said once; a warning says nothing of money, so it may come while a step is open."""
    before = state.payment
    if before.fraud_warning is not None:
        return Decision()
    after = changed(before, now, fraud_warning=fact.warning)
    return Decision(
        states=[state.model_copy(update={"payment": after})], events=[said("payment.fraud_warned", after, before)]
    )
