"""What the simulated provider does with charges, in an open transaction of its books."""

from dataclasses import replace
from sqlite3 import Connection
from typing import Literal

from actors.payments import simulated_methods as methods
from actors.payments.provider import (
    ActionNeeded,
    Authenticate,
    Away,
    Capture,
    Charge,
    Declined,
    LookUpCharge,
    Release,
    Taken,
)
from actors.payments.simulated_disputes import dispute
from actors.payments.simulated_journal import (
    ChargeRow,
    charge_row,
    move_charge,
    note,
    open_charge,
    reference_of,
)
from actors.payments.simulated_saved import seen_through
from messages.wire import Json

Answer = Taken | Declined | ActionNeeded | Away


def charge(books: Connection, key: str, request: Json) -> Answer:
    """Charges, authorises, declines or asks for the customer, as the payment method has it."""
    asked = seen_through(books, Charge.model_validate(request))
    if isinstance(asked, Declined):
        return asked
    answer = methods.verdict(asked, reference_of("sim_ch", key))
    if isinstance(answer, Away) or answer.reference is None:
        return answer
    match answer:
        case ActionNeeded():
            status, kind = "requires_action", "action_needed"
        case Declined():
            status = kind = "declined"
        case Taken():
            status = kind = "captured" if asked.capture else "authorized"
    row = _row(asked, answer.reference, status)
    open_charge(books, row)
    note(books, kind, row, row.amount, key)
    if kind == "captured":
        _dispute_if_so(books, row, key)
    return answer


def authenticate(books: Connection, key: str, request: Json) -> Answer:
    """Goes on with a charge that waits for its customer."""
    asked = Authenticate.model_validate(request)
    row = charge_row(books, asked.reference)
    if row is None or row.status != "requires_action":
        return _declined(asked.reference, "The charge does not wait for its customer.", "authentication_failed")
    if asked.outcome == "fail":
        move_charge(books, replace(row, status="declined"))
        note(books, "declined", row, row.amount, key)
        return _declined(row.reference, "The customer did not authenticate.", "authentication_failed")
    status = "captured" if row.captures_at_once else "authorized"
    move_charge(books, replace(row, status=status, captured=row.amount if row.captures_at_once else 0))
    note(books, status, row, row.amount, key)
    return Taken(reference=row.reference, amount=row.amount)


def look_up_charge(books: Connection, key: str, request: Json) -> Answer:  # noqa: ARG001 - every operation has a key
    """How the payment's last charge stands."""
    asked = LookUpCharge.model_validate(request)
    row = charge_row(books, asked.reference) if asked.reference else None
    match row.status if row else None:
        case "captured" | "authorized":
            assert row is not None
            return Taken(reference=row.reference, amount=row.captured or row.amount)
        case "requires_action":
            assert row is not None
            return ActionNeeded(reference=row.reference, url=f"/simulated/payments/{asked.payment}/authenticate")
        case _:
            return Declined(reference=asked.reference, code="card_declined", detail="There is no charge that holds.")


def capture(books: Connection, key: str, request: Json) -> Answer:
    """Takes a part or all of what is authorised, once; the rest is released."""
    asked = Capture.model_validate(request)
    row = charge_row(books, asked.reference)
    if row is None or row.status != "authorized":
        return _declined(asked.reference, "The charge is not authorized, or no longer.")
    if asked.amount > row.amount:
        return _declined(asked.reference, f"{asked.amount} is more than the {row.amount} authorized.")
    move_charge(books, replace(row, status="captured", captured=asked.amount))
    note(books, "captured", row, asked.amount, key)
    if asked.amount < row.amount:
        note(books, "released", row, row.amount - asked.amount, key)
    _dispute_if_so(books, replace(row, captured=asked.amount), key)
    return Taken(reference=row.reference, amount=asked.amount)


def release(books: Connection, key: str, request: Json) -> Answer:
    """Gives back an authorisation, or gives up waiting. A repeat under another key changes nothing."""
    asked = Release.model_validate(request)
    row = charge_row(books, asked.reference)
    if row is None or row.status in {"captured", "declined"}:
        return _declined(asked.reference, "The charge holds nothing that could be released.")
    if row.status != "released":
        move_charge(books, replace(row, status="released"))
        note(books, "released" if row.status == "authorized" else "canceled", row, row.amount, key)
    return Taken(reference=row.reference, amount=row.amount)


def _dispute_if_so(books: Connection, row: ChargeRow, key: str) -> None:
    if row.payment_method == methods.DISPUTED:
        dispute(books, row, f"{key}/dispute")


def _row(asked: Charge, reference: str, status: str) -> ChargeRow:
    return ChargeRow(
        reference=reference,
        payment=asked.payment,
        payment_method=asked.payment_method,
        status=status,
        amount=asked.amount,
        captured=asked.amount if status == "captured" else 0,
        refunded=0,
        currency=asked.currency,
        captures_at_once=int(asked.capture),
    )


def _declined(
    reference: str,
    detail: str,
    code: Literal["card_declined", "authentication_failed"] = "card_declined",
) -> Declined:
    return Declined(reference=reference, code=code, detail=detail)
