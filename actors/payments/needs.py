"""Which states a message needs: what it is about leads, step by step, to what that is about."""

from actors.payments.bookings import booking_needs
from actors.payments.corrections import correction_needs
from actors.payments.keys import (
    difference_key,
    dispute_key,
    entity_key,
    method_key,
    payer_key,
    payment_key,
    payout_key,
    provider_key,
    reconciliation_key,
    refund_key,
)
from actors.payments.outcomes import opened_key
from actors.payments.provider import ACCOUNT_RESULT, BookingPage, EventPage
from actors.payments.provider_events import event_needs
from actors.payments.reconciling import gathered_needs
from actors.payments.saved_methods import needs_of_payment
from actors.payments.states import (
    BookingState,
    DisputeState,
    MethodState,
    PayerState,
    PaymentState,
    PayoutState,
    ProviderEventState,
    ProviderState,
    RefundState,
)
from actors.runtime.decision import Answered, Asked, FellDue, Heard, Key, Message, Returned, View
from messages.disputes import AcceptDispute, CloseDispute, SubmitEvidence
from messages.envelope import Command
from messages.payment_methods import AttachMethod, DetachMethod
from messages.payments import ConfirmPayment, CreatePayment, CreateRefund
from messages.payouts import CreatePayout, SimulatePayout
from messages.provider_events import ProviderEvent, SimulatedSettings
from messages.reconciliation import ApplyCorrection, DismissDifference, RunReconciliation
from messages.wire import Wire


def needs(message: Message, view: View) -> set[Key]:
    """A refund or dispute leads to its payment, an open step to its refund, an event to all that it names."""
    match message:
        case Asked(data=CreatePayment(payment_method=method), again=False):
            return needs_of_payment(message.tenant, method)
        case Asked(data=CreatePayout(), again=False):
            return set()
        case Asked(command=command, data=data):
            return _asked(command, data, view)
        case Returned(operation="list_events" | "list_bookings", result=dict()):
            return _of_page(message, view)
        case Returned(operation="gather", result=dict()):
            return {entity_key(message.tenant, message.lane), *gathered_needs(message)}
        case Returned(operation="open_dispute", result={"result": "dispute"}):
            return _of_opened(message, view)
        case Returned(lane=entity) | FellDue(entity=entity) | Answered(entity=entity):
            return _around(entity_key(message.tenant, entity), view)
        case Heard():
            return set()


def _asked(command: Command, data: Wire, view: View) -> set[Key]:
    tenant, subject = command.tenant, command.subject
    match data:
        case CreateRefund(refund=refund):
            return {payment_key(tenant, subject), refund_key(tenant, refund)}
        case CreatePayout() | SimulatePayout():
            return {payout_key(tenant, subject)}
        case ProviderEvent():
            return event_needs(tenant, data, view)
        case SubmitEvidence() | AcceptDispute() | CloseDispute():
            return {dispute_key(tenant, subject)}
        case RunReconciliation():
            return {reconciliation_key(tenant, subject)}
        case ApplyCorrection() | DismissDifference():
            key = difference_key(tenant, subject)
            return {key, *correction_needs(view.get(key))}
        case SimulatedSettings():
            return {provider_key(tenant, subject)}
        case AttachMethod() | DetachMethod():
            payer = {payer_key(tenant, data.customer_id)} if isinstance(data, AttachMethod) else set[Key]()
            return {method_key(tenant, subject)} | payer
        case CreatePayment(payment_method=method) | ConfirmPayment(payment_method=method):
            return _of_paying(payment_key(tenant, subject), method, view)
        case _:
            return {payment_key(tenant, subject)}


def _of_paying(key: Key, method: str | None, view: View) -> set[Key]:
    """The method that is named now, or was before."""
    known: PaymentState | None = view.get(key)
    methods = {method, known.payment.payment_method if known else None}
    return {key}.union(*(needs_of_payment(key.tenant, each) for each in methods))


def _of_opened(message: Returned, view: View) -> set[Key]:
    key = payment_key(message.tenant, message.lane)
    state = view.get(key)
    return {key, opened_key(message, state)} if isinstance(state, PaymentState) else {key}


def _of_page(message: Returned, view: View) -> set[Key]:
    tenant, account = message.tenant, entity_key(message.tenant, message.lane)
    match ACCOUNT_RESULT.validate_python(message.result):
        case EventPage(events=events):
            return {account}.union(*(event_needs(tenant, event, view) for event in events))
        case BookingPage(bookings=bookings) if (provider := _provider_of(view.get(account))) is not None:
            return {account}.union(*(booking_needs(tenant, provider, each, view) for each in bookings))
        case _:
            return {account}


def _provider_of(state: object) -> str | None:
    """Whose bookings they are: asked of an account, or of a payout."""
    match state:
        case ProviderState(provider=account):
            return account.name
        case PayoutState(payout=payout):
            return payout.provider
        case _:
            return None


def _of_booking(state: BookingState, view: View) -> set[Key]:
    if state.booking is not None:
        return booking_needs(state.tenant, state.balance_transaction.provider, state.booking, view)
    return {entity_key(state.tenant, state.source_id)} if state.source_id else set()


def _of_method(state: MethodState, view: View) -> set[Key]:
    """Whose it is, and the default that it may take the place of."""
    key = payer_key(state.tenant, state.payment_method.customer_id)
    payer: PayerState | None = view.get(key)
    default = payer.payer.default_method if payer else None
    return {key} | ({method_key(state.tenant, default)} if default else set())


def _around(key: Key, view: View) -> set[Key]:
    state = view.get(key)
    if isinstance(state, MethodState):
        return {key} | _of_method(state, view)
    if isinstance(state, DisputeState):
        return {key, payment_key(key.tenant, state.dispute.payment)}
    if isinstance(state, ProviderEventState) and state.provider_event.event is not None:
        return event_needs(key.tenant, state.provider_event.event, view)
    if isinstance(state, BookingState):
        return {key} | _of_booking(state, view)
    if isinstance(state, RefundState):
        return {key, payment_key(key.tenant, state.refund.payment)}
    if isinstance(state, PaymentState) and state.operation and state.operation.refund:
        return {key, refund_key(key.tenant, state.operation.refund.id)}
    return {key}
