"""`reconciliation.run` and the alarm: gathers what is to be compared page by page, and opens and closes differences."""

from datetime import UTC, datetime, timedelta

from actors.payments.comparing import Finding, difference_id, findings
from actors.payments.keys import difference_key
from actors.payments.proposals import proposed
from actors.payments.refusals import not_found, refused
from actors.payments.states import DifferenceState, ReconciliationState
from actors.payments.terms import Terms
from actors.runtime.decision import Call, Decision, Done, Key, Pending, Returned, Said, State, View
from messages.balance import Moved
from messages.envelope import About, Command
from messages.ids import derived_id
from messages.reconciliation import Difference, Progress, Reconciliation, Unit, UnitPage, UnitsAsked
from messages.reconciliation import reconciliation_entity as entity_of
from messages.wire import json_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def begin(terms: Terms, tenant: str, state: ReconciliationState | None, now: datetime) -> Decision:
    """The alarm: what is new since the last run, and what was open then."""
    state = state or _opened(terms, tenant, now)
    if state.call is not None:
        return Decision()
    return _begun(terms, state, now, whole=False)


def run(terms: Terms | None, command: Command, state: ReconciliationState | None, now: datetime) -> Decision:
    """200 with the reconciliation once everything was compared, from the beginning."""
    if terms is None:
        return not_found("reconciliation", command.subject)
    state = state or _opened(terms, command.tenant, now)
    if state.asked_by is not None:
        return refused("outcome_pending", "All is being compared already; ask again when that is done.")
    pending = Pending(state.reconciliation)
    state = state.model_copy(update={"asked_by": command.id})
    if state.call is not None:
        return Decision(states=[state.model_copy(update={"again": True})], outcome=pending)
    begun = _begun(terms, state.model_copy(update={"progress": Progress()}), now, whole=True)
    return Decision(states=begun.states, calls=begun.calls, outcome=pending)


def gathered_needs(message: Returned) -> set[Key]:
    """Every difference that a page may open or close, however late it is by then."""
    keys = set[Key]()
    for unit in UnitPage.model_validate(message.result).units:
        since = unit.ours.since if unit.ours else _EPOCH
        either = [*findings(unit, since, timedelta(0)), *findings(unit, since, timedelta.max)]
        ids = {*unit.open, *(difference_id(message.tenant, unit, each) for each in either)}
        keys |= {difference_key(message.tenant, id_) for id_ in ids}
    return keys


def gathered(terms: Terms, message: Returned, state: ReconciliationState, view: View, now: datetime) -> Decision:
    """Compares a page, then asks for the next, or ends the run."""
    if message.result is None or message.call_id != state.call:
        return Decision()
    page = UnitPage.model_validate(message.result)
    late_after = timedelta(seconds=terms.late_after_seconds)
    states, events = list[State](), list[Said]()
    found = resolved = 0
    for unit in page.units:
        opened, closed = _judged(state, unit, view, now, late_after)
        states += [each for each, _ in (*opened, *closed)]
        events += [said for _, said in (*opened, *closed)]
        found, resolved = found + len(opened), resolved + len(closed)
    counted = _counted(state.reconciliation, len(page.units), found, resolved)
    state = state.model_copy(update={"reconciliation": counted, "progress": page.progress, "call": None})
    if state.again:
        again = state.model_copy(update={"again": False, "progress": Progress()})
        more = _begun(terms, again, now, whole=True)
    elif page.has_more:
        more = _asking(terms, state, now)
    else:
        more = _ended(terms, state, now)
    return Decision(
        states=[*states, *more.states],
        events=[*events, *more.events],
        calls=more.calls,
        due=more.due,
        outcome=more.outcome,
        answers=more.answers,
    )


Judged = list[tuple[DifferenceState, Said]]


def _judged(
    state: ReconciliationState, unit: Unit, view: View, now: datetime, late_after: timedelta
) -> tuple[Judged, Judged]:
    """The differences of a unit that are new or are there again, and those that are gone."""
    there = {difference_id(state.tenant, unit, each): each for each in findings(unit, now, late_after)}
    opened: Judged = []
    for id_, finding in there.items():
        known: DifferenceState | None = view.get(difference_key(state.tenant, id_))
        if known is None or known.difference.status == "resolved":
            opened.append(_open(state, unit, id_, finding, known, now))
    closed: Judged = []
    for id_ in unit.open:
        known = view.get(difference_key(state.tenant, id_))
        if id_ not in there and known is not None and known.difference.status == "open" and known.step is None:
            closed.append(ended(known, "resolved", now))
    return opened, closed


def _open(
    state: ReconciliationState,
    unit: Unit,
    id_: str,
    finding: Finding,
    known: DifferenceState | None,
    now: datetime,
) -> tuple[DifferenceState, Said]:
    before, ours = known.difference if known else None, unit.ours
    account = state.reconciliation
    booked = finding.booked
    reference = (booked.source or booked.reference) if booked else ours.provider_reference if ours else None
    fields = {
        "id": id_,
        "version": before.version + 1 if before else 1,
        "created_at": before.created_at if before else now,
        "updated_at": now,
        "livemode": account.livemode,
        "class": finding.class_,
        "amount": finding.amount,
        "currency": finding.currency,
        "payment": ours.payment if ours else None,
        "provider": account.provider,
        "provider_reference": reference,
        "sides": finding.sides,
        "proposed": proposed(account.provider, unit, finding),
        "unit": unit.id,
        "source": Moved(object=ours.object, id=ours.id) if ours else None,
    }
    difference = Difference.model_validate(fields)
    said = difference_said("reconciliation.difference.found", difference, before)
    return DifferenceState(tenant=state.tenant, difference=difference), said


def ended(
    known: DifferenceState, status: str, now: datetime, reason: str | None = None, transaction: str | None = None
) -> tuple[DifferenceState, Said]:
    """A difference that is no longer open, and what is said of it."""
    before = known.difference
    age = int((now - before.created_at).total_seconds())
    fields = {"status": status, "reason": reason, "transaction": transaction, "resolved_at": now, "age_seconds": age}
    after = before.model_copy(update={**fields, "updated_at": now, "version": before.version + 1})
    said = difference_said("reconciliation.difference.resolved", after, before)
    return known.model_copy(update={"difference": after, "step": None}), said


def difference_said(event: str, after: Difference, before: Difference | None) -> Said:
    """An event of a difference, about the payment that it is of."""
    return Said(event, after, before, About(payment=after.payment))


def _opened(terms: Terms, tenant: str, now: datetime) -> ReconciliationState:
    reconciliation = Reconciliation(
        id=entity_of(terms.provider),
        provider=terms.provider,
        livemode=terms.livemode,
        created_at=now,
        updated_at=now,
        version=1,
    )
    return ReconciliationState(tenant=tenant, reconciliation=reconciliation)


def _begun(terms: Terms, state: ReconciliationState, now: datetime, *, whole: bool) -> Decision:
    none = {"units_compared": 0, "differences_found": 0, "differences_resolved": 0}
    fields = {"status": "running", "whole": whole, "updated_at": now, **none}
    begun = state.reconciliation.model_copy(update=fields)
    return _asking(terms, state.model_copy(update={"reconciliation": begun}), now)


def _asking(terms: Terms, state: ReconciliationState, now: datetime) -> Decision:
    before = now - timedelta(seconds=terms.compare_after_seconds)
    wanted = UnitsAsked(provider=state.reconciliation.provider, progress=state.progress, before=before)
    seed = (state.tenant, state.reconciliation.id, state.progress.model_dump_json())
    call_id = derived_id("call", now, *seed, "gather")
    call = Call(call_id, "gather", state.reconciliation.id, {**json_of(wanted), "tenant": state.tenant})
    return Decision(states=[state.model_copy(update={"call": call_id})], calls=[call])


def _ended(terms: Terms, state: ReconciliationState, now: datetime) -> Decision:
    """A run that compared nothing and that nobody asked for is not told."""
    before = state.reconciliation
    fields = {"status": "idle", "completed_at": now, "updated_at": now}
    told = bool(before.units_compared) or state.asked_by is not None
    after = before.model_copy(update={**fields, "version": before.version + told})
    events = [Said("reconciliation.run.completed", after, before)] if told else []
    done = state.model_copy(update={"reconciliation": after, "asked_by": None})
    return Decision(
        states=[done],
        events=events,
        due={after.id: now + timedelta(seconds=terms.sweep_seconds)},
        outcome=Done(200, after) if state.asked_by else None,
        answers=state.asked_by,
    )


def _counted(before: Reconciliation, compared: int, found: int, resolved: int) -> Reconciliation:
    return before.model_copy(
        update={
            "units_compared": before.units_compared + compared,
            "differences_found": before.differences_found + found,
            "differences_resolved": before.differences_resolved + resolved,
        }
    )
