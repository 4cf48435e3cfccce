"""`pocketpay ledger verify` is content with books as they were written, and names what a hand in the tables changed."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable
from functools import cache

import asyncpg
import pytest
from pydantic_core import to_json

from actors.ledger.heads import key_id, public_key, sign, signed_text
from actors.ledger.log import HEAD_ENTITY
from actors.ledger.merkle import Frontier, append, root
from messages.wire import json_of
from pocketpay.ledger import verify as rule
from pocketpay.ledger.differences import hash_of, transaction_of
from pocketpay.ledger.verify import Verdict, in_words, verify
from storage.ledger_log import in_leaf_order
from tests.ledger.book import SIGNER, TENANT, Book, payment
from tests.ledger.tables import commit, states_of, whole_book

KEY = b64decode(SIGNER.public_key)
OTHER_KEY = b"k" * 32
SALES = "path = 'income:sales' and account_version = 9"

SAY = """insert into ledger.journal (partition, seq, id, stream, subject, tenant, type, entity, entity_seq, message,
        recorded_at)
    select 0, $1, 'evt_l' || $1::bigint, 'EVENTS', 's', $2, 'ledger.transaction.posted', $3, 1, $4, now()"""


@cache
def long_book() -> Book:
    """More than fits under one kept node of the tree."""
    book = whole_book()
    for number in range(300):
        book.hear("payment.succeeded", payment(1_000, payment_id=f"pay_x{number}"))
        if number == 100:
            book.ring(HEAD_ENTITY)
    book.ring(HEAD_ENTITY)
    return book


async def write_down(connection: asyncpg.Connection, book: Book) -> None:
    """The book's tables, and what it said in the journal."""
    await commit(connection, states_of(book))
    posted = [said.resource for said in book.said if said.type == "ledger.transaction.posted"]
    said = [(TENANT, one.id, to_json({"data": json_of(one)}).decode()) for one in posted]
    await connection.executemany(SAY, [(number, *one) for number, one in enumerate(said, start=1)])


@pytest.fixture
async def superuser(database: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody whom no trigger stops, over books with three hundred sales, all said, signed twice."""
    connection = await asyncpg.connect(database, server_settings={"search_path": "ledger"}, timeout=10)
    await write_down(connection, long_book())
    await connection.execute("set session_replication_role = replica")
    yield connection
    await connection.close(timeout=10)


@pytest.fixture
def verified(database_as: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Looks in small windows, with the role that may only read."""
    monkeypatch.setattr(rule, "WINDOW", 50)

    async def look(key: bytes | None = KEY) -> Verdict:
        [verdict] = await verify(database_as("pocketpay_verifier"), None, key)
        return verdict

    return look


async def test_books_as_they_were_written_are_right(superuser, verified):
    verdict = await verified()

    assert (verdict.figure, verdict.troubles) == (0, [])
    assert verdict.size == verdict.newest["size"] == await superuser.fetchval("select size from ledger.tree") > 300
    assert verdict.heads == 3
    assert b64encode(root(verdict.frontier)).decode() == verdict.newest["root"]
    assert in_words(verdict)[0].startswith(f"ok    demo: {verdict.size} transactions, root {verdict.newest['root']}")


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (f"update ledger.entry set amount = 900 where {SALES}", "(income:sales): amount is 900, was 1000 when it was"),
        (f"update ledger.entry set balance_after = 7 where {SALES}", "(income:sales): balance_after is 7, was 15703"),
        (f"update ledger.entry set currency = 'EUR' where {SALES}", "(income:sales): currency is EUR, was USD when"),
        (f"update ledger.entry set path = '' where {SALES}", "(income:sales): account is , was income:sales when"),
        (f"update ledger.entry set id = 'x' where {SALES}", "(income:sales) of 1000 is gone"),
        (f"delete from ledger.entry where {SALES}", "(income:sales) of 1000 is gone"),
        ("update ledger.transaction set event = null where leaf_index = 20", "event is None, was evt_"),
        (
            "update ledger.transaction set effective_at = '2020-01-01Z' where leaf_index = 20",
            "effective_at is 2020-01-01T00:00:00.000Z, was 2026-11-22T09:59:59.000Z when",
        ),
        ("update ledger.transaction set effective_at = '-infinity' where leaf_index = 20", "effective_at is "),
        ("update ledger.transaction set leaf_hash = sha256('x') where leaf_index = 20", "its leaf_hash is not theirs"),
        ("delete from ledger.transaction where leaf_index = 20", "leaf 20 of "),
        ("update ledger.transaction set leaf_index = 5000 where leaf_index = 20", "leaf 20 of "),
        ("update ledger.tree set size = size - 1", "are no leaf of the"),
        ("update ledger.tree set frontier = reverse(frontier)", "the kept edge of the tree"),
        ("update ledger.tree_node set hash = sha256('x')", "the kept node over leaves 0 to 255 is not theirs"),
        ("delete from ledger.tree_node", "the kept node over leaves 0 to 255 is not theirs"),
        ("insert into ledger.tree_node values ('demo', 8, 7, sha256('x'))", "the tree has 2 kept nodes, and 1"),
        ("update ledger.tree_head set root = 'AAAA' where size < 50", "is not signed by the key in it"),
        ("update ledger.tree_head set time = time + interval '1 h' where size < 50", "is not signed by the key in it"),
        ("update ledger.tree_head set signature = '?' where size < 50", "is not signed by the key in it"),
        ("update ledger.tree_head set key_id = 'x' where size < 50", "names another key than the one in it"),
        ("update ledger.tree_head set size = 5000 where size < 50", "a head was signed at 5000 leaves"),
        (
            "insert into ledger.entry values ('demo', 'x', 'USD', 1, 'ent_x', 'txn_x', 0, 'debit', 5, 5, now(), now())",
            "1 entries have no transaction or not the times of theirs, such as entry ent_x (x) of transaction txn_x",
        ),
        (
            f"update ledger.entry set recorded_at = now() where {SALES}",
            "1 entries have no transaction or not the times",
        ),
    ],
)
async def test_what_was_changed_is_named(superuser, verified, sql: str, words: str):
    await superuser.execute("alter table ledger.transaction drop constraint transaction_in_time")
    await superuser.execute(sql)

    verdict = await verified()

    assert verdict.figure > 0
    assert words in "; ".join(trouble.words for trouble in verdict.troubles)


async def forged(superuser: asyncpg.Connection, book_key: bytes | None = None) -> None:
    """An amount changed with its leaf hash, and the whole tree made anew over it."""
    await superuser.execute(
        "update ledger.entry set amount = amount + 5 where transaction = (select id from"
        " ledger.transaction where leaf_index = 200)"
    )
    frontier, nodes = Frontier(), []
    size = int(await superuser.fetchval("select size from ledger.tree") or 0)
    heads = {row["size"]: row["time"] for row in await superuser.fetch("select size, time from ledger.tree_head")}
    async for row, lines in in_leaf_order(superuser, TENANT, 0, size):
        leaf = hash_of(TENANT, transaction_of(row, lines))
        await superuser.execute("update ledger.transaction set leaf_hash = $1 where id = $2", leaf, row["id"])
        frontier, completed = append(frontier, leaf)
        nodes += completed
        if book_key and frontier.size in heads:
            text = signed_text(TENANT, frontier.size, root(frontier), heads[frontier.size])
            await superuser.execute(
                "update ledger.tree_head set root = $2, key_id = $3, public_key = $4, signature = $5 where size = $1",
                frontier.size,
                b64encode(root(frontier)).decode(),
                key_id(public_key(book_key)),
                b64encode(public_key(book_key)).decode(),
                b64encode(sign(book_key, text)).decode(),
            )
    await superuser.execute("update ledger.tree set frontier = $1", b"".join(frontier.hashes).hex())
    for node in nodes:
        await superuser.execute("update ledger.tree_node set hash = $1 where height = $2", node.hash, node.height)


async def test_rows_that_were_changed_with_their_whole_tree_are_named(superuser, verified):
    # Given somebody who recomputed everything but the signatures, which take the key
    await forged(superuser)

    verdict = await verified()

    # Then the last head betrays it, and the journal says which entry it was
    assert "amount is 1005, was 1000 when it was said" in verdict.troubles[0].words
    assert "has another root than the leaves" in verdict.troubles[1].words
    assert verdict.figure == 2


async def test_heads_that_were_signed_by_another_key_are_not_believed(superuser, verified):
    await forged(superuser, OTHER_KEY)

    trusting, knowing = await verified(None), await verified()

    assert trusting.figure == 0
    assert knowing.figure == 3
    assert f"which is not {key_id(KEY)}" in knowing.troubles[0].words


async def test_one_key_for_all_heads_is_asked_for_where_none_is_known(superuser, verified):
    await superuser.execute(
        "update ledger.tree_head set public_key = $1 where size < 50", b64encode(b"x" * 32).decode()
    )

    assert (await verified(None)).figure == 3
