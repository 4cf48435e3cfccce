"""`payment_method.attach`: the provider saves a method for one of our customers, who is made known there first.

Nobody is told of a method that could not be saved: it stays at version 0.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from actors.payments.keys import method_key, payer_key
from actors.payments.provider import Away, Declined
from actors.payments.provider_methods import AttachToCustomer, MethodOutcome, MethodStanding
from actors.payments.refusals import already_exists, outcome_pending, refused
from actors.payments.states import MethodState, MethodStep, PayerState
from actors.payments.terms import Terms
from actors.payments.versions import method_changed, method_said
from actors.runtime.decision import Call, Decision, Done, Pending, Refused, Said, State, View
from messages.envelope import Command
from messages.ids import derived_id, made_at
from messages.payment_methods import Account, AttachMethod, Card, MethodStatus, Payer, PaymentMethod
from messages.wire import json_of

CUSTOMER_KEY_LASTS: Final = timedelta(hours=23)
"""A key that brought no customer until then brought none: providers may forget it, a new one takes its place."""

METHODS_MAX: Final = 100
"""That a customer may have saved at one provider at a time."""


def attach(
    terms: Terms, command: Command, wish: AttachMethod, existing: MethodState | None, view: View, now: datetime
) -> Decision:
    """201 with the method once the provider has saved it. What it refuses leaves nothing behind."""
    if existing is not None and existing.step is not None:
        return outcome_pending(existing.payment_method, existing.step.kind)
    if existing is not None and existing.payment_method.version:
        return already_exists("payment method", existing.payment_method.id)
    payer, account = _account(terms, command, wish, view.get(payer_key(command.tenant, wish.customer_id)), now)
    if len(account.methods) >= METHODS_MAX:
        return refused("payment_method_unusable", f"{wish.customer_id} has {METHODS_MAX} methods; detach one first.")
    method = PaymentMethod(
        id=command.subject,
        version=0,
        livemode=command.livemode,
        metadata=wish.metadata,
        created_at=now,
        updated_at=now,
        status=MethodStatus.ACTIVE,
        customer_id=wish.customer_id,
        default=wish.default,
        provider=terms.provider,
    )
    request = AttachToCustomer(
        method=method.id,
        payment_method=wish.payment_method,
        customer_id=wish.customer_id,
        customer=account.reference,
        customer_key=account.key,
    )
    call_id = derived_id("call", now, command.tenant, method.id, command.id, "attach_method")
    step = MethodStep(kind="attach_method", command_id=command.id, call_id=call_id)
    state = MethodState(tenant=command.tenant, payment_method=method, step=step)
    call = Call(call_id, step.kind, method.id, json_of(request))
    return Decision(states=[state, payer], calls=[call], outcome=Pending())


def settle_attach(state: MethodState, step: MethodStep, result: MethodOutcome, view: View, now: datetime) -> Decision:
    """The provider has saved it, or not. Two attaches of one method save it once: the second is told so."""
    payer: PayerState = view[payer_key(state.tenant, state.payment_method.customer_id)]
    free = state.model_copy(update={"step": None})
    if isinstance(result, Away):
        outcome = Refused("provider_unavailable", result.detail)
        return Decision(states=[free], outcome=outcome, answers=step.command_id)
    account = payer.payer.accounts[state.payment_method.provider]
    if isinstance(result, Declined):
        states: list[State] = [free, _with(payer, state, {"reference": result.reference or account.reference}, now)]
        outcome = Refused(result.code, result.detail, {"decline_code": result.decline_code})
        return Decision(states=states, outcome=outcome, answers=step.command_id)
    if known := account.methods.get(result.reference):
        outcome = Refused("already_exists", f"{result.reference} is saved already, as {known}.")
        return Decision(states=[free], outcome=outcome, answers=step.command_id)
    return _saved(free, step, payer, result, view, now)


def _saved(
    free: MethodState, step: MethodStep, payer: PayerState, result: MethodStanding, view: View, now: datetime
) -> Decision:
    before, former = free.payment_method, payer.payer.default_method
    after = before.model_copy(
        update={
            "version": 1,
            "created_at": now,
            "updated_at": now,
            "default": before.default or former is None,
            "card": result.card,
            "status": MethodStatus.EXPIRED if ended(result.card, now) else MethodStatus.ACTIVE,
            "provider_reference": result.reference,
        }
    )
    account = payer.payer.accounts[after.provider]
    known = {"reference": result.customer, "methods": {**account.methods, result.reference: after.id}}
    payer = _with(payer, free, known, now, default_method=after.id if after.default else former)
    saved = free.model_copy(update={"payment_method": after, "customer_reference": result.customer})
    states, events = list[State]([saved, payer]), [method_said("payment_method.attached", after)]
    if after.default and former is not None:
        given_up, said = _no_default(view[method_key(free.tenant, former)], now)
        states, events = [*states, given_up], [*events, said]
    due = {after.id: end_of(result.card)} if result.card and after.status is MethodStatus.ACTIVE else {}
    return Decision(states=states, events=events, outcome=Done(201, after), answers=step.command_id, due=due)


def _no_default(state: MethodState, now: datetime) -> tuple[MethodState, Said]:
    before = state.payment_method
    after = method_changed(before, now, default=False)
    return state.model_copy(update={"payment_method": after}), method_said("payment_method.updated", after, before)


def end_of(card: Card) -> datetime:
    """When its last month is over; by UTC, for nobody knows where its bank is."""
    year, month = divmod(card.exp_year * 12 + card.exp_month, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def ended(card: Card | None, now: datetime) -> bool:
    """Whether a card is past its last month. What is no card does not end."""
    return card is not None and end_of(card) <= now


def _account(
    terms: Terms, command: Command, wish: AttachMethod, known: PayerState | None, now: datetime
) -> tuple[PayerState, Account]:
    """The customer at this provider: as known, or with the key under which they are to be made known."""
    first = Payer(id=wish.customer_id, version=0, created_at=now, updated_at=now)
    payer = known or PayerState(tenant=command.tenant, payer=first)
    account = payer.payer.accounts.get(terms.provider)
    if account is None or (account.reference is None and now - made_at(account.key) >= CUSTOMER_KEY_LASTS):
        key = derived_id("call", now, command.tenant, wish.customer_id, command.id, "create_customer")
        account = Account(key=key)
    accounts = {**payer.payer.accounts, terms.provider: account}
    return _changed(payer, now, accounts=accounts), account


def _with(payer: PayerState, of: MethodState, known: Mapping[str, object], now: datetime, **also: object) -> PayerState:
    provider = of.payment_method.provider
    account = payer.payer.accounts[provider].model_copy(update=dict(known))
    return _changed(payer, now, accounts={**payer.payer.accounts, provider: account}, **also)


def _changed(state: PayerState, now: datetime, **fields: object) -> PayerState:
    payer = state.payer
    fields = {"version": payer.version + 1, "updated_at": now, **fields}
    return state.model_copy(update={"payer": payer.model_copy(update=fields)})
