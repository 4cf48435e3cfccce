"""Settlements: payouts that the provider makes by itself, from our account there to our bank.

Nobody here asked for them: the first event that speaks of one begins it. Once it is paid, the provider is asked which
balance transactions it paid out; when their net adds up to its amount, it is reconciled.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from actors.payments.bookings import book, transaction_id
from actors.payments.in_turn import in_turn
from actors.payments.keys import booking_key
from actors.payments.moves import PAYOUT_MOVES, PAYOUT_RANKS
from actors.payments.payout_outcomes import settle_payout_look_up
from actors.payments.provider import BookingPage, ListBookings
from actors.payments.provider_facts import PayoutFact
from actors.payments.states import BookingState, Contents, PayoutState
from actors.payments.versions import payout_moved, payout_said
from actors.runtime.decision import Call, Decision, Returned, Said, State, View
from messages.balance import Booking
from messages.ids import derived_id, named_id
from messages.payouts import Payout, PayoutStatus
from messages.wire import json_of

BANK: Final = "assets:bank:main"
FIRST_WAIT = timedelta(minutes=1)
WAIT_MAX = timedelta(hours=12)
WAIT_IN_ALL = timedelta(days=7)

S = PayoutStatus

_STEPS = (
    (S.IN_TRANSIT, "payout.sent"),
    (S.PAID, "payout.paid"),
)


def settlement_id(tenant: str, provider: str, reference: str) -> str:
    """The same whichever of its events comes first."""
    return named_id("po", tenant, provider, reference)


def settlement_told(
    tenant: str, provider: str, state: PayoutState | None, fact: PayoutFact, now: datetime, *, livemode: bool
) -> Decision:
    """A payout of the provider's own: begun if it is new, then moved on to where it stands, step by step."""
    assert fact.settlement is not None, "only what nobody asked for is a settlement"
    events = list[Said]()
    if state is None:
        payout = Payout(
            id=settlement_id(tenant, provider, fact.settlement.reference),
            livemode=livemode,
            created_at=now,
            updated_at=now,
            status=S.PENDING,
            purpose="settlement",
            amount=fact.settlement.amount,
            currency=fact.settlement.currency,
            automatic=True,
            destination=BANK,
            arrival_date=fact.settlement.arrival_date,
            reconciliation_status="in_progress",
            provider=provider,
            provider_reference=fact.settlement.reference,
        )
        state = PayoutState(tenant=tenant, payout=payout)
        events.append(payout_said("payout.created", payout))
    state, more = _moved_on(state, fact, now)
    events += more
    if state.payout.status is S.PAID:
        return with_contents(Decision(states=[state], events=events), state, now)
    due = {state.payout.id: now + timedelta(hours=1) if state.payout.status is not S.FAILED else None}
    return Decision(states=[state], events=events, due=due)


def looked_up(told: Decision, now: datetime) -> Decision:
    """What a look-up found; of a settlement that has arrived, the contents are asked for."""
    after = next((each for each in told.states if isinstance(each, PayoutState)), None)
    if after is None or after.payout.purpose != "settlement" or after.payout.status is not S.PAID:
        return told
    return with_contents(told, after, now)


def with_contents(told: Decision, state: PayoutState, now: datetime) -> Decision:
    """And the provider is asked what it paid out with it, unless that is known or being asked."""
    if state.payout.reconciliation_status != "in_progress" or state.contents.call_id is not None:
        return told
    after, call = _asking(state, None, now)
    kept = [each for each in told.states if each.key != state.key]
    return replace(told, states=[*kept, after], calls=[*told.calls, call])


def contents_fell_due(state: PayoutState, now: datetime) -> Decision:
    """The alarm of what did not add up yet."""
    return with_contents(Decision(), state, now)


def contents_listed(message: Returned, state: PayoutState, view: View, now: datetime) -> Decision:
    """A page of what was paid out with it. After the last, either all of it adds up, or it is asked for again later."""
    if message.result is None or message.call_id != state.contents.call_id:
        return Decision()
    if state.payout.status is not S.PAID:  # it has come back meanwhile
        return Decision(states=[state.model_copy(update={"contents": Contents()})])
    if message.result["result"] == "away":
        return _added_up(
            Decision(), state.model_copy(update={"contents": Contents(attempts=state.contents.attempts)}), now
        )
    page, payout = BookingPage.model_validate(message.result), state.payout
    provider = payout.provider
    steps: list[Callable[[View], Decision]] = []
    for booking in page.bookings:
        steps.append(partial(book, state.tenant, provider, booking, now=now, livemode=payout.livemode))
        steps.append(partial(_paid_with, state, booking, now))
    effects = in_turn(view, steps)
    contents = Contents(
        net=state.contents.net + sum(each.net for each in page.bookings if each.currency == payout.currency),
        attempts=state.contents.attempts,
    )
    state = state.model_copy(update={"contents": contents})
    if page.has_more:
        state, call = _asking(state, page.after, now)
        return replace(effects, states=[*effects.states, state], calls=[*effects.calls, call])
    return _added_up(effects, state, now)


def _added_up(effects: Decision, state: PayoutState, now: datetime) -> Decision:
    before = state.payout
    if state.contents.net == before.amount:
        fields = {"reconciliation_status": "completed", "updated_at": now, "version": before.version + 1}
        after = before.model_copy(update=fields)
        said = payout_said("payout.reconciled", after, before)
        done = state.model_copy(update={"payout": after})
        return replace(
            effects,
            states=[*effects.states, done],
            events=[*effects.events, said],
            due={**effects.due, before.id: None},
        )
    attempts = state.contents.attempts + 1
    wait = min(FIRST_WAIT * 2 ** min(attempts, 16), WAIT_MAX)
    again = now + wait if now + wait < before.created_at + WAIT_IN_ALL else None
    left = state.model_copy(update={"contents": state.contents.model_copy(update={"attempts": attempts})})
    return replace(effects, states=[*effects.states, left], due={**effects.due, before.id: again})


def _asking(state: PayoutState, after: str | None, now: datetime) -> tuple[PayoutState, Call]:
    payout = state.payout
    wanted = ListBookings(after=after, created_before=now, payout=payout.provider_reference)
    seed = (state.tenant, payout.id, after or "", str(state.contents.attempts))
    call_id = derived_id("call", now, *seed, "list_bookings")
    net = state.contents.net if after is not None else 0
    contents = Contents(call_id=call_id, net=net, attempts=state.contents.attempts)
    return state.model_copy(update={"contents": contents}), Call(call_id, "list_bookings", payout.id, json_of(wanted))


def _paid_with(state: PayoutState, booking: Booking, now: datetime, view: View) -> Decision:
    """The balance transaction knows with which payout it left."""
    id_ = transaction_id(state.tenant, state.payout.provider, booking.id)
    kept: BookingState | None = view.get(booking_key(state.tenant, id_))
    if kept is None or kept.balance_transaction.payout == state.payout.id:
        return Decision()
    before = kept.balance_transaction
    fields = {"payout": state.payout.id, "updated_at": now, "version": before.version + 1}
    states: list[State] = [kept.model_copy(update={"balance_transaction": before.model_copy(update=fields)})]
    return Decision(states=states)


def _moved_on(state: PayoutState, fact: PayoutFact, now: datetime) -> tuple[PayoutState, list[Said]]:
    """Each step that was skipped is told, in the order in which the ledger posts them."""
    payout, events = state.payout, list[Said]()
    for status, event in _STEPS:
        if PAYOUT_RANKS[payout.status] < PAYOUT_RANKS[fact.status] and status in PAYOUT_MOVES[payout.status]:
            if status is S.PAID and fact.status is not S.PAID:
                continue  # it came back, and whether it had arrived before nobody told
            fields = {"arrival_date": payout.arrival_date or now.date().isoformat()} if status is S.PAID else {}
            after = payout_moved(payout, status, now, **fields)
            events.append(payout_said(event, after, payout))
            payout = after
    state = state.model_copy(update={"payout": payout})
    if fact.status in (S.FAILED, S.CANCELED) and payout.status in (S.IN_TRANSIT, S.PAID):
        found = settle_payout_look_up(state, fact.result, now)
        failed = next(each for each in found.states if isinstance(each, PayoutState))
        return failed, [*events, *found.events]
    return state, events
