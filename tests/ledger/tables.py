"""A book's states in real tables, written as the runtime would: one fenced statement per batch."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from actors.ledger.io import save
from actors.ledger.log import HEAD_ENTITY
from actors.ledger.states import JournalState
from actors.runtime.decision import State
from storage.statement import Statement, as_one
from tests.ledger.book import TENANT, Book, payment, refund

FENCE = Statement("fence", "update partition set turn = turn + 1 where partition = 0 returning 1")


async def commit(connection: asyncpg.Connection, states: Sequence[State]) -> None:
    """All states by one statement, behind a fence."""
    sql, args = as_one(FENCE, save(states))
    await connection.fetchval(sql, *args, timeout=10)


def states_of(book: Book) -> list[Any]:
    """All that the book keeps."""
    return list(book.view.values())


def busy_book() -> Book:
    """A sale, a refund that failed, a top-up, an open hold and a confirmed one."""
    book = Book()
    book.hear("payment.succeeded", payment(10_000, tax=[("DE", 1_597)]))
    for fact in ("created", "succeeded", "failed"):
        book.hear(f"refund.{fact}", refund(4_000, tax=[("DE", 639)]))
    book.hear("payment.succeeded", payment(5_000, wallet="bob", payment_id="pay_2"))
    for number, amount in enumerate((1_000, 500)):
        book.ask("hold.create", f"hold_{number}", customer_id="bob", amount=amount, currency="USD")
    book.ask("hold.confirm", "hold_1", amount=300)
    return book


def whole_book() -> Book:
    """A busy book with a transfer, a transaction by hand that was reversed, and a signed head."""
    book = busy_book()
    book.ask("transfer.create", "tr_1", from_customer="bob", to_customer="ann", amount=200, currency="USD", fee=3)
    by_hand = [
        {"account": f"user:{name}", "side": side, "amount": 700, "currency": "USD"}
        for name, side in (("a", "debit"), ("b", "credit"))
    ]
    book.ask("transaction.create", "txn_byhand", postings=by_hand)
    posted = JournalState(TENANT, book.transactions[-1])
    book.view[posted.key] = posted
    book.ask("transaction.reverse", posted.transaction.id, reason="by mistake")
    # Below nothing from its first entry on, then less far, then further.
    for number, (limit, amount) in enumerate(((500, 400), (450, 40), (600, 150))):
        book.ask("wallet.limit", "zed", overdraft_limits={"USD": limit})
        book.ask(
            "transfer.create", f"tr_z{number}", from_customer="zed", to_customer="ann", amount=amount, currency="USD"
        )
    assert book.balance("liabilities:wallets:zed") == -590
    book.ring(HEAD_ENTITY)
    return book
