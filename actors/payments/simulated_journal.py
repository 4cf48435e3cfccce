"""The simulated provider's own books: one SQLite file that all processes share, outside our tables."""

import fcntl
import hashlib
import sqlite3
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

from actors.payments.simulated_bookings import book_of
from actors.payments.simulated_events import tell_of
from messages.wire import Json, rfc3339

BUSY_TIMEOUT_MS = 5000

_SCHEMA = """
create table if not exists answers (
    key text primary key,
    operation text not null,
    fingerprint text not null,
    result text not null,
    calls integer not null default 1
) strict, without rowid;
create table if not exists charges (
    reference text primary key,
    payment text not null,
    payment_method text not null,
    status text not null check (
        status in ('requires_action', 'authorized', 'captured', 'released', 'declined')
    ),
    amount integer not null check (amount > 0),
    captured integer not null default 0 check (captured between 0 and amount),
    refunded integer not null default 0 check (refunded between 0 and captured),
    currency text not null,
    captures_at_once integer not null
) strict, without rowid;
create table if not exists refunds (
    reference text primary key,
    charge text not null references charges,
    status text not null check (status in ('pending', 'succeeded', 'failed')),
    amount integer not null check (amount > 0)
) strict, without rowid;
create table if not exists payouts (
    reference text primary key,
    payout text not null,
    status text not null check (status in ('in_transit', 'paid', 'failed')),
    amount integer not null check (amount > 0),
    currency text not null
) strict, without rowid;
create table if not exists disputes (
    reference text primary key,
    charge text not null unique references charges,
    told text not null
) strict, without rowid;
create table if not exists methods (
    reference text primary key,
    customer text,
    method text not null
) strict, without rowid;
create table if not exists settings (name text primary key, value text not null) strict;
create table if not exists events (
    seq integer primary key autoincrement,
    type text not null,
    at text not null,
    object text not null,
    state text not null default 'waiting' check (state in ('waiting', 'sent', 'lost')),
    attempts integer not null default 0,
    next_at real not null default 0
) strict;
create index if not exists events_to_send on events (seq) where state = 'waiting';
create table if not exists bookings (
    seq integer primary key autoincrement,
    category text not null,
    amount integer not null,
    fee integer not null,
    currency text not null,
    at text not null,
    available_on text not null,
    source text,
    charge text,
    ours text,
    payout text
) strict;
create index if not exists bookings_to_pay_out on bookings (available_on) where payout is null;
create index if not exists bookings_of_payout on bookings (payout) where payout is not null;
create table if not exists journal (
    seq integer primary key autoincrement,
    at text not null,
    kind text not null,
    reference text not null,
    payment text not null,
    amount integer not null,
    currency text not null,
    key text not null
) strict;
create trigger if not exists journal_keeps_what_it_says before update on journal
    begin select raise(abort, 'the journal is append-only'); end;
create trigger if not exists journal_loses_nothing before delete on journal
    begin select raise(abort, 'the journal is append-only'); end;
"""


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A charge as the provider knows it; amounts in minor units."""

    reference: str
    payment: str
    payment_method: str
    status: str
    amount: int
    captured: int
    refunded: int
    currency: str
    captures_at_once: int


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """A payout as the provider knows it; `payment` is the payout of ours, as in the journal's column."""

    reference: str
    payment: str
    status: str
    amount: int
    currency: str


def connect(file: Path) -> sqlite3.Connection:
    """Opens the books, made if need be, for any one thread at a time. Transactions are begun by hand."""
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file, timeout=BUSY_TIMEOUT_MS // 1000, isolation_level=None, check_same_thread=False)
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # SQLite does not wait for others when it changes to WAL, it fails
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        connection.execute("pragma foreign_keys = on")
        connection.executescript(f"begin immediate; {_SCHEMA} commit;")
    return connection


def charge_row(books: sqlite3.Connection, reference: str) -> ChargeRow | None:
    """The charge, if there is one of that name."""
    row = books.execute(
        "select reference, payment, payment_method, status, amount, captured, refunded, currency,"
        " captures_at_once from charges where reference = ?",
        (reference,),
    ).fetchone()
    return ChargeRow(*row) if row else None


def open_charge(books: sqlite3.Connection, charge: ChargeRow) -> None:
    """Writes down a charge that is new."""
    books.execute("insert into charges values (?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(charge))


def move_charge(books: sqlite3.Connection, charge: ChargeRow) -> None:
    """Writes down the charge's new status and sums."""
    books.execute(
        "update charges set status = ?, captured = ?, refunded = ? where reference = ?",
        (charge.status, charge.captured, charge.refunded, charge.reference),
    )


def note(
    books: sqlite3.Connection,
    kind: str,
    subject: ChargeRow | PayoutRow,
    amount: int,
    key: str,
    reference: str | None = None,
) -> None:
    """Writes one line of the journal, about the charge or payout, or about the refund or dispute of that `reference`.

    And the event that tells of it, and what is booked for it.
    """
    line: Json = {
        "at": rfc3339(datetime.now(UTC)),
        "kind": kind,
        "reference": reference or subject.reference,
        "payment": subject.payment,
        "amount": amount,
        "currency": subject.currency,
        "key": key,
    }
    books.execute(
        "insert into journal (at, kind, reference, payment, amount, currency, key) values (?, ?, ?, ?, ?, ?, ?)",
        tuple(line.values()),
    )
    book_of(books, line, subject.reference)
    tell_of(books, line, subject.reference, whole=amount == subject.amount)


def reference_of(prefix: str, key: str) -> str:
    """The name that follows from the idempotency key, so that a repeat says the same one."""
    return f"{prefix}_{hashlib.sha256(key.encode()).hexdigest()[:24]}"


def journal(file: Path) -> list[Json]:
    """All that ever happened at the provider, oldest first; every line has all columns of the table.

    Kinds of a charge: `action_needed`, `authorized`, `captured`, `released` (an authorisation, or what a
    partial capture left of it), `canceled` (it waited for its customer), `declined`. Of a refund:
    `refund_pending`, `refunded`, `refund_failed`. Of a payout, which then stands under `payment`: `payout_sent`,
    `payout_paid`, `payout_failed`. Of a dispute:
    `dispute_withdrawn`, `dispute_reinstated`, `dispute_lost`. A charge that took money has exactly one `captured`.
    """
    books = connect(file)
    try:
        books.row_factory = sqlite3.Row
        return [dict(row) for row in books.execute("select * from journal order by seq")]
    finally:
        books.close()
