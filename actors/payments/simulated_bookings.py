"""What the simulated provider books on the account: a balance transaction for every movement of money there."""

from datetime import datetime, timedelta
from itertools import takewhile
from sqlite3 import Connection
from typing import Any, Final

from actors.payments.provider import BookingPage, ListBookings
from actors.payments.simulated_settings import settings_of
from messages.balance import Booking
from messages.money import AMOUNT_MAX, divide_half_even
from messages.provider_events import SimulatedFee
from messages.wire import Json, rfc3339

PAGE_MAX: Final = 200
DISPUTE_FEE: Final = 1500

_MOVES: Final[dict[str, tuple[str, int]]] = {
    "captured": ("charge", 1),
    "refunded": ("refund", -1),
    "refund_failed": ("refund_failure", 1),
    "dispute_withdrawn": ("dispute", -1),
    "dispute_reinstated": ("dispute_reversal", 1),
    "payout_sent": ("payout", -1),
    "payout_failed": ("payout_failure", 1),
}
"""The category of a line of the journal, and whether its money comes or goes."""

_BOOK = """
insert into bookings (category, amount, fee, currency, at, available_on, source, charge, ours)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)"""

_PAGE = """
select seq, category, amount, fee, currency, at, available_on, source, charge, ours
from bookings where seq > ? and (? is null or payout = ?) order by seq limit ?"""


def book_of(books: Connection, line: Json, of: str) -> None:
    """The balance transaction behind a line of the journal, if money moved; `of` is its charge or payout."""
    if line["kind"] not in _MOVES:
        return
    category, sign = _MOVES[line["kind"]]
    amount, at, fee, available_on = sign * int(line["amount"]), str(line["at"]), 0, str(line["at"])
    if category == "charge":
        settings = settings_of(books)
        fee = fee_of(amount, settings.fee)
        free = datetime.fromisoformat(at) + timedelta(seconds=settings.available_after_seconds)
        available_on = rfc3339(free)
    elif category == "dispute":
        fee = min(DISPUTE_FEE, AMOUNT_MAX + amount)  # what it takes must still be an amount
    charge, ours = (None if category.startswith("payout") else of), line["payment"]
    if category not in ("charge", "payout", "payout_failure"):
        ours = None  # the journal names the payment, and this is about its refund or dispute
    named = (line["reference"], charge, ours or None)
    books.execute(_BOOK, (category, amount, fee, line["currency"], at, available_on, *named))


def fee_of(amount: int, fee: SimulatedFee) -> int:
    """What is kept of a charge, never more than all of it."""
    return min(amount, divide_half_even(amount * fee.basis_points, 10_000) + fee.fixed_minor)


def list_bookings(books: Connection, request: Json) -> BookingPage:
    """A page after the cursor, which is a sequence, up to the first that is too young."""
    asked = ListBookings.model_validate(request)
    before = rfc3339(asked.created_before)
    found = books.execute(_PAGE, (int(asked.after or 0), asked.payout, asked.payout, PAGE_MAX + 1)).fetchall()
    rows = list(takewhile(lambda row: row[5] <= before, found))  # a statement that is left open locks everybody out
    page = rows[:PAGE_MAX]
    return BookingPage(
        bookings=[_booking(*row) for row in page],
        after=str(page[-1][0]) if page else asked.after,
        has_more=len(rows) > PAGE_MAX,
    )


def _booking(seq: int, *row: Any) -> Booking:
    category, amount, fee, currency, at, free, source, charge, ours = row
    return Booking(
        id=f"sim_txn_{seq:09}",
        category=category,
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=currency,
        created=at,
        available_on=free,
        source=source,
        charges=[charge] if charge else [],
        ours=ours,
    )
