"""The payments actor's pure half: which rule a message goes to."""

from datetime import datetime
from functools import partial

from actors.payments import corrections, dispute_steps, reconciling
from actors.payments.attaching import attach
from actors.payments.authenticate import authenticate
from actors.payments.breaking import with_breaker
from actors.payments.cancel import cancel
from actors.payments.capture import capture
from actors.payments.choosing import at_the_next, begin_routed, payout_terms, ways_of
from actors.payments.confirm import confirm
from actors.payments.create import create
from actors.payments.keys import (
    difference_key,
    dispute_key,
    method_key,
    payment_key,
    payout_key,
    provider_key,
    reconciliation_key,
    refund_key,
)
from actors.payments.outcomes import answered, fell_due, returned
from actors.payments.payout_outcomes import simulate
from actors.payments.payouts import create_payout
from actors.payments.provider_account import begin_sweep, configure
from actors.payments.provider_events import record
from actors.payments.real_money import no_account, real_ways
from actors.payments.refunds import create_refund
from actors.payments.refusals import not_found, outcome_pending
from actors.payments.saved_methods import detach
from actors.payments.states import DifferenceState, DisputeState, MethodState, PaymentState, PayoutState
from actors.payments.switched import held_back
from actors.payments.terms import Terms
from actors.runtime.decision import Answered, Asked, Decision, FellDue, Heard, Message, Returned, View
from messages.disputes import AcceptDispute, CloseDispute, OpenDispute, SubmitEvidence
from messages.envelope import Command
from messages.payment_methods import AttachMethod, DetachMethod
from messages.payments import (
    AuthenticatePayment,
    CancelPayment,
    CapturePayment,
    ConfirmPayment,
    CreatePayment,
    CreateRefund,
)
from messages.payouts import CreatePayout, SimulatePayout
from messages.provider_events import ProviderEvent, SimulatedSettings, name_of
from messages.reconciliation import ApplyCorrection, DismissDifference, RunReconciliation
from messages.wire import Wire, in_utc_milliseconds


def decide(terms: Terms, message: Message, view: View, now: datetime) -> Decision:
    """All effects of one message."""
    now = in_utc_milliseconds(now)
    match message:
        case Asked():
            return _asked(terms, message, view, now)
        case Returned():
            went_on = at_the_next(terms, message, view, now)
            return with_breaker(terms, message, view, now, went_on or returned(terms, message, view, now))
        case Answered():
            return answered(message, view, now)
        case FellDue(tenant=tenant, entity=entity) if entity.startswith("prov_"):
            own = terms.at(name_of(entity))
            return begin_sweep(own, tenant, view.get(provider_key(tenant, entity)), now) if own else Decision()
        case FellDue(tenant=tenant, entity=entity) if entity.startswith("rec_"):
            own, known = terms.at(name_of(entity)), view.get(reconciliation_key(tenant, entity))
            return reconciling.begin(own, tenant, known, now) if own else Decision()
        case FellDue():
            return fell_due(message, view, now)
        case Heard():
            return Decision()


def _asked(terms: Terms, message: Asked, view: View, now: datetime) -> Decision:
    if no := held_back(message, view):
        return no
    command, data = message.command, message.data
    match data:
        case CreatePayout() | SimulatePayout():
            return _asked_of_payout(terms, command, data, view, now)
        case SubmitEvidence() | AcceptDispute() | CloseDispute():
            return _asked_of_dispute(command, data, view.get(dispute_key(command.tenant, command.subject)), now)
        case AttachMethod() | DetachMethod():
            return _asked_of_method(terms, command, data, view, now)
        case ProviderEvent():
            return record(command.tenant, data, view, now, "webhook")
        case SimulatedSettings():
            known = view.get(provider_key(command.tenant, command.subject))
            return configure(terms.at(name_of(command.subject)), command, data, known, now)
        case RunReconciliation():
            known = view.get(reconciliation_key(command.tenant, command.subject))
            return reconciling.run(terms.at(name_of(command.subject)), command, known, now)
        case ApplyCorrection() | DismissDifference():
            return _asked_of_difference(command, data, view, now)
        case _:
            return _asked_of_payment(terms, command, data, view, now)


def _asked_of_difference(
    command: Command, data: ApplyCorrection | DismissDifference, view: View, now: datetime
) -> Decision:
    state: DifferenceState | None = view.get(difference_key(command.tenant, command.subject))
    if isinstance(data, DismissDifference):
        return corrections.dismiss(command, data, state, now)
    return corrections.apply(command, data, state, view, now)


def _asked_of_payment(terms: Terms, command: Command, data: Wire, view: View, now: datetime) -> Decision:
    state: PaymentState | None = view.get(payment_key(command.tenant, command.subject))
    if isinstance(data, CreatePayment):
        begin = partial(create, command=command, wish=data, existing=state, view=view, now=now)
        ways = ways_of(terms, command, data, state, view)
        return begin_routed(terms, command, ways, view, now, begin)
    if state is None:
        return not_found("payment", command.subject)
    if state.operation is not None:
        return outcome_pending(state.payment, state.operation.kind)
    match data:
        case ConfirmPayment():
            begin = partial(confirm, command=command, wish=data, state=state, view=view, now=now)
            ways = ways_of(terms, command, data, state, view)
            return begin_routed(terms, command, ways, view, now, begin)
        case CapturePayment():
            return capture(command, data, state, now)
        case CancelPayment():
            return cancel(terms, command, data, state, now)
        case AuthenticatePayment():
            return authenticate(command, data, state, now)
        case OpenDispute():
            return dispute_steps.open_dispute(command, state, now)
        case CreateRefund():
            return create_refund(command, data, state, view.get(refund_key(command.tenant, data.refund)), now)
        case _:
            raise TypeError(f"payments does not know the command {command.type}")


def _asked_of_dispute(
    command: Command, data: SubmitEvidence | AcceptDispute | CloseDispute, state: DisputeState | None, now: datetime
) -> Decision:
    if state is None:
        return not_found("dispute", command.subject)
    if state.step is not None:
        return outcome_pending(state.dispute, state.step.kind)
    match data:
        case SubmitEvidence():
            return dispute_steps.submit_evidence(command, data, state, now)
        case AcceptDispute():
            return dispute_steps.accept(command, state, now)
        case CloseDispute():
            return dispute_steps.close(command, data, state, now)


def _asked_of_method(
    terms: Terms, command: Command, data: AttachMethod | DetachMethod, view: View, now: datetime
) -> Decision:
    state: MethodState | None = view.get(method_key(command.tenant, command.subject))
    if isinstance(data, AttachMethod):
        if not real_ways(terms, [terms.provider], command.tenant, livemode=command.livemode):
            return no_account(livemode=command.livemode)
        return attach(terms, command, data, state, view, now)
    if state is None or state.payment_method.version == 0:
        return not_found("payment method", command.subject)
    if state.step is not None:
        return outcome_pending(state.payment_method, state.step.kind)
    return detach(command, state, now)


def _asked_of_payout(
    terms: Terms, command: Command, data: CreatePayout | SimulatePayout, view: View, now: datetime
) -> Decision:
    state: PayoutState | None = view.get(payout_key(command.tenant, command.subject))
    if isinstance(data, CreatePayout):
        own = payout_terms(terms, data, command.tenant, livemode=command.livemode)
        if own is None:
            return no_account(livemode=command.livemode)
        return create_payout(own, command, data, state, now)
    if state is None or state.payout.version == 0:
        return not_found("payout", command.subject)
    if state.step is not None:
        return outcome_pending(state.payout, state.step.kind)
    return simulate(command, data, state, now)
