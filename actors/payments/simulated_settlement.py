"""The simulated provider's automatic payouts: from time to time all that is free goes to our bank.

It has no clock of its own. Whenever it is asked for what it booked it does what was due by then, and what it sent
before has arrived.
"""

from datetime import UTC, datetime, timedelta
from sqlite3 import Connection

from actors.payments.simulated_journal import PayoutRow, note, reference_of
from actors.payments.simulated_settings import settings_of
from messages.wire import rfc3339

_ON_THEIR_WAY = (
    "select reference, payout, status, amount, currency from payouts where status = 'in_transit' and payout = ''"
)

_LAST = """
select coalesce(
    (select max(at) from journal where kind = 'payout_sent' and payment = ''), (select min(at) from bookings))"""

_FREE = """
select currency, sum(amount - fee), max(seq) from bookings
where payout is null and available_on <= ? and (category <> 'payout' or ours is not null)
group by currency having sum(amount - fee) > 0"""

_PAID_OUT = """
update bookings set payout = ?
where payout is null and available_on <= ? and (category <> 'payout' or ours is not null) and currency = ?"""


def pay_out_what_is_due(books: Connection) -> None:
    """In an open transaction of the books."""
    now = datetime.now(UTC)
    for row in books.execute(_ON_THEIR_WAY).fetchall():
        payout = PayoutRow(*row)
        books.execute("update payouts set status = 'paid' where reference = ?", (payout.reference,))
        note(books, "payout_paid", payout, payout.amount, payout.reference)
    every_seconds = settings_of(books).payout_every_seconds
    last = books.execute(_LAST).fetchone()[0]
    if every_seconds == 0 or last is None or datetime.fromisoformat(last) + timedelta(seconds=every_seconds) > now:
        return
    for currency, amount, seq in books.execute(_FREE, (rfc3339(now),)).fetchall():
        payout = PayoutRow(reference_of("sim_po", f"{currency}/{seq}/{amount}"), "", "in_transit", amount, currency)
        books.execute(
            "insert into payouts values (?, ?, ?, ?, ?)",
            (payout.reference, payout.payment, payout.status, payout.amount, payout.currency),
        )
        books.execute(_PAID_OUT, (payout.reference, rfc3339(now), currency))
        note(books, "payout_sent", payout, amount, payout.reference)
