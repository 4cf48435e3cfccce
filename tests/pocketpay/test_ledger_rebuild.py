"""`pocketpay ledger rebuild` posts the journal again and finds every row and balance that differs from it."""

import asyncpg
import pytest

from pocketpay.ledger.rebuild import Rebuilt, in_words, rebuild, shown
from tests.ledger.book import TENANT
from tests.pocketpay.test_ledger_verify import long_book, superuser

__all__ = ["superuser"]

SAY_HOLD = """insert into ledger.journal (partition, seq, id, stream, subject, tenant, type, entity, entity_seq,
        message, recorded_at)
    select 0, 5000 + row_number() over (), 'evt_h' || id, 'EVENTS', 's', tenant, 'hold.' || status, id, version,
        jsonb_build_object('data', to_jsonb(h))::text, now() from ledger.hold h"""


async def rebuilt(superuser: asyncpg.Connection, database: str) -> Rebuilt:
    await superuser.execute(SAY_HOLD)
    return await rebuild(database)


async def test_books_are_what_the_journal_says(superuser, database: str):
    found = await rebuilt(superuser, database)

    assert (found.figure, found.words) == (0, [])
    [log] = found.logs
    assert log.head is not None
    assert log.root_at_head == log.head["root"]
    assert log.tenant == TENANT
    assert found.transactions == log.size == len([s for s in long_book().said if s.type == "ledger.transaction.posted"])
    assert in_words(found)[1].endswith("its root is that of the journal")
    assert await superuser.fetchval("select to_regnamespace('ledger_shadow')") is None


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("update ledger.entry set amount = 900 where path = 'income:sales' and account_version = 9", "amount is 900"),
        ("update ledger.transaction set description = 'x' where leaf_index = 9", "description is x, by the journal"),
        ("delete from ledger.transaction where leaf_index = 9", "is in the journal and not in the books"),
        ("delete from ledger.entry where path = 'income:sales' and account_version = 9", "is in the journal and not"),
        (
            "update ledger.account set balance = 7 where path = 'income:sales'",
            "account demo income:sales USD: balance is 7",
        ),
        ("update ledger.account set balance = 7 where path like '%wallets:bob'", "wallet demo bob USD: posted is"),
        ("update ledger.hold set amount = 7 where status = 'open'", "held by demo bob USD: held is 7, by the journal"),
        (
            "update ledger.hold set amount_confirmed = 400 where id = 'hold_1'",
            "hold hold_1: amount_confirmed is 400, by",
        ),
        ("delete from ledger.journal where seq = 9", "is in the books and not in the journal"),
        ("delete from ledger.journal where seq = 9", "has another root than the journal"),
        ("update ledger.tree_head set root = 'x' where size > 300", "has another root than the journal"),
    ],
)
async def test_what_differs_is_named(superuser, database: str, sql: str, words: str):
    await superuser.execute(SAY_HOLD)
    await superuser.execute(sql)

    found = await rebuild(database)

    assert found.figure > 0
    assert words in "; ".join(found.words)
    assert shown(found)["figure"] == found.figure
