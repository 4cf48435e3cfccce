"""A tenant's account with the provider: the sweep for events that no webhook brought, and in tests its behaviour."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from actors.payments.bookings import asking_for_bookings, listed
from actors.payments.in_turn import in_turn
from actors.payments.provider import Away, Configured, EventPage, ListEvents
from actors.payments.provider_events import record
from actors.payments.refusals import refused
from actors.payments.states import AccountStep, ProviderEventState, ProviderState
from actors.payments.terms import Terms
from actors.runtime.decision import Call, Decision, Done, Pending, Refused, Returned, Said, View
from messages.envelope import Command
from messages.ids import derived_id
from messages.payments import SIMULATED
from messages.provider_events import TYPES, ProviderAccount, SimulatedSettings, account_entity
from messages.wire import json_of


def begin_sweep(terms: Terms, tenant: str, state: ProviderState | None, now: datetime) -> Decision:
    """The alarm: asks for the events after the cursor that are old enough for their webhook to have come, and for the
    balance transactions.
    """
    state, calls = state or opened_account(terms, tenant, now), list[Call]()
    if state.sweep is None:
        state, call = _asking(terms, state, now)
        calls.append(call)
    if state.booking is None:
        state, call = asking_for_bookings(terms, state, now)
        calls.append(call)
    return Decision(states=[state], calls=calls) if calls else Decision()


def answered(terms: Terms, message: Returned, state: ProviderState, view: View, now: datetime) -> Decision:
    """The provider has spoken of the account."""
    match message.operation:
        case "list_events":
            return swept(terms, message, state, view, now)
        case "list_bookings":
            return listed(terms, message, state, view, now)
        case _:
            return configured(message, state)


def swept(terms: Terms, message: Returned, state: ProviderState, view: View, now: datetime) -> Decision:
    """Records the events of a page that nobody told us, then asks for the next page or waits for the next time."""
    if message.result is None or message.call_id != state.sweep:
        return Decision()
    if message.result["result"] == "away":
        due = {state.provider.id: now + timedelta(seconds=terms.sweep_seconds)}
        return Decision(states=[state.model_copy(update={"sweep": None})], due=due)
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
    terms: Terms | None, command: Command, wish: SimulatedSettings, state: ProviderState | None, now: datetime
) -> Decision:
    """200 with the settings that hold from then on."""
    if command.livemode or terms is None or (terms.kind or terms.provider) != SIMULATED:
        return refused("test_mode_only", "Only the simulated provider can be told how to behave.")
    if terms.tenant not in (None, command.tenant):
        return refused("role_missing", f"All share this account; its own tenant, {terms.tenant}, says how it behaves.")
    state = state or opened_account(terms, command.tenant, now)
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


def opened_account(terms: Terms, tenant: str, now: datetime) -> ProviderState:
    """A tenant's account of which nothing is known yet."""
    account = ProviderAccount(
        id=account_entity(terms.provider),
        name=terms.provider,
        livemode=terms.livemode,
        created_at=now,
        updated_at=now,
        version=1,
    )
    return ProviderState(tenant=tenant, provider=account)


def _asking(terms: Terms, state: ProviderState, now: datetime) -> tuple[ProviderState, Call]:
    request = ListEvents(after=state.cursor, created_before=now - timedelta(seconds=terms.sweep_after_seconds))
    call_id = derived_id("call", now, state.tenant, state.provider.id, state.cursor or "", "list_events")
    call = Call(call_id, "list_events", state.provider.id, json_of(request))
    return state.model_copy(update={"sweep": call_id}), call


def _recorded(tenant: str, page: EventPage, view: View, now: datetime) -> tuple[Decision, int]:
    """All effects of the page's events, and how many of them were news."""
    wanted = [event for event in page.events if event.type in TYPES]
    effects = in_turn(view, [partial(record, tenant, event, now=now, found_by="sweep") for event in wanted])
    return effects, sum(isinstance(state, ProviderEventState) for state in effects.states)
