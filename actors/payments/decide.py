"""The payments actor's pure half: which states a message needs, and which rule it goes to."""

from datetime import datetime

from actors.payments.authenticate import authenticate
from actors.payments.cancel import cancel
from actors.payments.capture import capture
from actors.payments.confirm import confirm
from actors.payments.create import create
from actors.payments.outcomes import answered, fell_due, returned
from actors.payments.payout_outcomes import simulate
from actors.payments.payouts import create_payout
from actors.payments.refunds import create_refund
from actors.payments.refusals import not_found, outcome_pending
from actors.payments.states import (
    PaymentState,
    PayoutState,
    RefundState,
    Terms,
    entity_key,
    payment_key,
    payout_key,
    refund_key,
)
from actors.runtime.decision import Answered, Asked, Decision, FellDue, Heard, Key, Message, Returned, View
from messages.envelope import Command
from messages.payments import (
    AuthenticatePayment,
    CancelPayment,
    CapturePayment,
    ConfirmPayment,
    CreatePayment,
    CreateRefund,
)
from messages.payouts import CreatePayout, SimulatePayout
from messages.wire import in_utc_milliseconds


def needs(message: Message, view: View) -> set[Key]:
    """The payment and refund it is about: a refund leads to its payment, an open step to its refund."""
    match message:
        case Asked(command=command, data=CreateRefund(refund=refund)):
            return {payment_key(command.tenant, command.subject), refund_key(command.tenant, refund)}
        case Asked(data=CreatePayment() | CreatePayout(), again=False):
            return set()
        case Asked(command=command, data=CreatePayout() | SimulatePayout()):
            return {payout_key(command.tenant, command.subject)}
        case Asked(command=command):
            return {payment_key(command.tenant, command.subject)}
        case Returned(lane=entity) | FellDue(entity=entity) | Answered(entity=entity):
            return _around(entity_key(message.tenant, entity), view)
        case Heard():
            return set()


def _around(key: Key, view: View) -> set[Key]:
    state = view.get(key)
    if isinstance(state, RefundState):
        return {key, payment_key(key.tenant, state.refund.payment)}
    if isinstance(state, PaymentState) and state.operation and state.operation.refund:
        return {key, refund_key(key.tenant, state.operation.refund.id)}
    return {key}


def decide(terms: Terms, message: Message, view: View, now: datetime) -> Decision:
    """All effects of one message."""
    now = in_utc_milliseconds(now)
    match message:
        case Asked():
            return _asked(terms, message, view, now)
        case Returned():
            return returned(message, view, now)
        case Answered():
            return answered(message, view, now)
        case FellDue():
            return fell_due(message, view, now)
        case Heard():
            return Decision()


def _asked(terms: Terms, message: Asked, view: View, now: datetime) -> Decision:
    command, data = message.command, message.data
    if isinstance(data, CreatePayout | SimulatePayout):
        return _asked_of_payout(terms, command, data, view, now)
    state: PaymentState | None = view.get(payment_key(command.tenant, command.subject))
    if isinstance(data, CreatePayment):
        return create(terms, command, data, state, now)
    if state is None:
        return not_found("payment", command.subject)
    if state.operation is not None:
        return outcome_pending(state.payment, state.operation.kind)
    match data:
        case ConfirmPayment():
            return confirm(terms, command, data, state, now)
        case CapturePayment():
            return capture(command, data, state, now)
        case CancelPayment():
            return cancel(terms, command, data, state, now)
        case AuthenticatePayment():
            return authenticate(command, data, state, now)
        case CreateRefund():
            return create_refund(command, data, state, view.get(refund_key(command.tenant, data.refund)), now)
        case _:
            raise TypeError(f"payments does not know the command {command.type}")


def _asked_of_payout(
    terms: Terms, command: Command, data: CreatePayout | SimulatePayout, view: View, now: datetime
) -> Decision:
    state: PayoutState | None = view.get(payout_key(command.tenant, command.subject))
    if isinstance(data, CreatePayout):
        return create_payout(terms, command, data, state, now)
    if state is None or state.payout.version == 0:
        return not_found("payout", command.subject)
    if state.step is not None:
        return outcome_pending(state.payout, state.step.kind)
    return simulate(command, data, state, now)
