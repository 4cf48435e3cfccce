"""Holds: money is set aside only if it is there, and leaves the hold exactly once."""

from datetime import timedelta

import pytest

from actors.runtime.decision import Done, Refused
from messages.wire import Json
from tests.ledger.book import START, Book, lines, payment, refund

WALLET, HELD = "liabilities:wallets:bob", "liabilities:wallet_holds:bob"


@pytest.fixture
def book() -> Book:
    """Bob has 100.00 USD."""
    book = Book()
    book.hear("payment.succeeded", payment(10_000, wallet="bob"))
    return book


def hold(book: Book, amount: int = 2_500, hold_id: str = "hold_1", **data: object) -> Done | Refused:
    """Sets money of bob's aside."""
    return book.ask("hold.create", hold_id, customer_id="bob", amount=amount, currency="USD", **data)


def refusal(outcome: Done | Refused) -> tuple[str, Json]:
    """Code and extra."""
    assert isinstance(outcome, Refused), outcome
    return outcome.code, outcome.extra


def test_a_hold_moves_money_from_free_to_held(book: Book):
    outcome = hold(book)

    assert isinstance(outcome, Done)
    assert outcome.status == 201
    assert outcome.body == book.hold("hold_1")
    assert (book.balance(WALLET), book.balance(HELD)) == (7_500, 2_500)
    assert book.hold("hold_1").transaction == book.transactions[-1].id
    assert [said.type for said in book.said[-3:]] == [
        "hold.created",
        "ledger.transaction.posted",
        "wallet.updated",
    ]


def test_money_that_is_not_there_cannot_be_held(book: Book):
    said = len(book.said)

    code, extra = refusal(hold(book, 10_001))

    assert code == "insufficient_funds"
    assert extra["balance"] == {
        "currency": "USD",
        "posted": 10_000,
        "held": 0,
        "available": 10_000,
        "overdraft_limit": 0,
    }
    assert len(book.said) == said


def test_held_money_cannot_be_held_again(book: Book):
    outcomes = [hold(book, 4_000, f"hold_{number}") for number in range(3)]

    assert [isinstance(outcome, Done) for outcome in outcomes] == [True, True, False]
    assert (book.balance(WALLET), book.balance(HELD)) == (2_000, 8_000)


def test_a_customer_without_wallet_has_nothing_to_hold():
    code, extra = refusal(hold(Book()))

    assert (code, extra["balance"]["available"]) == ("insufficient_funds", 0)


def test_money_of_another_currency_does_not_count(book: Book):
    outcome = book.ask("hold.create", "hold_1", customer_id="bob", amount=1, currency="EUR")

    assert refusal(outcome)[0] == "insufficient_funds"


def test_a_voided_hold_gives_everything_back(book: Book):
    hold(book)

    outcome = book.ask("hold.void", "hold_1")

    assert isinstance(outcome, Done)
    assert outcome.status == 200
    assert (book.balance(WALLET), book.balance(HELD)) == (10_000, 0)
    assert (book.hold("hold_1").status, book.hold("hold_1").version) == ("voided", 2)


@pytest.mark.parametrize(
    ("destination", "amount", "expected"),
    [
        ({"type": "sale"}, None, [(HELD, "debit", 2_500), ("income:sales", "credit", 2_500)]),
        (
            {"type": "sale", "tax": [{"jurisdiction": "DE", "amount": 400}]},
            1_000,
            [
                (HELD, "debit", 2_500),
                (WALLET, "credit", 1_500),
                ("income:sales", "credit", 840),
                ("liabilities:tax_payable:DE", "credit", 160),
            ],
        ),
        (
            {"type": "wallet", "customer_id": "eve"},
            2_500,
            [(HELD, "debit", 2_500), ("liabilities:wallets:eve", "credit", 2_500)],
        ),
    ],
)
def test_a_confirmed_hold_pays_its_destination_and_returns_the_rest(book: Book, destination, amount, expected):
    hold(book, destination=destination)

    outcome = book.ask("hold.confirm", "hold_1", **({"amount": amount} if amount else {}))

    assert isinstance(outcome, Done)
    assert outcome.status == 200
    assert lines(book.transactions[-1]) == expected
    assert book.hold("hold_1").amount_confirmed == (amount or 2_500)
    assert book.balance(HELD) == 0


def test_no_more_is_confirmed_than_is_held(book: Book):
    hold(book)

    assert refusal(book.ask("hold.confirm", "hold_1", amount=2_501))[0] == "hold_exceeded"
    assert book.hold("hold_1").status == "open"


@pytest.mark.parametrize("again", ["hold.void", "hold.confirm"])
def test_a_closed_hold_stays_closed(book: Book, again: str):
    hold(book)
    book.ask("hold.void", "hold_1")
    before = len(book.transactions)

    code, extra = refusal(book.ask(again, "hold_1"))

    assert (code, extra["status_now"], extra["allowed_from"]) == ("wrong_state", "voided", ["open"])
    assert len(book.transactions) == before


@pytest.mark.parametrize("command", ["hold.void", "hold.confirm"])
def test_an_unknown_hold_is_not_found(book: Book, command: str):
    assert refusal(book.ask(command, "hold_none"))[0] == "not_found"


def test_a_hold_is_made_once(book: Book):
    hold(book)

    assert refusal(hold(book))[0] == "already_exists"
    assert book.balance(HELD) == 2_500


@pytest.mark.parametrize(
    "destination",
    [
        {"type": "refund", "refund": "ref_1", "payment": "pay_1"},
        {"type": "withdrawal", "payout": "po_1"},
        {"type": "sale", "payment": "pay_1"},
    ],
)
def test_a_hold_that_belongs_to_something_is_not_for_clients_to_close(book: Book, destination: dict[str, str]):
    hold(book, destination=destination)

    for command in ("hold.confirm", "hold.void"):
        assert refusal(book.ask(command, "hold_1"))[0] == "in_use"
    book.source = "payments"
    assert isinstance(book.ask("hold.void", "hold_1"), Done)


def test_a_hold_for_a_refund_is_not_confirmed_by_command(book: Book):
    hold(book, destination={"type": "refund", "refund": "ref_1", "payment": "pay_1"})
    book.source = "payments"

    assert refusal(book.ask("hold.confirm", "hold_1"))[0] == "account_not_allowed"


def test_a_top_up_for_somebody_else_can_be_given_back(book: Book):
    hold(book, destination={"type": "refund", "refund": "ref_1", "payment": "pay_1"})
    given = refund(2_500, wallet="bob", hold="hold_1").model_copy(update={"customer_id": "ada"})

    book.hear("refund.created", given)
    assert book.hold("hold_1").status == "confirmed"


def test_a_destination_that_nobody_knows_is_refused(book: Book):
    assert refusal(hold(book, destination={"type": "moon"}))[0] == "account_not_allowed"


def test_the_tax_inside_cannot_be_more_than_is_held(book: Book):
    taxed = {"type": "sale", "tax": [{"jurisdiction": "DE", "amount": 2_000}, {"jurisdiction": "BY", "amount": 501}]}
    assert refusal(hold(book, destination=taxed))[0] == "amount_too_small"
    assert book.balance(HELD) == 0


def test_an_expired_hold_cannot_be_confirmed_though_its_alarm_has_not_rung(book: Book):
    hold(book, expires_at=START + timedelta(hours=1))
    book.now = START + timedelta(hours=1)
    assert refusal(book.ask("hold.confirm", "hold_1"))[0] == "wrong_state"
    assert isinstance(book.ask("hold.void", "hold_1"), Done)
    assert book.balance(WALLET) == 10_000


def test_a_hold_expires_when_its_time_has_come(book: Book):
    # Given a hold for an hour
    hold(book, expires_at=START + timedelta(hours=1))
    assert book.due == {"hold_1": START + timedelta(hours=1)}

    # When its alarm rings too early, nothing happens
    book.now = START + timedelta(minutes=59)
    early = book.ring("hold_1")
    assert not early.states
    assert early.due == {"hold_1": START + timedelta(hours=1)}  # who rings an alarm takes it away

    # Then at its time the money is free again, and only once
    book.now = START + timedelta(hours=1)
    book.ring("hold_1")
    book.ring("hold_1")
    assert book.hold("hold_1").status == "expired"
    assert (book.balance(WALLET), book.balance(HELD)) == (10_000, 0)
    assert book.due == {}


def test_a_hold_cannot_begin_after_its_end(book: Book):
    assert refusal(hold(book, expires_at=START))[0] == "date_out_of_range"


def test_a_closed_hold_needs_no_alarm(book: Book):
    hold(book, expires_at=START + timedelta(hours=1))

    book.ask("hold.confirm", "hold_1")

    assert book.due == {}


def test_an_alarm_for_something_else_changes_nothing(book: Book):
    assert not book.ring("pay_1").states
