"""A tenant's account with the provider: the sweep for events that no webhook brought, and in tests its behaviour."""

from dataclasses import replace
from datetime import datetime, timedelta

from actors.payments.provider import Away, Configured, EventPage, ListEvents
from actors.payments.provider_events import record
from actors.payments.refusals import refused
from actors.payments.states import AccountStep, ProviderEventState, ProviderState, Terms
from actors.runtime.decision import Call, Decision, Done, Key, Pending, Refused, Returned, Said, State, View
from messages.envelope import Command
from messages.ids import derived_id
from messages.payments import SIMULATED
from messages.provider_events import TYPES, ProviderAccount, SimulatedSettings, account_entity
from messages.wire import json_of


def begin_sweep(terms: Terms, tenant: str, state: ProviderState | None, now: datetime) -> Decision:
    """The alarm: asks for what came after the cursor, and is old enough for its webhook to have come."""
    state = state or _opened(terms, tenant, now)
    if state.sweep is not None:
        return Decision()
    after, call = _asking(terms, state, now)
    return Decision(states=[after], calls=[call])


def swept(terms: Terms, message: Returned, state: ProviderState, view: View, now: datetime) -> Decision:
    """Records the events of a page that nobody told us, then asks for the next page or waits for the next time."""
    if message.result is None or message.call_id != state.sweep:
        return Decision()
    page = EventPage.model_validate(message.result)
    effects, missed = _recorded(state.tenant, page, view, now)
    before = state.provider
    after, events = before, list[Said]()
    if missed:
        fields = {"version": before.version + 1, "updated_at": now, "last_missed_at": now}
        after = before.model_copy(update={**fields, "events_swept": before.events_swept + missed})
        events.append(Said("provider.webhooks_missed", after, before))
    state = state.model_copy(update={"provider": after, "cursor": page.after or state.cursor, "sweep": None})
    calls, due = list(effects.calls), dict(effects.due)
    if page.has_more:
        state, call = _asking(terms, state, now)
        calls.append(call)
    else:
        due[before.id] = now + timedelta(seconds=terms.sweep_seconds)
    return replace(
        effects, states=[*effects.states, state], events=[*effects.events, *events], calls=calls, due=due, outcome=None
    )


def configure(
    terms: Terms, command: Command, wish: SimulatedSettings, state: ProviderState | None, now: datetime
) -> Decision:
    """200 with the settings that hold from then on."""
    if command.livemode or terms.provider != SIMULATED:
        return refused("test_mode_only", "Only the simulated provider can be told how to behave.")
    state = state or _opened(terms, command.tenant, now)
    if state.step is not None:
        return refused("outcome_pending", "The settings are just being changed; try again when they are.")
    call_id = derived_id("call", now, command.tenant, command.id, "configure")
    call = Call(call_id, "configure", state.provider.id, json_of(wish))
    state = state.model_copy(update={"step": AccountStep(command_id=command.id, call_id=call_id)})
    return Decision(states=[state], calls=[call], outcome=Pending(wish))


def configured(message: Returned, state: ProviderState) -> Decision:
    """The provider has taken the settings."""
    if message.result is None or state.step is None or message.call_id != state.step.call_id:
        return Decision()
    asker, free = state.step.command_id, state.model_copy(update={"step": None})
    if message.result["result"] == "away":
        away = Away.model_validate(message.result)
        return Decision(states=[free], outcome=Refused("provider_unavailable", away.detail), answers=asker)
    settings = Configured.model_validate(message.result).settings
    return Decision(states=[free], outcome=Done(200, settings), answers=asker)


def _opened(terms: Terms, tenant: str, now: datetime) -> ProviderState:
    account = ProviderAccount(
        id=account_entity(terms.provider), name=terms.provider, created_at=now, updated_at=now, version=1
    )
    return ProviderState(tenant=tenant, provider=account)


def _asking(terms: Terms, state: ProviderState, now: datetime) -> tuple[ProviderState, Call]:
    request = ListEvents(after=state.cursor, created_before=now - timedelta(seconds=terms.sweep_after_seconds))
    call_id = derived_id("call", now, state.tenant, state.provider.id, state.cursor or "", "list_events")
    call = Call(call_id, "list_events", state.provider.id, json_of(request))
    return state.model_copy(update={"sweep": call_id}), call


def _recorded(tenant: str, page: EventPage, view: View, now: datetime) -> tuple[Decision, int]:
    """All effects of the page's events, one after the other, and how many of them were news."""
    seen, states, missed = dict(view), dict[Key, State](), 0
    whole = Decision()
    for event in (each for each in page.events if each.type in TYPES):
        one = record(tenant, event, seen, now, "sweep")
        changed = {state.key: state for state in one.states}
        missed += any(isinstance(state, ProviderEventState) for state in one.states)
        seen |= changed
        states |= changed
        whole = replace(
            whole,
            events=[*whole.events, *one.events],
            calls=[*whole.calls, *one.calls],
            due={**whole.due, **one.due},
        )
    return replace(whole, states=list(states.values())), missed
