"""What became of a payout: by the provider's answer, by looking it up later, or as a test has it."""

from datetime import datetime, timedelta

from actors.payments.payouts import AWAY, payout_call
from actors.payments.provider import ActionNeeded, Away, Declined, LookUpPayout, Outcome, SettlePayout, Taken
from actors.payments.refusals import refused, wrong_state
from actors.payments.states import PayoutState, PayoutStep
from actors.payments.versions import payout_moved, payout_said
from actors.payments.wallet import LET_GO
from actors.runtime.decision import Answered, Call, Decision, Done, Pending, Refused, Said, Wish
from messages import ledger, ledger_commands
from messages.envelope import About, Command
from messages.ids import derived_id
from messages.payouts import Payout, PayoutStatus, SimulatePayout
from messages.wire import json_of

LOOK_AGAIN_AFTER = timedelta(hours=1)
"""For a payout in transit, when the provider doesn't say how soon to ask."""
AWAY_LOOK_AGAIN_AFTER = timedelta(minutes=1)
SENT = frozenset({PayoutStatus.IN_TRANSIT, PayoutStatus.PAID})


def settle_payout(state: PayoutState, step: PayoutStep, result: Outcome, now: datetime) -> Decision:
    """The provider answered the payout's call: on its way, or the money is back in the wallet."""
    match result:
        case Taken():
            return _sent(state, step, result, now)
        case Declined() | Away():
            return _not_sent(state, step, result, now)
        case ActionNeeded():
            raise ValueError(f"the payout {state.payout.id} cannot need the customer")


def simulate(command: Command, wish: SimulatePayout, state: PayoutState, now: datetime) -> Decision:
    """200 with the payout as it then stands; `fail` also sends back what was paid."""
    payout = state.payout
    if payout.livemode:
        return refused("test_mode_only", "Only a test tenant's payouts can be simulated.")
    allowed = SENT if wish.outcome == "fail" else {PayoutStatus.IN_TRANSIT}
    if payout.status not in allowed or payout.provider_reference is None:
        return wrong_state(payout, "settled so", allowed)
    request = SettlePayout(reference=payout.provider_reference, outcome=wish.outcome)
    after, call = payout_call(state, "settle_payout", command.id, request, now)
    return Decision(states=[after], calls=[call], outcome=Pending(payout))


def settle_simulated(state: PayoutState, step: PayoutStep, result: Outcome, now: datetime) -> Decision:
    """What a look-up would have found."""
    after, events, due = _found(state.payout, result, now)
    outcome = Refused(AWAY, result.detail) if isinstance(result, Away) else Done(200, after)
    return Decision(
        states=[state.model_copy(update={"payout": after, "step": None})],
        events=events,
        due=due,
        outcome=outcome,
        answers=step.command_id,
    )


def look_up_payout(state: PayoutState, now: datetime) -> Decision:
    """The alarm of a payout that is on its way, or that may still come back."""
    payout = state.payout
    known = payout.status in SENT or (payout.purpose == "settlement" and payout.status is PayoutStatus.PENDING)
    if not known or state.look_up is not None or payout.provider_reference is None:
        return Decision()
    call_id = derived_id("call", now, state.tenant, payout.id, str(payout.version), "look_up_payout")
    call = Call(call_id, "look_up_payout", payout.id, json_of(LookUpPayout(reference=payout.provider_reference)))
    return Decision(states=[state.model_copy(update={"look_up": call_id})], calls=[call])


def settle_payout_look_up(state: PayoutState, result: Outcome, now: datetime) -> Decision:
    """How the payout stands now. What hasn't changed is not told."""
    after, events, due = _found(state.payout, result, now)
    return Decision(states=[state.model_copy(update={"payout": after, "look_up": None})], events=events, due=due)


def check_let_go(answer: Answered) -> Decision:
    """The hold of what was not sent is void. Raises ValueError when it isn't: the customer's money is stuck there."""
    if answer.status >= 300 and answer.body.get("status_now") not in LET_GO:
        raise ValueError(f"the hold of {answer.entity} was not let go: {answer.body.get('detail')}")
    return Decision()


def _sent(state: PayoutState, step: PayoutStep, result: Taken, now: datetime) -> Decision:
    before = state.payout
    after = payout_moved(before, PayoutStatus.IN_TRANSIT, now, provider_reference=result.reference)
    events, due = [payout_said("payout.sent", after, before)], _look_again(after, result, now)
    if not result.pending:
        after, more, due = _found(after, result, now)
        events += more
    return Decision(
        states=[state.model_copy(update={"payout": after, "step": None})],
        events=events,
        due=due,
        outcome=Done(201, after),
        answers=step.command_id,
    )


def _not_sent(state: PayoutState, step: PayoutStep, result: Declined | Away, now: datetime) -> Decision:
    before = state.payout
    if isinstance(result, Away):
        status, event, code, failure = PayoutStatus.CANCELED, "payout.canceled", AWAY, AWAY
    else:
        status, event, code = PayoutStatus.FAILED, "payout.failed", result.code
        failure = result.decline_code or code
    after = payout_moved(before, status, now, failure_code=failure, failure_detail=result.detail)
    about, hold = About(customer_id=after.customer_id), ledger.payout_hold(after.id)
    return Decision(
        states=[state.model_copy(update={"payout": after, "step": None})],
        events=[payout_said(event, after, before)],
        commands=[Wish(ledger.ACTOR, "hold.void", hold, ledger_commands.VoidHold(), after.id, about)],
        outcome=Refused(code, result.detail, {"payout": json_of(after)}),
        answers=step.command_id,
    )


Found = tuple[Payout, list[Said], dict[str, datetime | None]]
"""The payout now, what is said of it, and when to look again."""


def _found(payout: Payout, result: Outcome, now: datetime) -> Found:
    """What was sent and now stands as the provider says. A status is never moved back."""
    match result:
        case Declined() if payout.status in SENT:
            failure = result.decline_code or result.code
            told = {"failure_code": failure, "failure_detail": result.detail}
            told |= {"reconciliation_status": "not_applicable"} if payout.purpose == "settlement" else {}
            after = payout_moved(payout, PayoutStatus.FAILED, now, **told)
            return after, [payout_said("payout.failed", after, payout)], {payout.id: None}
        case Taken(pending=False) if payout.status is PayoutStatus.IN_TRANSIT:
            after = payout_moved(payout, PayoutStatus.PAID, now, arrival_date=now.date().isoformat())
            return after, [payout_said("payout.paid", after, payout)], _look_again(payout, result, now)
        case Taken():
            return payout, [], _look_again(payout, result, now)
        case Away() if payout.status in SENT:
            return payout, [], {payout.id: now + AWAY_LOOK_AGAIN_AFTER}
        case _:
            return payout, [], {}


def _look_again(payout: Payout, result: Taken, now: datetime) -> dict[str, datetime | None]:
    if result.look_again_seconds is not None:
        return {payout.id: now + timedelta(seconds=result.look_again_seconds)}
    return {payout.id: now + LOOK_AGAIN_AFTER} if result.pending else {}
