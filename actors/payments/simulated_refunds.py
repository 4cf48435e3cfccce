"""What the simulated provider does with refunds, in an open transaction of its books."""

from dataclasses import replace
from sqlite3 import Connection

from actors.payments import simulated_methods as methods
from actors.payments.provider import Declined, GiveBack, LookUpRefund, Taken
from actors.payments.simulated_journal import charge_row, move_charge, note, reference_of
from messages.wire import Json

LOOK_AGAIN_SECONDS = 1

_DISPUTED = "select 1 from disputes where charge = ? and told ->> 'status' <> 'won'"


def refund(books: Connection, key: str, request: Json) -> Taken | Declined:
    """Gives back a part of what was captured and not yet given back."""
    asked = GiveBack.model_validate(request)
    charge = charge_row(books, asked.reference)
    if charge is None or charge.status != "captured" or charge.currency != asked.currency:
        return _failed(None, f"There is no captured charge in {asked.currency} to refund.", "unknown")
    if books.execute(_DISPUTED, (charge.reference,)).fetchone():
        return _failed(None, "The charge is disputed: its bank has the money.", "declined")
    left = charge.captured - charge.refunded
    if asked.amount > left:
        return _failed(None, f"{asked.amount} is more than the {left} left to refund.", "declined")
    pends = charge.payment_method == methods.REFUND_PENDS
    reference, status = reference_of("sim_re", key), "pending" if pends else "succeeded"
    move_charge(books, replace(charge, refunded=charge.refunded + asked.amount))
    books.execute("insert into refunds values (?, ?, ?, ?)", (reference, charge.reference, status, asked.amount))
    note(books, "refund_pending" if pends else "refunded", charge, asked.amount, key, reference)
    looks_again = pends or charge.payment_method == methods.REFUND_FAILS
    return Taken(
        reference=reference,
        amount=asked.amount,
        pending=pends,
        look_again_seconds=LOOK_AGAIN_SECONDS if looks_again else None,
    )


def look_up_refund(books: Connection, key: str, request: Json) -> Taken | Declined:
    """How the refund stands; looking is also the moment at which it settles or fails."""
    asked = LookUpRefund.model_validate(request)
    found = books.execute("select charge, status, amount from refunds where reference = ?", (asked.reference,))
    charge_reference, status, amount = found.fetchone() or (None, None, 0)
    charge = charge_row(books, charge_reference) if charge_reference else None
    if charge is None:
        return _failed(asked.reference, "There is no such refund.", "unknown")
    if status == "succeeded" and charge.payment_method == methods.REFUND_FAILS:
        status = "failed"
        move_charge(books, replace(charge, refunded=charge.refunded - amount))
        note(books, "refund_failed", charge, amount, key, asked.reference)
    elif status == "pending":
        status = "succeeded"
        note(books, "refunded", charge, amount, key, asked.reference)
    books.execute("update refunds set status = ? where reference = ?", (status, asked.reference))
    if status == "failed":
        return _failed(asked.reference, "The card's bank sent the money back.", "expired_or_canceled_card")
    return Taken(reference=asked.reference, amount=amount)


def _failed(reference: str | None, detail: str, reason: str) -> Declined:
    return Declined(reference=reference, code="card_declined", decline_code=reason, detail=detail)
