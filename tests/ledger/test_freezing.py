"""Frozen accounts: requests stop, facts go on and are flagged, what is a customer's own can come back."""

from datetime import timedelta

import pytest

from actors.runtime.decision import Done, Refused
from messages.ledger import Account, Invariant
from messages.wallets import Wallet
from tests.ledger.book import START, Book, payment
from tests.ledger.test_manual import PAIR

BOB = "liabilities:wallets:bob"


@pytest.fixture
def book() -> Book:
    """Bob has 100.00 USD, 10.00 of it held for an hour."""
    book = Book()
    book.hear("payment.succeeded", payment(10_000, wallet="bob"))
    until = START + timedelta(hours=1)
    book.ask("hold.create", "hold_1", customer_id="bob", amount=1_000, currency="USD", expires_at=until)
    return book


def freeze(book: Book, path: str = BOB) -> Done | Refused:
    return book.ask("account.freeze", "acct_1", path=path, reason="a look")


def code(outcome: Done | Refused) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def test_no_request_passes_and_every_fact_does(book: Book) -> None:
    frozen = freeze(book)
    assert isinstance(frozen, Done)
    assert isinstance(frozen.body, Account)
    assert (frozen.body.status, book.said[-1].type) == ("frozen", "wallet.frozen")
    spend = {"customer_id": "bob", "amount": 1, "currency": "USD"}
    assert code(book.ask("hold.create", "hold_2", **spend)) == "account_frozen"
    assert code(book.ask("wallet.pay", "pay_9", **spend, destination={"type": "sale"})) == "account_frozen"
    sent = {"from_customer": "eve", "to_customer": "bob", "amount": 1, "currency": "USD"}
    assert code(book.ask("transfer.create", "trf_1", **sent)) == "account_frozen"
    book.hear("payment.succeeded", payment(500, wallet="bob", payment_id="pay_2"))
    assert book.transactions[-1].flags == ["frozen"]
    assert book.balance(BOB) == 9_500


@pytest.mark.parametrize("path", [BOB, "liabilities:wallet_holds:bob"])
@pytest.mark.parametrize("part", [{}, {"amount": 400}])
def test_what_is_held_cannot_leave_a_frozen_wallet(book: Book, path: str, part: dict[str, int]) -> None:
    freeze(book, path)
    refused = book.ask("hold.confirm", "hold_1", **part)
    assert code(refused) == "account_frozen"
    assert path in str(refused)
    assert book.hold("hold_1").status == "open"


def test_what_is_held_comes_back_also_when_frozen(book: Book) -> None:
    freeze(book)
    book.now += timedelta(hours=1)
    book.ring("hold_1")
    assert book.hold("hold_1").status == "expired"
    assert book.balance(BOB) == 10_000


def test_an_unfrozen_wallet_is_as_before(book: Book) -> None:
    freeze(book)
    assert isinstance(book.ask("account.unfreeze", "acct_1", path=BOB, reason="looked"), Done)
    assert isinstance(book.ask("hold.create", "hold_2", customer_id="bob", amount=1, currency="USD"), Done)
    wallets = [said.resource for said in book.said if isinstance(said.resource, Wallet)]
    assert [wallet.status for wallet in wallets][-3:] == ["frozen", "active", "active"]
    assert [wallet.version for wallet in wallets] == list(range(1, len(wallets) + 1))


def test_a_clearing_account_cannot_be_frozen_and_a_path_of_no_chart_is_not_found(book: Book) -> None:
    assert code(freeze(book, "assets:psp:simulated:pending")) == "account_not_allowed"
    assert code(freeze(book, "assets:moon")) == "not_found"


def test_what_is_frozen_cannot_be_frozen_again(book: Book) -> None:
    freeze(book)
    assert code(freeze(book)) == "wrong_state"
    assert isinstance(book.ask("account.unfreeze", "acct_1", path=BOB, reason="r"), Done)
    assert code(book.ask("account.unfreeze", "acct_1", path=BOB, reason="r")) == "wrong_state"


def test_a_manual_account_is_frozen_by_itself(book: Book) -> None:
    freeze(book, "user:cash")
    assert book.said[-1].type == "ledger.account.frozen"
    assert code(book.ask("transaction.create", "txn_1", postings=PAIR)) == "account_frozen"


def test_a_broken_invariant_freezes_what_may_be_frozen_and_says_so_once(book: Book) -> None:
    found = {"title": "balances chain", "detail": "ent_1", "accounts": [BOB, "income:sales"]}
    outcome = book.ask("invariant.report", "I2", figure=1, **found)
    assert isinstance(outcome, Done)
    assert isinstance(outcome.body, Invariant)
    assert [said.type for said in book.said[-2:]] == ["ledger.invariant.breached", "wallet.frozen"]
    book.ask("invariant.report", "I2", figure=2, **found)
    assert book.said[-1].type == "ledger.invariant.breached"
    book.ask("invariant.report", "I2", figure=0, **found)
    assert book.said[-1].type == "ledger.invariant.restored"
    assert code(freeze(book)) == "wrong_state"
