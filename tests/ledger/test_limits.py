"""Overdrafts: a wallet goes below nothing as far as its limit, and a limit never below what is overdrawn."""

from actors.ledger.states import FloorState
from actors.runtime.decision import Done, Refused
from messages.wallets import Wallet
from tests.ledger.book import Book, payment

BOB = "liabilities:wallets:bob"


def limit(book: Book, most: int, currency: str = "USD") -> Done | Refused:
    return book.ask("wallet.limit", "bob", overdraft_limits={currency: most})


def hold(book: Book, amount: int, number: int = 1) -> Done | Refused:
    return book.ask("hold.create", f"hold_{number}", customer_id="bob", amount=amount, currency="USD")


def test_a_wallet_without_movements_may_be_given_a_limit_and_spend_it() -> None:
    book = Book()
    limited = limit(book, 500)
    assert isinstance(limited, Done)
    assert isinstance(limited.body, Wallet)
    assert [balance.overdraft_limit for balance in limited.body.balances] == [500]
    refused = hold(book, 501)
    assert isinstance(refused, Refused)
    assert refused.extra["balance"]["overdraft_limit"] == 500
    assert isinstance(hold(book, 500), Done)
    assert book.balance(BOB) == -500


def test_a_wallet_with_money_spends_it_and_its_limit() -> None:
    book = Book()
    book.hear("payment.succeeded", payment(100, wallet="bob"))
    limit(book, 50)
    floors = [state for state in book.view.values() if isinstance(state, FloorState)]
    assert [(floor.account.floor, floor.account.version) for floor in floors] == [(-50, 1)]
    assert isinstance(hold(book, 151), Refused)
    assert isinstance(hold(book, 150), Done)


def test_a_limit_goes_no_lower_than_what_is_overdrawn() -> None:
    book = Book()
    limit(book, 500)
    hold(book, 300)
    refused = limit(book, 299)
    assert isinstance(refused, Refused)
    assert refused.code == "wrong_state"
    assert refused.extra["resource"] == {"object": "wallet", "id": "bob"}
    assert isinstance(limit(book, 300), Done)


def test_a_limit_for_a_version_that_has_passed_changes_nothing() -> None:
    book = Book()
    limit(book, 500)
    late = book.ask("wallet.limit", "bob", overdraft_limits={"USD": 0}, expected_version=0)
    assert isinstance(late, Refused)
    assert (late.code, late.extra["resource"]) == ("version_conflict", {"object": "wallet", "id": "bob"})
    assert isinstance(hold(book, 500), Done), "the limit is as it was, and the hold makes the second version"
    assert isinstance(book.ask("wallet.limit", "bob", overdraft_limits={"USD": 600}, expected_version=2), Done)


def test_limits_are_of_their_currency() -> None:
    book = Book()
    limit(book, 500, "EUR")
    assert isinstance(hold(book, 1), Refused)


def test_a_dispute_never_takes_an_overdraft() -> None:
    from tests.ledger.test_other_facts import dispute

    book = Book()
    limit(book, 500)
    hold(book, 100)
    book.hear("dispute.lost", dispute(wallet="bob"))
    assert book.balance(BOB) == -100
    assert book.balance("expenses:chargeback_losses") == 10_000
