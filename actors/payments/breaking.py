"""What the end of a charge says of its account: an outage or a silence counts against it, an answer is its recovery."""

from dataclasses import replace
from datetime import datetime

from actors.payments.account_breaker import AccountBreaker, failed
from actors.payments.choosing import known_account, was_silent
from actors.payments.keys import payment_key
from actors.payments.states import PaymentState, ProviderState
from actors.payments.terms import Terms
from actors.runtime.decision import Decision, Returned, Said, View


def with_breaker(terms: Terms, message: Returned, view: View, now: datetime, decision: Decision) -> Decision:
    """And the account's row, if that changes; an opened or closed breaker is told."""
    state = view.get(payment_key(message.tenant, message.lane)) if message.operation == "charge" else None
    if terms.tolerance is None or not isinstance(state, PaymentState) or not _is_news(state, message):
        return decision
    account = known_account(terms, message.tenant, state.payment.provider, view, now)
    before = account.breaker or AccountBreaker()
    is_failure = message.result is None or message.result["result"] == "away"
    after = failed(before, terms.tolerance, now) if is_failure else AccountBreaker()
    if after == before:
        return decision
    account, told = _told(account.model_copy(update={"breaker": after}), before, now)
    return replace(decision, states=[*decision.states, account], events=[*decision.events, *told])


def _is_news(state: PaymentState, message: Returned) -> bool:
    """Of the open call, and a silence only once: who takes over hears of it again."""
    is_open = state.operation is not None and state.operation.call_id == message.call_id
    return is_open and not (message.result is None and was_silent(state.payment))


def _told(account: ProviderState, before: AccountBreaker, now: datetime) -> tuple[ProviderState, list[Said]]:
    after, told = account.breaker, account.provider
    assert after is not None, "it was just counted"
    if after.is_open == before.is_open:
        return account, []
    fields = {"status": "degraded", "degraded_at": now} if after.is_open else {"status": "ok", "degraded_at": None}
    changed = told.model_copy(update={**fields, "version": told.version + 1, "updated_at": now})
    said = Said("provider.degraded" if after.is_open else "provider.recovered", changed, told)
    return account.model_copy(update={"provider": changed}), [said]
