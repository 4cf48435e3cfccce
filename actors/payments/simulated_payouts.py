"""What the simulated provider does with payouts, in an open transaction of its books."""

from sqlite3 import Connection
from typing import Literal

from actors.payments.provider import Declined, LookUpPayout, SendPayout, SettlePayout, Taken
from actors.payments.simulated_journal import PayoutRow, note, reference_of
from messages.wire import Json

LOOK_AGAIN_SECONDS = 2


def payout(books: Connection, key: str, request: Json) -> Taken:
    """Sends it; the bank has it when it is looked at again."""
    asked = SendPayout.model_validate(request)
    row = PayoutRow(reference_of("sim_po", key), asked.payout, "in_transit", asked.amount, asked.currency)
    books.execute(
        "insert into payouts values (?, ?, ?, ?, ?)",
        (row.reference, row.payment, row.status, row.amount, row.currency),
    )
    note(books, "payout_sent", row, row.amount, key)
    return Taken(reference=row.reference, amount=row.amount, pending=True, look_again_seconds=LOOK_AGAIN_SECONDS)


def look_up_payout(books: Connection, key: str, request: Json) -> Taken | Declined:
    """How the payout stands; looking is also the moment at which it arrives."""
    return _settled(books, key, LookUpPayout.model_validate(request).reference, "paid")


def settle_payout(books: Connection, key: str, request: Json) -> Taken | Declined:
    """It arrives, or is sent back, also after it arrived."""
    asked = SettlePayout.model_validate(request)
    return _settled(books, key, asked.reference, "paid" if asked.outcome == "paid" else "failed")


def _settled(books: Connection, key: str, reference: str, to: Literal["paid", "failed"]) -> Taken | Declined:
    found = books.execute(
        "select reference, payout, status, amount, currency from payouts where reference = ?", (reference,)
    ).fetchone()
    if found is None:
        return _failed(reference, "There is no such payout.", "unknown")
    row = PayoutRow(*found)
    status = row.status
    if status == "in_transit" or (status == "paid" and to == "failed"):
        status = to
        books.execute("update payouts set status = ? where reference = ?", (to, reference))
        note(books, f"payout_{to}", row, row.amount, key)
    if status == "failed":
        return _failed(reference, "The customer's bank sent the money back.", "account_closed")
    return Taken(reference=reference, amount=row.amount)


def _failed(reference: str, detail: str, reason: str) -> Declined:
    return Declined(reference=reference, code="payment_method_unusable", decline_code=reason, detail=detail)
