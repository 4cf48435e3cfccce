"""What the simulated provider does with disputes, in an open transaction of its books."""

import json
from datetime import UTC, datetime, timedelta
from sqlite3 import Connection

from actors.payments.provider import CloseDispute, Declined, DisputeStanding, HandInEvidence, OfDispute, OpenDispute
from actors.payments.provider_facts import standing_of
from actors.payments.simulated_bookings import DISPUTE_FEE
from actors.payments.simulated_events import tell
from actors.payments.simulated_journal import ChargeRow, charge_row, note, reference_of
from messages.payments import SIMULATED
from messages.wire import Json

ANSWER_WITHIN = timedelta(days=14)

Answer = DisputeStanding | Declined


def open_dispute(books: Connection, key: str, request: Json) -> Answer:
    """The bank takes what is left of a charge, and the provider its fee."""
    asked = OpenDispute.model_validate(request)
    charge = charge_row(books, asked.reference)
    if charge is None or charge.status != "captured":
        return _no(f"There is no captured charge {asked.reference} to dispute.")
    if books.execute("select 1 from disputes where charge = ?", (charge.reference,)).fetchone():
        return _no("This charge was disputed before.")
    if charge.captured == charge.refunded:
        return _no("Nothing is left of this charge that could be disputed.")
    return standing_of(SIMULATED, dispute(books, charge, key))


def dispute(books: Connection, charge: ChargeRow, key: str) -> Json:
    """The new dispute, as the provider tells it."""
    reference, now = reference_of("sim_dp", key), datetime.now(UTC)
    amount = charge.captured - charge.refunded
    taken = {"amount": -amount, "fee": DISPUTE_FEE, "net": -amount - DISPUTE_FEE, "currency": charge.currency.lower()}
    told: Json = {
        "id": reference,
        "object": "dispute",
        "charge": charge.reference,
        "created": int(now.timestamp()),
        "status": "needs_response",
        "amount": amount,
        "currency": charge.currency.lower(),
        "reason": "fraudulent",
        "balance_transactions": [{**taken, "reporting_category": "dispute"}],
        "evidence": {},
        "evidence_details": {"due_by": int((now + ANSWER_WITHIN).timestamp()), "submission_count": 0},
    }
    books.execute("insert into disputes values (?, ?, ?)", (reference, charge.reference, json.dumps(told)))
    note(books, "dispute_withdrawn", charge, amount, key, reference)
    tell(books, "charge.dispute.created", {**told, "balance_transactions": []})
    tell(books, "charge.dispute.funds_withdrawn", told)
    return told


def submit_evidence(books: Connection, key: str, request: Json) -> Answer:  # noqa: ARG001 - every operation has a key
    """It goes to the bank, which takes its time."""
    asked = HandInEvidence.model_validate(request)
    told = _found(books, asked.reference)
    if told is None or told["status"] != "needs_response":
        return _no("The dispute takes no evidence, or no longer.")
    details = told["evidence_details"]
    details = {**details, "has_evidence": True, "submission_count": details["submission_count"] + 1}
    evidence = asked.evidence.model_dump()
    return _told(books, {**told, "status": "under_review", "evidence": evidence, "evidence_details": details})


def accept_dispute(books: Connection, key: str, request: Json) -> Answer:
    """The money is the customer's for good."""
    return _closed(books, OfDispute.model_validate(request).reference, "lost", key)


def close_dispute(books: Connection, key: str, request: Json) -> Answer:
    """The bank has decided, as a test has it. Won, the money comes back, and the fee does not."""
    asked = CloseDispute.model_validate(request)
    return _closed(books, asked.reference, asked.outcome, key)


def look_up_dispute(books: Connection, key: str, request: Json) -> Answer:  # noqa: ARG001 - every operation has a key
    """How it stands."""
    told = _found(books, OfDispute.model_validate(request).reference)
    return standing_of(SIMULATED, told) if told else _no("There is no such dispute.")


def _closed(books: Connection, reference: str, outcome: str, key: str) -> Answer:
    found = _found(books, reference)
    if found is None or found["status"] in ("won", "lost"):
        return _no("The dispute has ended, or there is none.")
    charge = charge_row(books, found["charge"])
    assert charge is not None, "a dispute has its charge"
    told: Json = {**found, "status": outcome}
    if outcome == "won":
        back = {"amount": told["amount"], "fee": 0, "net": told["amount"], "currency": told["currency"]}
        moves = [*told["balance_transactions"], {**back, "reporting_category": "dispute_reversal"}]
        told = {**told, "balance_transactions": moves}
        tell(books, "charge.dispute.funds_reinstated", told)
    note(books, "dispute_reinstated" if outcome == "won" else "dispute_lost", charge, told["amount"], key, reference)
    return _told(books, told, "charge.dispute.closed")


def _told(books: Connection, told: Json, event: str = "charge.dispute.updated") -> DisputeStanding:
    books.execute("update disputes set told = ? where reference = ?", (json.dumps(told), told["id"]))
    tell(books, event, told)
    return standing_of(SIMULATED, told)


def _found(books: Connection, reference: str) -> Json | None:
    row = books.execute("select told from disputes where reference = ?", (reference,)).fetchone()
    return json.loads(row[0]) if row else None


def _no(detail: str) -> Declined:
    return Declined(code="not_refundable", detail=detail)
