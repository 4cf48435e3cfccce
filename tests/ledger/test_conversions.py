"""Conversions: each currency in balance, the rate kept, rounded once."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.runtime.decision import Done, Refused
from messages.ledger import Transaction
from messages.money import EXPONENTS, converted
from tests.ledger.book import Book, lines, payment

BOB = "liabilities:wallets:bob"


def convert(book: Book, amount: int = 1_000, to: str = "JPY", rate: str = "151.237", **more: object) -> Done | Refused:
    data = {"from_account": BOB, "from_amount": amount, "from_currency": "USD", "to_currency": to, "rate": rate}
    return book.ask("conversion.create", "conv_1", **{**data, **more})


@pytest.fixture
def book() -> Book:
    """Bob has 100.00 USD."""
    book = Book()
    book.hear("payment.succeeded", payment(10_000, wallet="bob"))
    return book


def test_what_leaves_in_one_currency_arrives_in_the_other(book: Book) -> None:
    outcome = convert(book)
    assert isinstance(outcome, Done)
    assert isinstance(outcome.body, Transaction)
    assert lines(outcome.body) == [
        (BOB, "debit", 1_000),
        ("fx:gain_loss", "credit", 1_000),
        ("fx:gain_loss", "debit", 1_512),
        (BOB, "credit", 1_512),
    ]
    assert outcome.body.conversion is not None
    assert outcome.body.conversion.rate == "151.237"
    assert (book.balance(BOB), book.balance(BOB, "JPY")) == (9_000, 1_512)


BAD = [
    ({"amount": 10_001}, "insufficient_funds"),
    ({"to": "USD", "rate": "1"}, "currency_mismatch"),
    ({"rate": "0.0000001"}, "amount_too_small"),
    ({"rate": "999999999999", "amount": 10_000, "to": "KWD"}, "amount_too_large"),
    ({"to_amount": 1_513}, "unbalanced"),
    ({"to_account": "assets:psp:simulated:available"}, "account_not_allowed"),
    ({"to_account": "assets:moon"}, "account_not_allowed"),
    ({"to_account": "liabilities:wallets:eve"}, "account_not_allowed"),  # without a reason
    ({"from_account": "income:sales", "to_account": "liabilities:wallets:bob"}, "account_not_allowed"),
    ({"to_account": "assets:bank:main", "reason": "r"}, "account_not_allowed"),  # of another side
    ({"to_account": "liabilities:wallet_holds:bob", "reason": "r"}, "account_not_allowed"),
]


@pytest.mark.parametrize(("changes", "code"), BAD)
def test_what_is_wrong_is_refused_and_leaves_no_trace(book: Book, changes: dict[str, object], code: str) -> None:
    before = dict(book.view)
    outcome = convert(book, **changes)  # pyright: ignore[reportArgumentType] - the columns of a table of cases
    assert isinstance(outcome, Refused)
    assert outcome.code == code
    assert book.view == before


def test_what_the_rate_makes_may_be_said_beforehand(book: Book) -> None:
    assert isinstance(convert(book, to_amount=1_512), Done)


@given(
    st.integers(1, 2**53 - 1),
    st.sampled_from(sorted(EXPONENTS)),
    st.sampled_from(sorted(EXPONENTS)),
    st.integers(0, 10**6),
    st.integers(0, 12),
)
def test_a_conversion_is_the_nearest_whole_amount(amount: int, one: str, other: str, digits: int, places: int) -> None:
    text = str(digits).rjust(places + 1, "0")
    rate = f"{text[:-places]}.{text[-places:]}" if places else text
    exact = Fraction(amount, 10 ** EXPONENTS[one]) * Fraction(digits, 10**places) * 10 ** EXPONENTS[other]
    assert abs(converted(amount, one, other, rate) - exact) <= Fraction(1, 2)
