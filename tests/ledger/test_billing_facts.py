"""Invoices, credit notes and revenue in the books: what was posted and undone comes to exactly nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.runtime.decision import Done, Refused
from messages.invoicing import CreditNote, Invoice, InvoiceTax
from messages.money import share
from tests.ledger.book import START, Book, refund

RECEIVABLE, DEFERRED, INCOME = "assets:receivable:bob", "liabilities:deferred_revenue", "income:subscriptions"
BAD_DEBT, TAX = "expenses:bad_debt", "liabilities:tax_payable:DE"
_TIMES: dict[str, Any] = {"created_at": START, "updated_at": START}

INVOICE = Invoice(
    id="inv_1",
    customer_id="bob",
    currency="USD",
    total=12_000,
    taxes=[InvoiceTax(jurisdiction="DE", amount=2_000)],
    amount_deferred=10_000,
    amount_remaining=12_000,
    **_TIMES,
)
NOTE = CreditNote(
    id="cn_1",
    invoice="inv_1",
    customer_id="bob",
    currency="USD",
    total=6_000,
    taxes=[InvoiceTax(jurisdiction="DE", amount=1_000)],
    amount_deferred=4_000,
    invoice_amount=6_000,
    **_TIMES,
)


def balances(book: Book) -> list[int]:
    return [book.balance(path) for path in (RECEIVABLE, DEFERRED, INCOME, TAX)]


def recognise(book: Book, amount: int, day: str = "2026-11-21", **fields: Any) -> Done | Refused:
    return book.ask("revenue.recognize", "rev_real", day=day, amount=amount, currency="USD", **fields)


def test_an_invoice_is_deferred_revenue_until_it_is_void() -> None:
    book = Book()
    book.hear("invoice.finalized", INVOICE)
    assert balances(book) == [12_000, 10_000, 0, 2_000]
    book.hear("invoice.voided", INVOICE)
    assert balances(book) == [0, 0, 0, 0]


def test_what_a_void_invoice_had_earned_is_taken_back_from_income() -> None:
    book = Book()
    book.hear("invoice.finalized", INVOICE)
    recognise(book, 3_000)
    book.hear("invoice.voided", INVOICE.model_copy(update={"amount_deferred": 7_000}))
    assert balances(book) == [0, 0, 0, 0]


def test_an_invoice_that_was_given_up_can_be_void_and_is_no_loss_then() -> None:
    book = Book()
    book.hear("invoice.finalized", INVOICE)
    book.hear("invoice.marked_uncollectible", INVOICE)
    assert (book.balance(RECEIVABLE), book.balance(BAD_DEBT)) == (0, 10_000)
    book.hear("invoice.voided", INVOICE)
    assert (*balances(book), book.balance(BAD_DEBT)) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"amount_deferred": -3_000}, [12_000, -3_000, 13_000, 2_000]),
        ({"amount_deferred": 15_000}, [12_000, 15_000, -5_000, 2_000]),
        ({"taxes": [InvoiceTax(jurisdiction="DE", amount=-500)], "amount_deferred": 0}, [12_000, 0, 12_500, -500]),
        ({"total": 0, "taxes": [], "amount_deferred": 700}, [0, 700, -700, 0]),
        ({"total": 0, "taxes": [], "amount_deferred": 0}, [0, 0, 0, 0]),
    ],
)
def test_where_credits_prevail_an_account_is_on_its_other_side(fields: dict[str, Any], expected: list[int]) -> None:
    book = Book()
    book.hear("invoice.finalized", INVOICE.model_copy(update=fields))
    assert balances(book) == expected


def test_a_credit_note_gives_back_income_and_tax_and_its_refund_takes_what_is_owed() -> None:
    book = Book()
    book.hear("invoice.finalized", INVOICE)
    note = NOTE.model_copy(update={"amount_deferred": 5_000, "refund_amount": 4_000, "invoice_amount": 2_000})
    book.hear("credit_note.issued", note)
    assert book.balance(RECEIVABLE) == 6_000
    book.hear("refund.created", refund(4_000).model_copy(update={"credit_note": "cn_1", "customer_id": "bob"}))
    assert book.balance(RECEIVABLE) == 10_000
    assert book.balance(DEFERRED) == 5_000


def test_a_void_credit_note_is_as_if_it_had_not_been() -> None:
    book = Book()
    book.hear("invoice.finalized", INVOICE)
    before = balances(book)
    book.hear("credit_note.issued", NOTE)
    assert balances(book) == [6_000, 6_000, -1_000, 1_000]
    book.hear("credit_note.voided", NOTE)
    assert balances(book) == before


def test_a_day_of_service_is_recognised_once_and_each_clock_has_days_of_its_own() -> None:
    book = Book()
    first = recognise(book, 333)
    again = recognise(book, 333)
    other = recognise(book, 333, clock="clock_1")
    assert [type(outcome).__name__ for outcome in (first, again, other)] == ["Done", "Refused", "Done"]
    assert isinstance(again, Refused)
    assert again.extra == {"transaction": book.transactions[0].id}
    assert [one.source.kind for one in book.transactions] == [
        "recognition:2026-11-21",
        "recognition:2026-11-21:clock_1",
    ]
    assert book.transactions[0].effective_at.isoformat() == "2026-11-21T23:59:59.999000+00:00"


def test_on_a_day_more_may_be_taken_back_than_rendered() -> None:
    book = Book()
    recognise(book, -20)
    assert (book.balance(DEFERRED), book.balance(INCOME)) == (20, -20)


def test_a_day_of_a_closed_month_is_recognised_in_the_next_one() -> None:
    book = Book()
    book.ask("period.close", "2026-10", month="2026-10")
    outcome = recognise(book, 100, day="2026-10-31")
    assert isinstance(outcome, Done)
    assert (book.transactions[0].effective_at.isoformat(), book.transactions[0].flags) == (
        "2026-11-01T00:00:00+00:00",
        ["late"],
    )


@given(
    net=st.integers(0, 10_000),
    tax=st.integers(0, 2_000),
    deferred=st.integers(0, 100),
    steps=st.lists(st.tuples(st.booleans(), st.integers(1, 100)), max_size=6),
    given_up=st.booleans(),
)
def test_a_void_invoice_leaves_nothing_whatever_was_earned_and_credited_before(
    net: int, tax: int, deferred: int, steps: list[tuple[bool, int]], given_up: bool
) -> None:
    # Given an invoice of which a part is deferred
    book = Book()
    left, rest, tax_rest = share(deferred, 100, net), net, tax
    asked = INVOICE.model_copy(
        update={
            "total": net + tax,
            "taxes": [InvoiceTax(jurisdiction="DE", amount=tax)],
            "amount_deferred": left,
            "amount_remaining": net + tax,
        }
    )
    book.hear("invoice.finalized", asked)

    # When days are earned and parts credited, and it is given up perhaps
    notes: list[CreditNote] = []
    for number, (earned, percent) in enumerate(steps):
        part = share(percent, 100, left)
        left -= part
        if earned and part:
            recognise(book, part, day=f"2026-11-{number + 1:02}")
        elif not earned:
            whole = part + share(percent, 100, rest - left - part)
            taxed = share(percent, 100, tax_rest)
            rest, tax_rest = rest - whole, tax_rest - taxed
            taxes = [InvoiceTax(jurisdiction="DE", amount=taxed)]
            sums = {"total": whole + taxed, "invoice_amount": whole + taxed, "amount_deferred": part, "taxes": taxes}
            notes.append(NOTE.model_copy(update={"id": f"cn_{number}", **sums}))
            book.hear("credit_note.issued", notes[-1])
    if given_up:
        remaining = net + tax - sum(note.total for note in notes)
        book.hear("invoice.marked_uncollectible", asked.model_copy(update={"amount_remaining": remaining}))

    # Then, once its notes and it are void, the books are as if it had never been
    for note in notes:
        left += note.amount_deferred
        book.hear("credit_note.voided", note)
    book.hear("invoice.voided", asked.model_copy(update={"amount_deferred": left}))
    assert (*balances(book), book.balance(BAD_DEBT)) == (0, 0, 0, 0, 0)
