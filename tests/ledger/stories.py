"""Books in which everything has happened that a ledger knows, at random."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from actors.ledger.states import JournalState
from messages.disputes import Dispute, DisputeStatus
from messages.invoicing import Invoice, InvoiceTax
from messages.ledger import Transaction
from messages.payments import Payment
from messages.payouts import Payout, PayoutStatus
from tests.ledger.book import START, Book, payment, refund

STEPS = (
    *("sale", "fee", "available", "top_up", "refund", "hold", "confirm", "void", "transfer", "transfer_back"),
    *("adjust", "backdate", "pend", "post", "reverse", "convert", "dispute", "settle", "invoice", "recognize"),
)

Step = tuple[str, int, int]
"""What, how much, and how many milliseconds after the one before."""

HISTORIES: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(1, 5_000), st.sampled_from((0, 1, 700, 90_000))),
    min_size=1,
    max_size=25,
)


def told(steps: Iterable[Step]) -> Book:
    """A book in which these have happened; what cannot be is refused and changes nothing."""
    book = Book()
    book.hear("payment.succeeded", payment(20_000, wallet="bob", payment_id="pay_bob"))
    for number, (step, amount, later) in enumerate(steps):
        book.now += timedelta(milliseconds=later)
        _ask(book, step, amount, f"{number}")
        _hear(book, step, amount, f"{number}")
    return book


def by_hand(book: Book, amount: int, id_: str, currency: str = "USD", **more: Any) -> None:
    """From equity into a box of our own."""
    postings = [
        {"account": "user:box:a", "side": "debit", "amount": amount, "currency": currency},
        {"account": "equity:opening", "side": "credit", "amount": amount, "currency": currency},
    ]
    book.ask("transaction.create", id_, postings=postings, **more)


def posted(book: Book) -> list[Transaction]:
    """Each once, as it was said when it was posted."""
    told_of = [one.resource for one in book.said if one.type == "ledger.transaction.posted"]
    return [one for one in told_of if isinstance(one, Transaction)]


def _ask(book: Book, step: str, amount: int, number: str) -> None:
    if step in _WISHES:
        _WISHES[step](book, amount, number)


def _last(book: Book, kind: str) -> list[str]:
    return [key.id for key in book.view if key.kind == kind][-1:]


def _hold(book: Book, amount: int, number: str) -> None:
    book.ask("hold.create", f"hold_{number}", customer_id="bob", amount=amount, currency="USD")


def _close(how: str) -> "Wishing":
    return lambda book, _, __: [book.ask(how, hold) for hold in _last(book, "hold")]


def _transfer(book: Book, amount: int, number: str) -> None:
    wish: dict[str, Any] = {"from_customer": "bob", "to_customer": "eve", "amount": amount, "fee": amount % 7}
    book.ask("transfer.create", f"trf_{number}", currency="USD", **wish)


def _reverse(book: Book, _: int, __: str) -> None:
    for transaction in [one.id for one in posted(book) if one.source.type in ("manual", "conversion")][-1:]:
        _known(book, transaction)
        book.ask("transaction.reverse", transaction, reason="a mistake")


def _convert(book: Book, amount: int, number: str) -> None:
    wish: dict[str, Any] = {"from_account": "liabilities:wallets:bob", "from_amount": amount, "rate": "0.92"}
    book.ask("conversion.create", f"cnv_{number}", from_currency="USD", to_currency="EUR", **wish)


def _recognize(book: Book, amount: int, number: str) -> None:
    day = (book.now - timedelta(days=1 + int(number))).date().isoformat()
    book.ask("revenue.recognize", "revenue", day=day, amount=amount, currency="USD")


def _backdate(book: Book, amount: int, number: str) -> None:
    by_hand(book, amount, f"txn_{number}", effective_at=book.now - timedelta(milliseconds=amount * 31))


Wishing = Callable[[Book, int, str], Any]

_WISHES: dict[str, Wishing] = {
    "hold": _hold,
    "confirm": _close("hold.confirm"),
    "void": _close("hold.void"),
    "transfer": _transfer,
    "transfer_back": lambda book, _, __: [
        book.ask("transfer.reverse", transfer, reason="a mistake") for transfer in _last(book, "transfer")
    ],
    "adjust": lambda book, amount, number: by_hand(book, amount, f"txn_{number}", "EUR" if amount % 5 == 0 else "USD"),
    "backdate": _backdate,
    "pend": lambda book, amount, number: by_hand(book, amount, f"txn_{number}", pending=True),
    "post": lambda book, _, __: [book.ask("transaction.post", waiting) for waiting in _last(book, "pending")],
    "reverse": _reverse,
    "convert": _convert,
    "recognize": _recognize,
}


def _known(book: Book, transaction: str) -> None:
    """As the tables would have it: what is posted is found by its id too."""
    found = next(one for one in posted(book) if one.id == transaction)
    state = JournalState("demo", found)
    book.view.setdefault(state.key, state)


def _hear(book: Book, step: str, amount: int, number: str) -> None:
    common: dict[str, Any] = {"created_at": START, "updated_at": START, "currency": "USD", "provider": "simulated"}
    sale: Payment = payment(amount, tax=[("DE", amount // 9)], payment_id=f"pay_{number}")
    match step:
        case "sale":
            book.hear("payment.succeeded", sale.model_copy(update={"provider_reference": f"sim_{number}"}))
        case "fee":
            book.hear("payment.updated", sale.model_copy(update={"fee": amount, "version": 2}), fee=None)
        case "available":
            changed = sale.model_copy(update={"amount_available": amount, "version": 3})
            book.hear("payment.updated", changed, amount_available=None)
        case "top_up":
            book.hear("payment.succeeded", payment(amount, wallet="bob", payment_id=f"pay_{number}"))
        case "refund":
            book.hear("refund.created", refund(amount, refund_id=f"ref_{number}"))
            book.hear("refund.succeeded", refund(amount, refund_id=f"ref_{number}"))
        case "dispute":
            about: dict[str, Any] = {
                "payment": "pay_bob",
                "customer_id": "bob",
                "reason": "fraudulent",
                "amount": amount,
            }
            dispute = Dispute(
                id=f"dsp_{number}", status=DisputeStatus.LOST, amount_withdrawn=amount, fee=15, **about, **common
            )
            book.hear("dispute.funds_withdrawn", dispute)
            book.hear("dispute.lost", dispute)
        case "settle":
            payout = Payout(id=f"po_{number}", status=PayoutStatus.PAID, purpose="settlement", amount=amount, **common)
            book.hear("payout.created", payout)
            book.hear("payout.paid", payout)
        case "invoice":
            del common["provider"]
            taxes = [InvoiceTax(jurisdiction="DE", amount=amount // 6)]
            wish: dict[str, Any] = {
                "total": amount,
                "taxes": taxes,
                "amount_deferred": amount // 3,
                "amount_remaining": amount,
            }
            book.hear("invoice.finalized", Invoice(id=f"inv_{number}", customer_id="bob", **wish, **common))
        case _:
            pass
