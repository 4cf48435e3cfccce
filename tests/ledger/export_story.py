"""A story with all that an export must carry, and what people write who do not wish accountants well."""

from datetime import timedelta
from typing import Any

from actors.ledger.states import JournalState
from actors.runtime.decision import Done
from messages.ledger import Transaction
from tests.ledger.book import START, TENANT, Book, payment, refund

TRAPS: tuple[str, ...] = (
    "plain words",
    'a "quote" and a back\\slash\\',
    "two\nlines\r\n2026-01-01 * forged\n    assets:bank:main  1.00 USD\n",
    "half; id:txn_forged, date:2020-01-01, [2020-01-01]",
    "=HYPERLINK(0)",
    '@SUM(1)"\n1970-01-01 close Equity:User:Xcash',
    "a | b  * ! (code) = 1 USD @ 2 EUR \u2028 \u0085 \x07 \u202e \U0001f4b0",
    "-1+1",
    "; end of the export of 9 transactions",
)


def story() -> Book:
    """Six weeks over two months' ends; every kind of posting, in four currencies."""
    book = Book(now=START - timedelta(days=40))
    book.hear("payment.succeeded", payment(10_000, tax=[("DE", 1_597)]))
    _pass(book, days=3)
    for fact in ("created", "succeeded", "failed"):
        book.hear(f"refund.{fact}", refund(4_000, tax=[("DE", 639)]))
    book.hear("refund.created", refund(100, refund_id="ref_2"))
    book.hear("payment.succeeded", payment(50_000, wallet="bob_1", payment_id="pay_2"))
    book.hear("payment.succeeded", payment(7_003, wallet="Bob-1", payment_id="pay_3", currency="JPY"))
    _wallets(book)
    _by_hand(book)
    return book


def _wallets(book: Book) -> None:
    for number, amount in enumerate((1_000, 500, 700)):
        expires_at = book.now + timedelta(hours=1)
        hold = {"customer_id": "bob_1", "amount": amount, "currency": "USD", "expires_at": expires_at}
        done(book.ask("hold.create", f"hold_{number}", **hold))
    done(book.ask("hold.confirm", "hold_1", amount=300))
    _pass(book, days=5)
    book.ring("hold_2")
    wish = {"from_customer": "bob_1", "to_customer": "Xbob", "amount": 2_500, "currency": "USD", "fee": 25}
    done(book.ask("transfer.create", "tr_1", **wish))
    _pass(book, days=9)
    for number, (currency, rate) in enumerate((("JPY", "151.237"), ("KWD", "0.3077"))):
        wish = {"from_account": "liabilities:wallets:bob_1", "from_amount": 3_333, "from_currency": "USD"}
        done(book.ask("conversion.create", f"fx_{number}", **wish, to_currency=currency, rate=rate))


def _by_hand(book: Book) -> None:
    for number, text in enumerate(TRAPS):
        _pass(book, days=2)
        by_hand(book, f"txn_trap{number}", 101 + number, description=text, metadata={text[:40]: text, "date": text})
    by_hand(book, "txn_late", 12_345, effective_at=START - timedelta(days=39))
    wrong = by_hand(book, "txn_wrong", 999, currency="KWD", effective_at=book.now - timedelta(days=30))
    reverse(book, wrong)


def by_hand(book: Book, id_: str, amount: int, currency: str = "USD", **more: Any) -> Transaction:
    """Between two accounts whose names differ in what Beancount does not allow."""
    sides = (("user:a_b:x-1", "debit"), ("user:a-ub:X", "credit"))
    postings = [{"account": path, "side": side, "amount": amount, "currency": currency} for path, side in sides]
    return done(book.ask("transaction.create", id_, postings=postings, **more))


def reverse(book: Book, transaction: Transaction) -> None:
    """Undoes what is found in the journal, where a real book would find it."""
    journalled = JournalState(TENANT, transaction)
    book.view[journalled.key] = journalled
    done(book.ask("transaction.reverse", transaction.id, reason="=it was wrong\n"))


def done(outcome: object) -> Transaction | Any:
    """What was asked was not refused."""
    assert isinstance(outcome, Done), outcome
    return outcome.body


def _pass(book: Book, days: int) -> None:
    book.now += timedelta(days=days)
