"""Choosing the account of a charge: before it begins, and again after an outage in which it did not begin.

Every account has a breaker in its row, so a choice needs the rows of all. With one account there is nothing to choose.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from actors.payments.account_breaker import AccountBreaker, lets_through, tried
from actors.payments.charge import begin_charge, settle_charge
from actors.payments.keys import payment_key, provider_key
from actors.payments.operations import began
from actors.payments.provider import Away
from actors.payments.provider_account import opened_account
from actors.payments.real_money import needs_no_account, no_account, real_ways
from actors.payments.routing import Asked as Wanted
from actors.payments.routing import route
from actors.payments.saved_methods import paid_with
from actors.payments.states import PaymentState, ProviderState
from actors.payments.switched import accounts_off, none_left
from actors.payments.terms import Terms
from actors.payments.versions import changed, said
from actors.runtime.decision import Asked, Decision, Key, Message, Returned, View
from messages.envelope import Command
from messages.payment_methods import is_ours
from messages.payments import WALLET, ConfirmPayment, CreatePayment, Payment
from messages.payouts import CreatePayout
from messages.provider_events import account_entity


def accounts_needed(terms: Terms, message: Message) -> set[Key]:
    """The rows of all accounts, for what may begin a charge or tells its end."""
    if terms.tolerance is None:
        return set()
    match message:
        case Asked(data=CreatePayment() | ConfirmPayment()) | Returned(operation="charge"):
            return {account_key(message.tenant, name) for name in _names(terms)}
        case _:
            return set()


def account_key(tenant: str, name: str) -> Key:
    """Where the tenant's account of this name is kept."""
    return provider_key(tenant, account_entity(name))


def known_account(terms: Terms, tenant: str, name: str, view: View, now: datetime) -> ProviderState:
    """As it is kept, or new."""
    return view.get(account_key(tenant, name)) or opened_account(terms_at(terms, name), tenant, now)


def terms_at(terms: Terms, name: str) -> Terms:
    """Those of this account. One that is not set up just now has its name, and what is there may be open."""
    return terms.at(name) or terms.model_copy(update={"provider": name, "keeps_open": True})


def begin_routed(
    terms: Terms,
    command: Command,
    ways: Sequence[str],
    view: View,
    now: datetime,
    begin: Callable[[Terms], Decision],
) -> Decision:
    """What begins with the terms of the first of these accounts that may be asked. If none may, none is: 503."""
    tenant = command.tenant
    if not ways:
        decision = begin(terms)
        return decision if needs_no_account(decision) else no_account(livemode=command.livemode)
    off = accounts_off(view, tenant, ways)
    if terms.tolerance is None:
        decision = begin(terms)
        return none_left(view, tenant, ways[0]) if decision.calls and off else decision
    shut = _shut(terms, tenant, view, now)
    account = next((name for name in ways if name not in shut), None)
    chosen = account or ways[0]
    decision = begin(terms_at(terms, chosen))
    if decision.calls and off.issuperset(ways):
        return none_left(view, tenant, ways[0])
    if not any(call.operation == "charge" for call in decision.calls):
        return decision
    if account is None:
        return _not_begun(decision, ways, now)
    return _counted_as_trial(terms, tenant, account, view, now, decision)


def ways_of(
    terms: Terms, command: Command, wish: CreatePayment | ConfirmPayment, state: PaymentState | None, view: View
) -> list[str]:
    """The accounts that may charge it, the preferred one first; none where all are of the other mode or not its own."""
    ways = _ways(terms, command.tenant, wish, state, view)
    return real_ways(terms, ways, command.tenant, livemode=command.livemode)


def _ways(
    terms: Terms, tenant: str, wish: CreatePayment | ConfirmPayment, state: PaymentState | None, view: View
) -> list[str]:
    """In any mode.

    It stays at the one that has made a charge known: it may still be paid there. A saved method is saved at one alone.
    """
    if terms.tolerance is None:
        return [terms.provider]
    payment = state.payment if state else None
    if payment is not None and payment.provider_reference is not None and payment.provider != WALLET:
        return [payment.provider]
    method = wish.payment_method or (payment.payment_method if payment else None)
    saved = paid_with(tenant, method, view)
    if saved is not None and saved.payment_method.version:
        return [saved.payment_method.provider]
    wanted = payment or wish
    assert not isinstance(wanted, ConfirmPayment), "only what exists can be confirmed"
    return route(terms.rules, terms.provider, _asked(wanted))


def at_the_next(terms: Terms, message: Returned, view: View, now: datetime) -> Decision | None:
    """The charge at the next account, when this one vouches that it did not begin it and never will.

    None if there is no other, or if the money could be where the first one is: it was silent, or named the charge.
    """
    state = view.get(payment_key(message.tenant, message.lane))
    if terms.tolerance is None or not isinstance(state, PaymentState) or not _may_go_on(state, message):
        return None
    payment, operation = state.payment, state.operation
    assert operation is not None, "what may go on is open"
    away = (*operation.away, payment.provider)
    shut = _shut(terms, state.tenant, view, now) | set(away)
    ways = route(terms.rules, terms.provider, _asked(payment), shut)
    left = real_ways(terms, ways, state.tenant, livemode=payment.livemode)
    if not left:
        return None
    after = changed(payment, now, provider=left[0])
    operation = operation.model_copy(update={"away": away})
    step = begin_charge(state.model_copy(update={"payment": after}), operation, operation.off_session, now)
    moved_on = began(step, said("payment.updated", after, payment))
    return _counted_as_trial(terms, state.tenant, left[0], view, now, moved_on)


def payout_terms(terms: Terms, wish: CreatePayout, tenant: str, *, livemode: bool) -> Terms | None:
    """Those of the account that a withdrawal leaves from: the first by the rules. It is not tried elsewhere.

    None where all are of the other mode or not its own.
    """
    ways = route(terms.rules, terms.provider, Wanted(wish.amount, wish.currency))
    real = real_ways(terms, ways, tenant, livemode=livemode)
    return terms.of(real[0]) if real else None


def _may_go_on(state: PaymentState, message: Returned) -> bool:
    payment, operation = state.payment, state.operation
    return (
        operation is not None
        and operation.kind == "charge"
        and operation.call_id == message.call_id
        and message.result is not None
        and message.result["result"] == "away"
        and not was_silent(payment)
        and payment.provider_reference is None
        and not is_ours(payment.payment_method)
    )


def was_silent(payment: Payment) -> bool:
    """Whether the account fell silent on the open charge."""
    return payment.processing is not None and payment.processing.reason == "outcome_unknown"


def _not_begun(decision: Decision, ways: Iterable[str], now: datetime) -> Decision:
    """What was to begin, and has failed at once: nobody may be asked just now."""
    state = next(each for each in decision.states if isinstance(each, PaymentState))
    assert state.operation is not None, "a charge was about to begin"
    detail = f"No charges go to {', '.join(ways)} just now; nothing was charged. Try again in a moment."
    failed = settle_charge(state, state.operation, Away(detail=detail), now)
    return replace(failed, events=[*decision.events, *failed.events], answers=None)


def _counted_as_trial(terms: Terms, tenant: str, name: str, view: View, now: datetime, decision: Decision) -> Decision:
    """Puts off the next charge of an account whose breaker is open: this one tries it."""
    assert terms.tolerance is not None, "one of several was chosen"
    account = known_account(terms, tenant, name, view, now)
    before = account.breaker or AccountBreaker()
    after = tried(before, terms.tolerance, now)
    if after == before:
        return decision
    return decision.also(account.model_copy(update={"breaker": after}))


def _shut(terms: Terms, tenant: str, view: View, now: datetime) -> set[str]:
    kept = {name: view.get(account_key(tenant, name)) for name in _names(terms)}
    waiting = {name for name, each in kept.items() if each and each.breaker and not lets_through(each.breaker, now)}
    return waiting | accounts_off(view, tenant, kept)


def _names(terms: Terms) -> list[str]:
    return [each.provider for each in (terms, *terms.others)]


def _asked(wanted: CreatePayment | Payment) -> Wanted:
    """No charge knows a country yet: rules that name one fit none."""
    return Wanted(wanted.amount, wanted.currency)
