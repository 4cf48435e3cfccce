"""What a shop said and asked, in the ledger's books: its two halves must agree on every account."""

from collections.abc import Collection
from typing import Any

from actors.runtime.decision import Said, Wish
from messages.ledger import FACTS
from messages.ledger_commands import RecognizeRevenue
from messages.payments import CreatePayment, CreateRefund, Payment, Refund
from messages.wire import json_of
from tests.invoicing.shop import Shop
from tests.ledger.book import Book


def books_of(shop: Shop, failed: Collection[str] = (), declined: Collection[str] = ()) -> Book:
    """All payments and refunds that were asked for were made, but for refunds that failed and payments declined."""
    book = Book(now=shop.now)
    wishes = {wish.subject: wish for wish in shop.asked if wish.type == "payment.create"}
    for wish in wishes.values():
        if wish.subject not in declined:
            book.hear("payment.succeeded", _payment(shop, wish))
    for said in shop.said:
        if said.type in FACTS:
            book.hear(said.type, said.resource, **_changes(said))  # pyright: ignore[reportArgumentType] - a fact
    for wish in shop.asked:
        if isinstance(wish.data, RecognizeRevenue):
            book.ask("revenue.recognize", wish.subject, **json_of(wish.data))
        elif isinstance(wish.data, CreateRefund):
            refund = _refund(shop, wish, wish.data, wishes[wish.subject])
            book.hear("refund.created", refund)
            book.hear("refund.failed" if refund.id in failed else "refund.succeeded", refund)
    return book


def _changes(said: Said) -> dict[str, Any]:
    after, before = json_of(said.resource), json_of(said.before) if said.before else {}
    return {name: before[name] for name in after if name in before and after[name] != before[name]}


def _payment(shop: Shop, wish: Wish) -> Payment:
    asked = wish.data
    assert isinstance(asked, CreatePayment)
    shown = {"id": wish.subject, "status": "succeeded", "amount_captured": asked.amount, "provider": "simulated"}
    return Payment.model_validate({**json_of(asked), **shown, "created_at": shop.now, "updated_at": shop.now})


def _refund(shop: Shop, wish: Wish, asked: CreateRefund, of: Wish) -> Refund:
    paid = json_of(of.data)
    shown = {name: paid[name] for name in ("currency", "customer_id", "destination")}
    plain = {"id": asked.refund, "status": "pending", "payment": wish.subject, "provider": "simulated"}
    times = {"created_at": shop.now, "updated_at": shop.now}
    return Refund.model_validate({**shown, **plain, **times, "amount": asked.amount, "credit_note": asked.credit_note})
