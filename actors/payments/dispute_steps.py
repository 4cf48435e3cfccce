"""`dispute.…`: evidence is handed in, a dispute is given up; and in tests, opened or closed as its bank would."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from actors.payments.dispute_facts import dispute_found
from actors.payments.disputes import ANSWERABLE, RANKS, S
from actors.payments.operations import began, opened
from actors.payments.provider import (
    Away,
    CloseDispute,
    Declined,
    DisputeOutcome,
    HandInEvidence,
    OfDispute,
    OpenDispute,
)
from actors.payments.refusals import refused, wrong_state
from actors.payments.states import DisputeState, DisputeStep, Operation, PaymentState
from actors.runtime.decision import Call, Decision, Done, Pending, Refused
from messages import disputes
from messages.envelope import Command
from messages.ids import derived_id
from messages.payments import WALLET, PaymentStatus
from messages.wire import Wire, json_of

OPEN = frozenset(status for status, rank in RANKS.items() if rank < RANKS[S.LOST])
INQUIRIES = frozenset({S.WARNING_NEEDS_RESPONSE, S.WARNING_UNDER_REVIEW})


def submit_evidence(command: Command, wish: disputes.SubmitEvidence, state: DisputeState, now: datetime) -> Decision:
    """200 with the dispute, now `under_review`; until its deadline."""
    dispute = state.dispute
    if dispute.status not in ANSWERABLE:
        return wrong_state(dispute, "answered with evidence", ANSWERABLE)
    due_by = dispute.evidence_details.due_by
    if due_by is not None and due_by <= now:
        return refused("evidence_deadline_passed", f"Evidence was taken until {due_by:%Y-%m-%dT%H:%M:%SZ}.")
    said = {name: value for name, value in wish.model_dump().items() if value is not None}
    evidence = dispute.evidence.model_copy(update=said)
    if not any(evidence.model_dump().values()):
        known = ", ".join(disputes.Evidence.model_fields)
        return refused("validation_failed", f"Nothing is said against the dispute; say one of {known}.")
    request = HandInEvidence(reference=dispute.provider_reference or "", evidence=evidence)
    return _step(command, state, "submit_evidence", request, now)


def accept(command: Command, state: DisputeState, now: datetime) -> Decision:
    """200 with the dispute, now `lost`. An inquiry has nothing that could be given up: refund the payment."""
    dispute = state.dispute
    if dispute.status not in OPEN - INQUIRIES:
        return wrong_state(dispute, "accepted", OPEN - INQUIRIES)
    return _step(command, state, "accept_dispute", OfDispute(reference=dispute.provider_reference or ""), now)


def close(command: Command, wish: disputes.CloseDispute, state: DisputeState, now: datetime) -> Decision:
    """200 with the dispute, won or lost as a test has it."""
    dispute = state.dispute
    if dispute.livemode:
        return refused("test_mode_only", "Only a test tenant's disputes can be simulated.")
    if dispute.status not in OPEN:
        return wrong_state(dispute, "closed", OPEN)
    request = CloseDispute(reference=dispute.provider_reference or "", outcome=wish.outcome)
    return _step(command, state, "close_dispute", request, now)


def open_dispute(command: Command, state: PaymentState, now: datetime) -> Decision:
    """201 with the dispute that a test wants of this payment."""
    payment = state.payment
    if payment.livemode:
        return refused("test_mode_only", "Only a test tenant's payments can be disputed at will.")
    if payment.status is not PaymentStatus.SUCCEEDED or payment.provider_reference is None:
        return wrong_state(payment, "disputed", {PaymentStatus.SUCCEEDED})
    if payment.provider == WALLET:
        return refused("not_refundable", "What a wallet paid, no bank can take back.")
    operation = Operation(kind="open_dispute", command_id=command.id, success_status=201)
    step = opened(state, operation, OpenDispute(reference=payment.provider_reference), now)
    return began(step, outcome=Pending(payment))


def settle_open(
    state: PaymentState, operation: Operation, known: DisputeState | None, result: DisputeOutcome, now: datetime
) -> Decision:
    """The simulated bank answered: the dispute is there, or there was nothing left to dispute."""
    free = state.model_copy(update={"operation": None})
    if isinstance(result, Declined | Away):
        code = result.code if isinstance(result, Declined) else "provider_unavailable"
        outcome = Refused(code, result.detail)
        return Decision(states=[free], outcome=outcome, answers=operation.command_id)
    told = dispute_found(free, known, result, now)
    states = [*told.states, *([] if any(isinstance(each, PaymentState) for each in told.states) else [free])]
    (dispute,) = (each.dispute for each in states if isinstance(each, DisputeState))
    outcome = Done(operation.success_status, dispute)
    return replace(told, states=states, outcome=outcome, answers=operation.command_id)


def _step(
    command: Command,
    state: DisputeState,
    kind: Literal["submit_evidence", "accept_dispute", "close_dispute"],
    request: Wire,
    now: datetime,
) -> Decision:
    dispute = state.dispute
    call_id = derived_id("call", now, state.tenant, dispute.id, str(dispute.version), command.id, kind)
    step = DisputeStep(kind=kind, command_id=command.id, call_id=call_id)
    call = Call(call_id, kind, dispute.id, json_of(request))
    return Decision(states=[state.model_copy(update={"step": step})], calls=[call], outcome=Pending(dispute))
