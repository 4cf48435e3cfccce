"""Each fact posts what the table of postings says, once, and no more."""

import pytest

from actors.ledger.balances import CannotPost
from actors.runtime.decision import Decision
from messages.ledger import POSTED_EVENTS, refund_hold
from messages.money import AMOUNT_MAX
from messages.wallets import Wallet
from tests.ledger.book import Book, lines, payment, refund

PENDING = "assets:psp:simulated:pending"
AVAILABLE = "assets:psp:simulated:available"
IN_FLIGHT = "liabilities:refunds_in_flight"
DE = "liabilities:tax_payable:DE"

CAPTURES = [
    (payment(10_000), [(PENDING, "debit", 10_000), ("income:sales", "credit", 10_000)]),
    (
        payment(10_000, tax=[("DE", 1_597)]),
        [(PENDING, "debit", 10_000), ("income:sales", "credit", 8_403), (DE, "credit", 1_597)],
    ),
    (
        payment(10_000, captured=3_333, tax=[("DE", 1_597)]),
        [(PENDING, "debit", 3_333), ("income:sales", "credit", 2_801), (DE, "credit", 532)],
    ),
    (payment(3, captured=2, tax=[("DE", 3)]), [(PENDING, "debit", 2), (DE, "credit", 2)]),
    (payment(10_000, tax=[("DE", 0)]), [(PENDING, "debit", 10_000), ("income:sales", "credit", 10_000)]),
    (
        payment(10_000, wallet="bob"),
        [(PENDING, "debit", 10_000), ("liabilities:wallets:bob", "credit", 10_000)],
    ),
]


@pytest.mark.parametrize(("captured", "expected"), CAPTURES)
def test_a_capture_is_posted_by_its_destination(captured, expected):
    book = Book()

    book.hear("payment.succeeded", captured)

    [transaction] = book.transactions
    assert lines(transaction) == expected
    assert (transaction.source.type, transaction.source.id, transaction.source.kind) == (
        "payment",
        "pay_1",
        "captured",
    )
    assert transaction.event == "evt_1"
    assert transaction.effective_at < transaction.recorded_at


def test_a_refund_runs_through_refunds_in_flight():
    # Given a sale with tax inside
    book = Book()
    book.hear("payment.succeeded", payment(10_000, tax=[("DE", 1_597)]))

    # When a part is given back and the provider books it
    given_back = refund(4_000, tax=[("DE", 639)])
    book.hear("refund.created", given_back)
    book.hear("refund.succeeded", given_back)

    # Then revenue and tax shrink and nothing stays in flight
    _, accepted, booked = book.transactions
    assert lines(accepted) == [
        ("contra:refunds", "debit", 3_361),
        (DE, "debit", 639),
        (IN_FLIGHT, "credit", 4_000),
    ]
    assert lines(booked) == [(IN_FLIGHT, "debit", 4_000), (AVAILABLE, "credit", 4_000)]
    assert book.balance(IN_FLIGHT) == 0
    assert book.balance(DE) == 958


@pytest.mark.parametrize("was_booked", [False, True])
def test_a_failed_refund_restores_every_balance(was_booked: bool):
    # Given a sale
    book = Book()
    book.hear("payment.succeeded", payment(10_000, tax=[("DE", 1_597)]))
    paths = (PENDING, AVAILABLE, IN_FLIGHT, DE, "income:sales", "contra:refunds")
    before = [book.balance(path) for path in paths]

    # When a refund of it is accepted, perhaps booked, and then fails
    given_back = refund(4_000, tax=[("DE", 639)])
    book.hear("refund.created", given_back)
    if was_booked:
        book.hear("refund.succeeded", given_back)
    book.hear("refund.failed", given_back)

    # Then all is as it was, in one transaction of its own
    assert [book.balance(path) for path in paths] == before
    assert book.transactions[-1].source.kind == "failed"
    assert (AVAILABLE in [line.account for line in book.transactions[-1].entries]) is was_booked


def test_a_failed_refund_of_a_top_up_frees_the_money_in_the_wallet():
    # Given a top-up and the hold behind its refund
    book = Book()
    book.hear("payment.succeeded", payment(10_000, wallet="bob"))
    hold = refund_hold("ref_1")
    book.ask("hold.create", hold, customer_id="bob", amount=4_000, currency="USD", destination=FOR_REFUND)
    given_back = refund(4_000, wallet="bob", hold=hold)

    # When it is accepted, then fails
    book.hear("refund.created", given_back)
    assert lines(book.transactions[-1]) == [
        ("liabilities:wallet_holds:bob", "debit", 4_000),
        (IN_FLIGHT, "credit", 4_000),
    ]
    assert (book.hold(hold).status, book.hold(hold).amount_confirmed) == ("confirmed", 4_000)
    assert book.said[-3].type == "hold.confirmed"
    book.hear("refund.failed", given_back)

    # Then bob may spend all of it again
    assert book.balance("liabilities:wallets:bob") == 10_000
    assert book.balance("liabilities:wallet_holds:bob") == 0
    assert book.hold(hold).status == "confirmed"


FOR_REFUND = {"type": "refund", "refund": "ref_1", "payment": "pay_1"}


@pytest.mark.parametrize("held", [None, "hold_unknown"])
def test_a_refund_of_a_top_up_without_its_hold_is_put_aside(held: str | None):
    book = Book()
    book.hear("payment.succeeded", payment(10_000, wallet="bob"))

    with pytest.raises(ValueError, match=r"no open hold behind ref_1|would hold -4000"):
        book.hear("refund.created", refund(4_000, wallet="bob", hold=held))

    assert len(book.transactions) == 1


def test_a_refund_takes_only_a_hold_of_its_own_size():
    book = Book()
    book.hear("payment.succeeded", payment(10_000, wallet="bob"))
    book.ask("hold.create", "hold_1", customer_id="bob", amount=5_000, currency="USD", destination=FOR_REFUND)

    with pytest.raises(ValueError, match="hold_1"):
        book.hear("refund.created", refund(4_000, wallet="bob", hold="hold_1"))


def test_every_event_that_moves_money_has_a_posting():
    given_back = refund(4_000)
    stories = {
        "payment.succeeded": [("payment.succeeded", payment())],
        "refund.created": [("refund.created", given_back)],
        "refund.succeeded": [("refund.created", given_back), ("refund.succeeded", given_back)],
        "refund.failed": [("refund.created", given_back), ("refund.failed", given_back)],
    }
    assert stories.keys() == POSTED_EVENTS
    for story in stories.values():
        book = Book()
        for type_, resource in story:
            book.hear(type_, resource)
        assert [one.event for one in book.transactions] == [f"evt_{n + 1}" for n in range(len(story))]


def test_the_same_fact_is_never_posted_twice():
    book = Book()
    book.hear("payment.succeeded", payment())

    with pytest.raises(ValueError, match="pay_1"):
        book.hear("payment.succeeded", payment())


def test_a_failure_of_what_was_never_posted_is_put_aside():
    with pytest.raises(CannotPost):
        Book().hear("refund.failed", refund())


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (refund(100, tax=[("DE", 101)]), "amount_too_small"),
        (refund(100, tax=[("DE", 50), ("FR", 51)]), "amount_too_small"),
    ],
)
def test_tax_above_the_amount_is_put_aside(broken, code):
    with pytest.raises(CannotPost) as put_aside:
        Book().hear("refund.created", broken)

    assert put_aside.value.code == code


def test_a_balance_stops_at_what_json_can_carry():
    book = Book()
    book.hear("payment.succeeded", payment(AMOUNT_MAX))

    with pytest.raises(CannotPost) as put_aside:
        book.hear("payment.succeeded", payment(1, payment_id="pay_2"))

    assert put_aside.value.code == "balance_overflow"
    assert book.balance("income:sales") == AMOUNT_MAX


def test_a_wallet_is_said_once_per_transaction_with_all_its_currencies():
    # Given top-ups in two currencies
    book = Book()
    book.hear("payment.succeeded", payment(5_000, wallet="bob"))
    book.hear("payment.succeeded", payment(700, wallet="bob", payment_id="pay_2", currency="EUR"))

    # When a part is held
    book.ask("hold.create", "hold_1", customer_id="bob", amount=2_000, currency="USD")

    # Then each transaction says the whole wallet, one version after the other
    wallets = [said.resource for said in book.said if isinstance(said.resource, Wallet)]
    assert [wallet.version for wallet in wallets] == [1, 2, 3]
    assert [(b.currency, b.posted, b.held, b.available) for b in wallets[-1].balances] == [
        ("EUR", 700, 0, 700),
        ("USD", 5_000, 2_000, 3_000),
    ]
    assert wallets[-1].id == wallets[-1].customer_id == "bob"


def test_the_same_story_gives_the_same_ids():
    def story() -> list[Decision]:
        book = Book()
        return [book.hear("payment.succeeded", payment()), book.hear("refund.created", refund())]

    assert story() == story()
