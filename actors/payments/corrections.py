"""`difference.apply` and `difference.dismiss`: an operator ends a difference."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from actors.payments import dispute_facts, payout_outcomes, refund_outcomes
from actors.payments.charge_facts import charge_told
from actors.payments.comparing import difference_id, findings
from actors.payments.keys import entity_key
from actors.payments.provider_facts import ChargeFact, Named
from actors.payments.reconciling import ended
from actors.payments.refusals import not_found, outcome_pending, refused, wrong_state
from actors.payments.states import DifferenceState, DifferenceStep, DisputeState, PaymentState, PayoutState, RefundState
from actors.payments.terms import Terms
from actors.runtime.decision import Answered, Call, Decision, Done, Key, Pending, Refused, Returned, View, Wish
from messages import ledger, ledger_commands
from messages.envelope import About, Command
from messages.ids import derived_id
from messages.ledger_commands import PostingWish
from messages.reconciliation import (
    ApplyCorrection,
    Difference,
    DismissDifference,
    EventAsked,
    EventFound,
    Progress,
    UnitPage,
    UnitsAsked,
)
from messages.wire import Wire, json_of

Asking = Literal["gather", "find_event"]


def correction_needs(state: DifferenceState | None) -> set[Key]:
    """What it is about."""
    if state is None or state.difference.source is None:
        return set()
    return {entity_key(state.tenant, state.difference.source.id)}


def dismiss(command: Command, wish: DismissDifference, state: DifferenceState | None, now: datetime) -> Decision:
    """200 with the difference; it is not told again as long as the sides stay as they are."""
    if refusal := _not_open(command, state):
        return refusal
    assert state is not None, "what is open is there"
    after, said = ended(state, "dismissed", now, wish.reason)
    return Decision(states=[after], events=[said], outcome=Done(200, after.difference))


def apply(
    command: Command, wish: ApplyCorrection, state: DifferenceState | None, view: View, now: datetime
) -> Decision:
    """Does what is proposed. 200 with the difference, `corrected`; a look-up leaves it open until it has healed."""
    if refusal := _not_open(command, state):
        return refusal
    assert state is not None, "what is open is there"
    difference = state.difference
    match difference.proposed.action:
        case "look_up":
            return _looks_up(state, view, now)
        case "post":
            asked = UnitsAsked(provider=difference.provider, progress=Progress(), before=now, only=difference.unit)
            return _asks(command, wish, state, "gather", asked, now)
        case "post_fact":
            asked = EventAsked(entity=difference.unit, types=difference.proposed.missed)
            return _asks(command, wish, state, "find_event", asked, now)
        case "none":
            return refused("wrong_state", "Nothing is proposed for this difference: wait, or dismiss it.")


def looked_again(terms: Terms, message: Returned, state: DifferenceState, now: datetime) -> Decision:
    """As the sides are now: the correction goes to the ledger, unless they agree by now, or differ in another way."""
    step = state.step
    if message.result is None or step is None or message.call_id != step.call_id:
        return Decision()
    late_after = timedelta(seconds=terms.late_after_seconds)
    units, id_ = UnitPage.model_validate(message.result).units, state.difference.id
    if not any(
        difference_id(state.tenant, unit, each) == id_ for unit in units for each in findings(unit, now, late_after)
    ):
        free = state.model_copy(update={"step": None})
        no = Refused("wrong_state", "The sides do not differ in this way any more; look at them again.")
        return Decision(states=[free], outcome=no, answers=step.command_id)
    return Decision(
        states=[state.model_copy(update={"step": step.model_copy(update={"kind": "post", "call_id": None})})],
        commands=[_correction(state.difference, step.reason, now)],
    )


def event_found(message: Returned, state: DifferenceState) -> Decision:
    """The event that the ledger missed goes to it once more."""
    step = state.step
    if message.result is None or step is None or message.call_id != step.call_id:
        return Decision()
    event = EventFound.model_validate(message.result).event
    if event is None:
        free = state.model_copy(update={"step": None})
        no = Refused("wrong_state", "Nothing was ever said that the ledger could have missed.")
        return Decision(states=[free], outcome=no, answers=step.command_id)
    difference = state.difference
    wish = ledger_commands.PostFact(event=event)
    about = About(payment=difference.payment)
    return Decision(
        states=[state.model_copy(update={"step": step.model_copy(update={"kind": "post", "call_id": None})})],
        commands=[Wish(ledger.ACTOR, "fact.post", difference.id, wish, difference.id, about)],
    )


def posted(answer: Answered, state: DifferenceState, now: datetime) -> Decision:
    """The ledger has posted it, or said no."""
    step = state.step
    if step is None or step.kind != "post":
        return Decision()
    if answer.status >= 300:
        free = state.model_copy(update={"step": None})
        detail = str(answer.body.get("detail") or "The ledger refused.")
        no = Refused(str(answer.body.get("code") or "unavailable"), detail)
        return Decision(states=[free], outcome=no, answers=step.command_id)
    transaction = str(answer.body.get("id")) if answer.body.get("object") == "ledger_transaction" else None
    after, said = ended(state, "corrected", now, step.reason, transaction)
    return Decision(states=[after], events=[said], outcome=Done(200, after.difference), answers=step.command_id)


def _not_open(command: Command, state: DifferenceState | None) -> Decision | None:
    if state is None:
        return not_found("difference", command.subject)
    if state.step is not None:
        return outcome_pending(state.difference, state.step.kind)
    if state.difference.status != "open":
        return wrong_state(state.difference, "ended", ["open"])
    return None


def _looks_up(state: DifferenceState, view: View, now: datetime) -> Decision:
    source = state.difference.source
    assert source is not None, "only what is ours is looked up"
    match view.get(entity_key(state.tenant, source.id)):
        case PaymentState(operation=None) as about:
            named = Named("payment", source.id, (state.difference.provider_reference or "",))
            begun = charge_told(about, ChargeFact(named, "captured", state.difference.sides.provider or 0), now)
        case RefundState() as about:
            begun = refund_outcomes.look_up(about, now)
        case PayoutState(step=None) as about:
            begun = payout_outcomes.look_up_payout(about, now)
        case DisputeState(step=None) as about:
            begun = dispute_facts.look_up(about, now)
        case _:
            begun = None
    if begun is None or not (begun.calls or begun.events):
        return refused("outcome_pending", "The provider is being asked already.")
    return replace(begun, outcome=Done(200, state.difference))


def _correction(difference: Difference, reason: str | None, now: datetime) -> Wish:
    wish = ledger_commands.CreateTransaction(
        postings=[PostingWish.model_validate(json_of(line)) for line in difference.proposed.postings],
        description=f"Corrects {difference.id} ({difference.class_})",
        metadata={"difference": difference.id},
        reason=reason or f"Reconciliation: {difference.class_}",
    )
    transaction = derived_id("txn", now, difference.id, str(difference.version), "correction")
    return Wish(ledger.ACTOR, "transaction.create", transaction, wish, difference.id, About(payment=difference.payment))


def _asks(
    command: Command, wish: ApplyCorrection, state: DifferenceState, kind: Asking, asked: Wire, now: datetime
) -> Decision:
    difference = state.difference
    call_id = derived_id("call", now, state.tenant, difference.id, command.id, kind)
    step = DifferenceStep(kind=kind, command_id=command.id, call_id=call_id, reason=wish.reason)
    call = Call(call_id, kind, difference.id, {**json_of(asked), "tenant": state.tenant})
    return Decision(states=[state.model_copy(update={"step": step})], calls=[call], outcome=Pending(difference))
