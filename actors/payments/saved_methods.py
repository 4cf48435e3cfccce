"""Saved payment methods: paid with, detached, and expired when their card is."""

from datetime import datetime

from actors.payments.keys import method_key, payer_key
from actors.payments.provider import Away, Declined
from actors.payments.provider_methods import DetachFromCustomer, MethodOutcome
from actors.payments.refusals import refused, wrong_state
from actors.payments.states import MethodState, MethodStep, PayerState
from actors.payments.terms import Terms
from actors.payments.versions import method_changed, method_said
from actors.runtime.decision import Call, Decision, Done, FellDue, Key, Pending, Refused, Returned, View
from messages.envelope import Command
from messages.ids import derived_id
from messages.payment_methods import MethodStatus, is_ours
from messages.wire import json_of

ATTACHED = frozenset({MethodStatus.ACTIVE, MethodStatus.EXPIRED})


def paid_with(tenant: str, method: str | None, view: View) -> MethodState | None:
    """The saved method of this name. None for a provider's own name, and for what was never saved."""
    return view.get(method_key(tenant, method)) if method is not None and is_ours(method) else None


def needs_of_payment(tenant: str, method: str | None) -> set[Key]:
    """What must be known of the method that a payment names."""
    return {method_key(tenant, method)} if method is not None and is_ours(method) else set()


def unusable(terms: Terms, customer_id: str, method: str | None, saved: MethodState | None) -> Decision | None:
    """422, and nothing changes: a saved method pays for its own customer alone, until it is detached.

    Of another's nothing is told. An expired card is tried: its bank may have renewed it, and has the last word.
    """
    if not is_ours(method):
        return None
    if saved is None or saved.payment_method.version == 0 or saved.payment_method.customer_id != customer_id:
        detail = f"{customer_id} has no saved payment method {method}."
    elif saved.payment_method.status is MethodStatus.DETACHED or saved.step is not None:
        detail = f"{method} was detached; name another payment method."
    elif saved.payment_method.provider != terms.provider:
        detail = f"{method} is saved at {saved.payment_method.provider}, which is not in use here."
    else:
        return None
    return refused("payment_method_unusable", detail)


def detach(command: Command, state: MethodState, now: datetime) -> Decision:
    """200 with the method, once its provider has forgotten it. From now on nothing is paid with it."""
    method = state.payment_method
    if method.status not in ATTACHED:
        return wrong_state(method, "detached", ATTACHED)
    call_id = derived_id("call", now, state.tenant, method.id, command.id, "detach_method")
    step = MethodStep(kind="detach_method", command_id=command.id, call_id=call_id)
    call = Call(call_id, step.kind, method.id, json_of(DetachFromCustomer(reference=method.provider_reference or "")))
    return Decision(states=[state.model_copy(update={"step": step})], calls=[call], outcome=Pending(method))


def settle_detach(state: MethodState, step: MethodStep, result: MethodOutcome, view: View, now: datetime) -> Decision:
    """It is gone, or is as it was. Who gave up their default has none until another is made it."""
    free, before = state.model_copy(update={"step": None}), state.payment_method
    if isinstance(result, Declined | Away):
        code = result.code if isinstance(result, Declined) else "provider_unavailable"
        return Decision(states=[free], outcome=Refused(code, result.detail), answers=step.command_id)
    after = method_changed(before, now, status=MethodStatus.DETACHED, default=False)
    payer: PayerState = view[payer_key(state.tenant, before.customer_id)]
    return Decision(
        states=[free.model_copy(update={"payment_method": after}), _without(payer, state, now)],
        events=[method_said("payment_method.detached", after, before)],
        outcome=Done(200, after),
        answers=step.command_id,
        due={after.id: None},
    )


def _without(state: PayerState, gone: MethodState, now: datetime) -> PayerState:
    payer, method = state.payer, gone.payment_method
    account = payer.accounts[method.provider]
    left = {theirs: ours for theirs, ours in account.methods.items() if ours != method.id}
    fields = {
        "version": payer.version + 1,
        "updated_at": now,
        "default_method": None if payer.default_method == method.id else payer.default_method,
        "accounts": {**payer.accounts, method.provider: account.model_copy(update={"methods": left})},
    }
    return state.model_copy(update={"payer": payer.model_copy(update=fields)})


def expire(message: FellDue, state: MethodState, now: datetime) -> Decision:
    """The last month of its card is over."""
    before = state.payment_method
    if before.status is not MethodStatus.ACTIVE:
        return Decision()
    if message.at > now:  # the alarm's clock and ours differ a little
        return Decision(due={before.id: message.at})
    after = method_changed(before, now, status=MethodStatus.EXPIRED)
    said = method_said("payment_method.expired", after, before)
    return Decision(states=[state.model_copy(update={"payment_method": after})], events=[said])


def is_open(message: Returned, state: MethodState) -> bool:
    """Whether this is the definite answer to the step that waits for it."""
    return message.result is not None and state.step is not None and message.call_id == state.step.call_id
