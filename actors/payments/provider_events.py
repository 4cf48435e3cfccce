"""`provider_event.record`: an event of a provider, each once. What it is about may not be known here yet: it waits."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from actors.payments import disputes
from actors.payments.charge_facts import charge_told, fraud_warned
from actors.payments.dispute_facts import dispute_told
from actors.payments.keys import dispute_key, entity_key, payment_key, payout_key, provider_event_key, reference_key
from actors.payments.moves import PAYOUT_RANKS
from actors.payments.payout_outcomes import settle_payout_look_up
from actors.payments.provider_facts import (
    ChargeFact,
    DisputeFact,
    Fact,
    Named,
    PayoutFact,
    RefundFact,
    WarningFact,
    fact_of,
)
from actors.payments.refund_outcomes import settle_look_up
from actors.payments.settlements import settlement_id, settlement_told
from actors.payments.states import DisputeState, PaymentState, PayoutState, ProviderEventState, RefundState
from actors.runtime.decision import Decision, Done, Key, View
from messages.payments import WALLET, Payment
from messages.payments import RefundStatus as R
from messages.provider_events import KeptEvent, ProviderEvent, RecordedEvent, kept_id

FIRST_WAIT = timedelta(seconds=1)
WAIT_MAX = timedelta(hours=1)
WAIT_IN_ALL = timedelta(days=3)
"""As long as Stripe repeats a webhook that nobody takes."""

_REFUND_RANKS = {R.PENDING: 0, R.REQUIRES_ACTION: 0, R.SUCCEEDED: 1, R.FAILED: 2, R.CANCELED: 2}


def event_key(tenant: str, event: ProviderEvent) -> Key:
    """Where this event is kept, once it is."""
    return provider_event_key(tenant, kept_id(event.provider, event.account, event.id))


def event_needs(tenant: str, event: ProviderEvent, view: View) -> set[Key]:
    """The event itself, and step by step all that it is about."""
    keys = {event_key(tenant, event)}
    fact = _read(event)
    if fact is None:
        return keys
    about = _named_keys(tenant, event.provider, fact.named)
    found = next((entity for key in about if (entity := _entity(tenant, view.get(key)))), None)
    keys |= about if fact.named.id is None else {entity_key(tenant, fact.named.id)}
    if found is not None:
        keys.add(found)
    state = view.get(found) if found else view.get(entity_key(tenant, fact.named.id)) if fact.named.id else None
    if isinstance(state, RefundState):
        keys.add(payment_key(tenant, state.refund.payment))
    if isinstance(fact, DisputeFact):
        keys.add(dispute_key(tenant, disputes.dispute_id(tenant, event.provider, fact.standing)))
    if (settlement := _settlement_key(tenant, event.provider, fact)) is not None:
        keys.add(settlement)
    return keys


def record(
    tenant: str, event: ProviderEvent, view: View, now: datetime, found_by: Literal["webhook", "sweep"]
) -> Decision:
    """Whatever follows from it, once; the same event again changes nothing."""
    key = event_key(tenant, event)
    known: ProviderEventState | None = view.get(key)
    if known is not None:
        return Decision(outcome=_answer(known.provider_event))
    kept = KeptEvent(
        id=key.id,
        status="waiting",
        type=event.type,
        provider=event.provider,
        provider_id=event.id,
        found_by=found_by,
        event=event,
        heard_at=now,
        created_at=event.created,
        updated_at=now,
        version=0,
    )
    return _try(ProviderEventState(tenant=tenant, provider_event=kept), event, view, now)


def try_again(state: ProviderEventState, view: View, now: datetime) -> Decision:
    """The alarm of an event that waits for what it is about."""
    kept = state.provider_event
    if kept.status != "waiting" or kept.event is None:
        return Decision()
    return replace(_try(state, kept.event, view, now), outcome=None)


def _try(state: ProviderEventState, event: ProviderEvent, view: View, now: datetime) -> Decision:
    status, effects = _applied(state.tenant, event, view, now)
    before = state.provider_event
    attempts = before.attempts + 1
    due = now + min(FIRST_WAIT * 2 ** min(before.attempts, 12), WAIT_MAX)
    if status == "waiting" and due > before.heard_at + WAIT_IN_ALL:
        status = "unmatched"
    kept = before.model_copy(
        update={
            "status": status,
            "attempts": attempts,
            "event": event if status in ("waiting", "unmatched") else None,
            "updated_at": now,
            "version": before.version + 1,
        }
    )
    alarm = {kept.id: due if status == "waiting" else None} if attempts > 1 or status == "waiting" else {}
    return replace(
        effects,
        states=[*effects.states, state.model_copy(update={"provider_event": kept})],
        due={**effects.due, **alarm},
        outcome=_answer(kept),
    )


def _answer(kept: KeptEvent) -> Done:
    return Done(200, RecordedEvent(id=kept.id, status=kept.status))


def _applied(
    tenant: str, event: ProviderEvent, view: View, now: datetime
) -> tuple[Literal["applied", "ignored", "waiting", "unmatched"], Decision]:
    try:
        fact = fact_of(event)
    except (ValueError, KeyError, TypeError):
        return "unmatched", Decision()
    if fact is None:
        return "ignored", Decision()
    if isinstance(fact, PayoutFact) and (key := _settlement_key(tenant, event.provider, fact)) is not None:
        known: PayoutState | None = view.get(key)
        return "applied", settlement_told(tenant, event.provider, known, fact, now, livemode=event.livemode)
    key = _found(tenant, event.provider, fact.named, view)
    state = view.get(key) if key else None
    if state is None:
        return "waiting", Decision()
    if isinstance(state, PaymentState) and state.payment.provider != event.provider:
        return _of_anothers(state.payment, fact), Decision()
    effects = _effects(tenant, event.provider, fact, state, view, now)
    if effects is None:
        return "waiting", Decision()
    contradiction = isinstance(fact, DisputeFact) and _contradicts(tenant, event.provider, fact, view)
    return ("unmatched" if contradiction else "applied"), effects


def _of_anothers(payment: Payment, fact: Fact) -> Literal["applied", "unmatched"]:
    """Who charges it is another: that this one did too is for reconciliation. A no before the wallet paid is old."""
    is_no = isinstance(fact, ChargeFact) and fact.standing in ("declined", "released")
    return "applied" if is_no and payment.provider == WALLET else "unmatched"


def _effects(tenant: str, provider: str, fact: Fact, state: object, view: View, now: datetime) -> Decision | None:
    """None: not now, a step is open on it."""
    match fact, state:
        case ChargeFact(), PaymentState():
            return charge_told(state, fact, now)
        case WarningFact(), PaymentState():
            return fraud_warned(state, fact, now)
        case DisputeFact(), PaymentState():
            known: DisputeState | None = view.get(
                dispute_key(tenant, disputes.dispute_id(tenant, provider, fact.standing))
            )
            if known is not None and known.step is not None:
                return None
            return dispute_told(state, known, fact.standing, fact.as_of, now)
        case RefundFact(), RefundState():
            return _refund_told(view[payment_key(tenant, state.refund.payment)], state, fact, now)
        case PayoutFact(), PayoutState():
            return _payout_told(state, fact, now)
        case _:
            return Decision()


def _refund_told(payment: PaymentState, state: RefundState, fact: RefundFact, now: datetime) -> Decision | None:
    operation = payment.operation
    if operation is not None and operation.refund is not None and operation.refund.id == state.refund.id:
        return None
    if _REFUND_RANKS[fact.status] <= _REFUND_RANKS[state.refund.status]:
        return Decision()
    return settle_look_up(payment, state, fact.result, now)


def _payout_told(state: PayoutState, fact: PayoutFact, now: datetime) -> Decision | None:
    if state.step is not None:
        return None
    if PAYOUT_RANKS[fact.status] <= PAYOUT_RANKS[state.payout.status]:
        return Decision()
    return settle_payout_look_up(state, fact.result, now)


def _contradicts(tenant: str, provider: str, fact: DisputeFact, view: View) -> bool:
    return disputes.contradicts(_dispute(tenant, provider, fact, view), fact.standing)


def _dispute(tenant: str, provider: str, fact: DisputeFact, view: View) -> DisputeState | None:
    return view.get(dispute_key(tenant, disputes.dispute_id(tenant, provider, fact.standing)))


def _read(event: ProviderEvent) -> Fact | None:
    try:
        return fact_of(event)
    except (ValueError, KeyError, TypeError):
        return None


def _settlement_key(tenant: str, provider: str, fact: Fact) -> Key | None:
    """Of a payout that the provider made by itself."""
    if not isinstance(fact, PayoutFact) or fact.settlement is None:
        return None
    return payout_key(tenant, settlement_id(tenant, provider, fact.settlement.reference))


def _named_keys(tenant: str, provider: str, named: Named) -> set[Key]:
    return {reference_key(tenant, named.kind, provider, reference) for reference in named.references}


def _entity(tenant: str, reference: object) -> Key | None:
    found = getattr(reference, "id", None)
    return entity_key(tenant, found) if isinstance(found, str) else None


def _found(tenant: str, provider: str, named: Named, view: Mapping[Key, object]) -> Key | None:
    if named.id is not None:
        return entity_key(tenant, named.id)
    keys = _named_keys(tenant, provider, named)
    return next((entity for key in keys if (entity := _entity(tenant, view.get(key)))), None)
