"""Proofs from real tables pass the auditors' checker, and stop doing so when a row was touched."""

import runpy
from base64 import b64decode
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from actors.ledger.log import HEAD_ENTITY
from messages.wire import Json
from tests.ledger.asking import Ask, paged, questions
from tests.ledger.book import SIGNER, START, Book, payment
from tests.ledger.stories import by_hand, posted
from tests.ledger.tables import commit, states_of

CHECKER = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "proof" / "check.py"))
KEY = b64decode(SIGNER.public_key)
WALLET = "liabilities:wallets:bob"
LENGTH = 300
"""More than a tile of the tree."""


def checked(proof: Json) -> str:
    """What the checker says it has proved; raises its Refused."""
    return CHECKER[f"check_{'balance' if proof['object'] == 'balance_proof' else 'consistency'}"](proof, KEY)


def signed_book(*signed_after: int) -> Book:
    """Top-ups of two wallets in turn, one a second, with heads after so many of them."""
    book = Book()
    for number in range(LENGTH):
        book.now = START + timedelta(seconds=number)
        wallet = "bob" if number % 2 == 0 else "eve"
        book.hear("payment.succeeded", payment(10, wallet=wallet, payment_id=f"pay_{number}"))
        if number + 1 in signed_after:
            book.ring(HEAD_ENTITY)
    return book


@pytest.fixture
async def prove(books: asyncpg.Connection) -> Ask:
    """Asks about a book whose log is signed at its end, and at 120, 257 and 258."""
    await commit(books, states_of(signed_book(120, 257, 258, LENGTH)))
    return questions(books)


async def test_a_balance_is_proved_at_any_time(prove: Ask) -> None:
    # Given times before, at and between entries, and none
    for seconds, balance in [(-1, 0), (0, 10), (1, 10), (2, 20), (255.5, 1_280), (256, 1_290), (298, 1_500)]:
        status, proof = await prove("proof", path=WALLET, at=START + timedelta(seconds=seconds))
        assert (status, proof["balance"], proof["head"]["size"]) == (200, balance, LENGTH)
        # Then the checker believes it
        assert f"held {balance} USD" in checked(proof)
    _, proof = await prove("proof", path=WALLET, currency="USD")
    assert "no later entry was shown" in checked(proof)
    assert (proof["version"], proof["next"]) == (150, None)


async def test_a_time_that_is_yet_to_come_is_not_spoken_of(prove: Ask) -> None:
    later = START + timedelta(days=36_500)
    _, proof = await prove("proof", path=WALLET, at=later)
    assert proof["at"] < later.isoformat()
    assert checked(proof)


@pytest.mark.parametrize(
    "change",
    [
        "update entry set amount = amount + 1 where path = $1 and account_version = 5",
        "update entry set balance_after = 999 where path = $1 and account_version = 5",
        "update transaction set recorded_at = recorded_at - interval '1 ms' where leaf_index = 8 and $1 = $1",
        "update transaction set source_id = 'pay_other' where id = (select transaction from entry where path = $1 and "
        "account_version = 5)",
        "update transaction set leaf_hash = sha256('x') where leaf_index = 9 and $1 = $1",
        "update entry set id = '', amount = 7 where path = $1 and account_version = 5",
    ],
)
async def test_what_was_touched_can_be_proved_no_longer(database: str, prove: Ask, change: str) -> None:
    # Given a row that somebody with all rights has changed
    await by_force(database, change, WALLET)
    # When its balance is to be proved
    status, proof = await prove("proof", path=WALLET, at=START + timedelta(seconds=8))
    # Then there is an answer, and nobody believes it
    assert status == 200
    with pytest.raises(CHECKER["Refused"]):
        checked(proof)


async def test_rows_that_no_model_reads_are_shown_as_they_stand(database: str, prove: Ask) -> None:
    changes = (
        "alter table entry drop constraint entry_amount_check",
        f"update entry set amount = -5, currency = 'USD' where path = '{WALLET}' and account_version = 5",
    )
    for change in changes:
        await by_force(database, change)
    status, proof = await prove("proof", path=WALLET, at=START + timedelta(seconds=8))
    assert (status, proof["entry"]["leaf"]["entries"][1]["amount"]) == (200, -5)
    with pytest.raises(CHECKER["Refused"]):
        checked(proof)


async def test_a_log_with_holes_proves_nothing_and_says_so(database: str, prove: Ask) -> None:
    await by_force(database, "delete from tree_node where number = 0")
    assert (await prove("proof", path=WALLET))[0] == 503
    assert (await prove("consistency", first=257, second=LENGTH))[0] == 503


async def test_a_head_extends_each_before_it(prove: Ask) -> None:
    sizes = (120, 257, 258, LENGTH)
    for first in sizes:
        for second in sizes[sizes.index(first) :]:
            status, proof = await prove("consistency", first=first, second=second)
            assert status == 200
            assert f"begins with the {first}" in checked(proof)
    assert (await prove("consistency", first=121, second=LENGTH))[0] == 404
    assert (await prove("consistency", first=120, second=LENGTH + 1))[0] == 404
    assert (await prove("consistency", first=257, second=120))[1]["code"] == "invalid_parameter"


async def test_heads_come_newest_first_in_pages(prove: Ask) -> None:
    heads = await paged(prove, "heads", "size", limit=3)
    assert [head["size"] for head in heads] == [LENGTH, 258, 257, 120]
    assert {head["tenant"] for head in heads} == {"demo"}
    assert (await prove("heads", "other"))[1]["data"] == []


async def test_before_a_head_covers_it_nothing_is_proved(books: asyncpg.Connection) -> None:
    # Given a log whose last entries no head covers
    await commit(books, states_of(signed_book(120)))
    ask = questions(books)
    # Then the newest ones must be waited for, and what came before stands
    status, body = await ask("proof", path=WALLET)
    assert (status, body["code"], body["lag"]) == (503, "behind", 179)
    _, proof = await ask("proof", path=WALLET, at=START + timedelta(seconds=118))
    assert (proof["next"], proof["version"]) == (None, 60)
    assert checked(proof)


async def test_without_any_head_it_is_said_what_is_missing(books: asyncpg.Connection) -> None:
    assert (await questions(books)("proof", path=WALLET, currency="USD"))[0] == 404
    await commit(books, states_of(signed_book()))
    status, body = await questions(books)("proof", path=WALLET)
    assert (status, body["code"]) == (503, "behind")


async def test_an_account_with_several_currencies_must_name_one(books: asyncpg.Connection) -> None:
    book = Book()
    by_hand(book, 5, "txn_1")
    by_hand(book, 5, "txn_2", "EUR")
    book.ring(HEAD_ENTITY)
    await commit(books, states_of(book))
    ask = questions(books)
    status, body = await ask("proof", path="user:box:a")
    assert (status, body["code"], "EUR, USD" in body["detail"]) == (400, "invalid_parameter", True)
    assert checked((await ask("proof", path="user:box:a", currency="EUR"))[1])
    assert (await ask("proof", path="assets:moon", currency="EUR"))[0] == 404
    assert len(posted(book)) == 2
    # And of one that was never used only the head is proved
    _, nothing = await ask("proof", path="user:other", currency="EUR")
    assert checked(nothing).startswith("Proved: only the tree of 2")


async def by_force(database: str, change: str, *args: Any) -> None:
    """As somebody would who owns the database."""
    connection = await asyncpg.connect(database, timeout=10)
    try:
        await connection.execute("set search_path = ledger; set session_replication_role = replica")
        await connection.execute(change, *args)
    finally:
        await connection.close(timeout=10)
