"""What a snapshot of a dispute changes: the dispute, its payment, its alarm; by event, look-up or our own step."""

from dataclasses import replace
from datetime import datetime

from actors.payments import disputes
from actors.payments.provider import Away, Declined, DisputeOutcome, DisputeStanding, OfDispute
from actors.payments.states import DisputeState, PaymentState
from actors.payments.versions import dispute_said
from actors.runtime.decision import Call, Decision, Done, Refused, Said, State
from messages.ids import derived_id
from messages.provider_events import order_of
from messages.wire import json_of

BY_ITSELF = "~"
"""Stands behind all event ids: what a call answered is newer than the events of that second."""


def dispute_told(
    payment: PaymentState, known: DisputeState | None, standing: DisputeStanding, as_of: str, now: datetime
) -> Decision:
    """All effects of a snapshot. One that skips what moves money is only a reason to ask."""
    state = known or disputes.begun(payment, standing, now)
    created = [] if known else [dispute_said("dispute.created", state.dispute)]
    if as_of.endswith(BY_ITSELF) or not disputes.must_ask(known, standing):
        after, events = disputes.joined(state, standing, as_of, now)
    else:
        after, events = state, []
        if after.look_up is None:
            return _keeping(payment, known, after, created, now, call=_look_up(after, now))
    return _keeping(payment, known, after, [*created, *events], now)


def dispute_found(
    payment: PaymentState, known: DisputeState | None, standing: DisputeStanding, now: datetime
) -> Decision:
    """As the provider answered just now."""
    return dispute_told(payment, known, standing, order_of(now, BY_ITSELF), now)


def looked_up(payment: PaymentState, state: DisputeState, result: DisputeOutcome, now: datetime) -> Decision:
    """The answer of a look-up; a dispute that cannot be seen stays as it is."""
    state = state.model_copy(update={"look_up": None})
    match result:
        case DisputeStanding():
            return dispute_found(payment, state, result, now)
        case Declined() | Away():
            return Decision(states=[state])


def step_ended(payment: PaymentState, state: DisputeState, result: DisputeOutcome, now: datetime) -> Decision:
    """Our own step on a dispute has ended, and answers its command."""
    if state.step is None:
        return Decision()
    asker, free = state.step.command_id, state.model_copy(update={"step": None})
    match result:
        case DisputeStanding():
            told = dispute_found(payment, free, result, now)
            after = next(each for each in told.states if isinstance(each, DisputeState))
            return replace(told, outcome=Done(200, after.dispute), answers=asker)
        case Declined():
            return Decision(states=[free], outcome=Refused(result.code, result.detail, result.also), answers=asker)
        case Away():
            return Decision(states=[free], outcome=Refused("provider_unavailable", result.detail), answers=asker)


def look_up(state: DisputeState, now: datetime) -> Decision:
    """The provider is asked how it stands, unless it is being asked."""
    if state.look_up is not None:
        return Decision()
    call = _look_up(state, now)
    return Decision(states=[state.model_copy(update={"look_up": call.id})], calls=[call])


def fell_due(state: DisputeState, now: datetime) -> Decision:
    """The alarm of a dispute whose deadline comes near."""
    after, events = disputes.deadline_neared(state, now)
    due = {state.dispute.id: disputes.next_warning(after.dispute, now)}
    return Decision(states=[after] if events else [], events=events, due=due)


def _keeping(
    payment: PaymentState,
    known: DisputeState | None,
    after: DisputeState,
    events: list[Said],
    now: datetime,
    call: Call | None = None,
) -> Decision:
    states: list[State] = [after.model_copy(update={"look_up": call.id}) if call else after]
    paid, told = disputes.with_disputed(payment, known.dispute if known else None, after.dispute, now)
    if paid is not None:
        states.append(paid)
    if states == [known]:
        return Decision(states=states)
    due = {after.dispute.id: disputes.next_warning(after.dispute, now)}
    return Decision(states=states, events=[*events, *told], calls=[call] if call else [], due=due)


def _look_up(state: DisputeState, now: datetime) -> Call:
    dispute = state.dispute
    call_id = derived_id("call", now, state.tenant, dispute.id, str(dispute.version), "look_up_dispute")
    request = OfDispute(reference=dispute.provider_reference or "")
    return Call(call_id, "look_up_dispute", dispute.id, json_of(request))
