"""A dispute as the provider's snapshots tell it: in any order and any number they come to the same.

Each part only moves forward: the status by its rank, the money from none to taken to returned, the evidence by how
often it was handed in. What else is told is taken from the latest snapshot. A snapshot that skips steps is told as
all the steps that it skipped, each with its event and version, in the one order that the ledger knows how to post.
"""

from datetime import datetime, timedelta
from typing import Any

from actors.payments.provider import DisputeStanding
from actors.payments.states import DisputeState, PaymentState
from actors.payments.versions import changed, dispute_said, said
from actors.runtime.decision import Said
from messages.disputes import Dispute, DisputeStatus, EvidenceDetails
from messages.ids import derived_id

S = DisputeStatus

RANKS = {
    S.WARNING_NEEDS_RESPONSE: 0,
    S.WARNING_UNDER_REVIEW: 1,
    S.NEEDS_RESPONSE: 2,
    S.UNDER_REVIEW: 3,
    S.WARNING_CLOSED: 4,
    S.PREVENTED: 4,
    S.WON: 4,
    S.LOST: 4,
}
"""A status is only followed by one of a higher rank; those of the highest are final."""

FINAL = frozenset(status for status, rank in RANKS.items() if rank == RANKS[S.LOST])
ANSWERABLE = frozenset({S.WARNING_NEEDS_RESPONSE, S.NEEDS_RESPONSE})
AGAINST_US = frozenset({S.NEEDS_RESPONSE, S.UNDER_REVIEW, S.LOST})
"""While it stands so, its amount counts as disputed. An inquiry moves no money."""

WARNINGS = (timedelta(hours=72), timedelta(hours=24), timedelta(0))
"""Before the deadline for evidence; the last is the deadline itself."""

_ENDS = {S.WON: "dispute.won", S.LOST: "dispute.lost"}


def dispute_id(tenant: str, provider: str, standing: DisputeStanding) -> str:
    """Follows from what is the same in every snapshot, so that any of them may be the first."""
    return derived_id("dsp", standing.created, tenant, provider, standing.reference)


def must_ask(known: DisputeState | None, standing: DisputeStanding) -> bool:
    """Lost, although nobody took the money: something is missing in between."""
    taken = standing.amount_withdrawn or (known.dispute.amount_withdrawn if known else 0)
    return standing.status is S.LOST and not taken


def contradicts(known: DisputeState | None, standing: DisputeStanding) -> bool:
    """It ended already, in another way."""
    if known is None or known.dispute.status not in FINAL:
        return False
    return standing.status in FINAL and standing.status is not known.dispute.status


def begun(payment: PaymentState, standing: DisputeStanding, now: datetime) -> DisputeState:
    """The first version: open, and no money has moved."""
    paid = payment.payment
    warned = standing.status.value.startswith("warning_")
    dispute = Dispute(
        id=dispute_id(payment.tenant, paid.provider, standing),
        livemode=paid.livemode,
        created_at=now,
        updated_at=now,
        status=S.WARNING_NEEDS_RESPONSE if warned else S.NEEDS_RESPONSE,
        amount=standing.amount,
        currency=standing.currency,
        payment=paid.id,
        customer_id=paid.customer_id,
        reason=standing.reason,
        evidence_details=EvidenceDetails(due_by=standing.due_by),
        destination=paid.destination,
        provider=paid.provider,
        provider_reference=standing.reference,
    )
    return DisputeState(tenant=payment.tenant, dispute=dispute, as_of="")


Told = tuple[DisputeState, list[Said]]
"""The dispute after something, and what is said of each step to it."""


def joined(known: DisputeState, standing: DisputeStanding, as_of: str, now: datetime) -> Told:
    """The dispute after the snapshot, and what is said of each step to it; nothing if it tells nothing new."""
    dispute, events = known.dispute, list[Said]()

    def step(event: str, **fields: Any) -> None:
        nonlocal dispute
        after = dispute.model_copy(update={"version": dispute.version + 1, "updated_at": now, **fields})
        events.append(dispute_said(event, after, dispute))
        dispute = after

    if standing.amount_withdrawn > dispute.amount_withdrawn:
        step("dispute.funds_withdrawn", amount_withdrawn=standing.amount_withdrawn, fee=standing.fee)
    told = _details(known, standing, as_of, dispute, now)
    if told["evidence_details"].submission_count > dispute.evidence_details.submission_count:
        step("dispute.evidence_submitted", **told)
    elif any(getattr(dispute, name) != value for name, value in told.items()):
        step("dispute.updated", **told)
    reinstated = known.reinstated or standing.reinstated
    if reinstated and not known.reinstated:
        step("dispute.funds_reinstated", fee_returned=min(standing.fee_returned, dispute.fee))
    if standing.status in FINAL and dispute.status not in FINAL:
        step(_ENDS.get(standing.status, "dispute.closed"), status=standing.status)
    fields = {"dispute": dispute, "as_of": max(as_of, known.as_of), "reinstated": reinstated}
    return known.model_copy(update=fields), events


def _details(
    known: DisputeState, standing: DisputeStanding, as_of: str, dispute: Dispute, now: datetime
) -> dict[str, Any]:
    """What is not money and no end: the status so far, and from the latest snapshot the reason and the evidence."""
    status = dispute.status
    if standing.status not in FINAL and RANKS[standing.status] > RANKS[status]:
        status = standing.status
    before = dispute.evidence_details
    count = max(before.submission_count, standing.submission_count)
    if as_of < known.as_of:
        details = before.model_copy(update={"submission_count": count, "has_evidence": count > 0})
        return {"status": status, "evidence_details": details}
    past_due = standing.due_by is not None and standing.due_by <= now
    details = EvidenceDetails(due_by=standing.due_by, has_evidence=count > 0, past_due=past_due, submission_count=count)
    return {
        "status": status,
        "reason": standing.reason,
        "amount": standing.amount,
        "evidence": standing.evidence,
        "evidence_details": details,
    }


def disputed(dispute: Dispute | None) -> int:
    """How much of the payment it holds in question."""
    return dispute.amount if dispute is not None and dispute.status in AGAINST_US else 0


def with_disputed(
    state: PaymentState, before: Dispute | None, after: Dispute, now: datetime
) -> tuple[PaymentState | None, list[Said]]:
    """The payment, if its disputed sum has changed by this, or how much of that is undecided."""
    more, undecided = disputed(after) - disputed(before), _undecided(after) - _undecided(before)
    if more == undecided == 0:
        return None, []
    state = state.model_copy(update={"undecided": max(0, state.undecided + undecided)})
    if more == 0:
        return state, []
    payment = changed(state.payment, now, amount_disputed=state.payment.amount_disputed + more)
    return state.model_copy(update={"payment": payment}), [said("payment.updated", payment, state.payment)]


def _undecided(dispute: Dispute | None) -> int:
    return disputed(dispute) if dispute is not None and dispute.status not in FINAL else 0


def next_warning(dispute: Dispute, now: datetime) -> datetime | None:
    """When its deadline is to be thought of again."""
    due_by = dispute.evidence_details.due_by
    if dispute.status not in ANSWERABLE or due_by is None:
        return None
    return min((due_by - before for before in WARNINGS if due_by - before > now), default=None)


def deadline_neared(state: DisputeState, now: datetime) -> Told:
    """The alarm: three days and one day before, and when it is too late."""
    before = state.dispute
    due_by = before.evidence_details.due_by
    if before.status not in ANSWERABLE or due_by is None:
        return state, []
    event, details = "dispute.deadline_neared", before.evidence_details
    if due_by <= now:
        event, details = "dispute.updated", details.model_copy(update={"past_due": True})
    fields = {"version": before.version + 1, "updated_at": now, "evidence_details": details}
    after = before.model_copy(update=fields)
    return state.model_copy(update={"dispute": after}), [dispute_said(event, after, before)]
