"""The journal as the real accounting programs read it: their balances are ours, account by account."""

import csv
import io
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from actors.ledger import export_query
from actors.ledger.export_query import exported
from actors.ledger.queries import ANSWERS
from messages.envelope import Query
from messages.ledger import Transaction
from messages.ledger_queries import ExportedText, ExportFormat, ExportPage
from messages.money import in_major_units
from messages.wire import json_of
from tests.ledger.accounting_tools import (
    Balances,
    bean_check,
    beancount_balances,
    hledger,
    hledger_balances,
    hledger_transactions,
)
from tests.ledger.book import TENANT, Book
from tests.ledger.export_story import by_hand, reverse, story
from tests.ledger.tables import commit, states_of

FORMATS: tuple[ExportFormat, ...] = ("hledger", "beancount", "csv")
SPANS = [
    (None, None),
    (datetime(2026, 10, 20, 10, tzinfo=UTC), None),
    (None, datetime(2026, 11, 1, tzinfo=UTC)),
    (datetime(2026, 10, 17, 12, tzinfo=UTC), datetime(2026, 11, 7, 10, tzinfo=UTC)),
    (datetime(2027, 1, 1, tzinfo=UTC), None),
    (None, datetime(2001, 1, 1, tzinfo=UTC)),
]
Export = Callable[..., Awaitable[str]]


@pytest.fixture
def book() -> Book:
    return story()


@pytest.fixture
async def connection(database_as: Callable[[str], str], book: Book) -> AsyncIterator[asyncpg.Connection]:
    """With the ledger's own rights, on the story's tables."""
    connection = await asyncpg.connect(database_as("pocketpay_ledger"), timeout=10)
    await commit(connection, states_of(book))
    yield connection
    await connection.close(timeout=10)


@pytest.fixture
def export(connection: asyncpg.Connection) -> Export:
    """All pages of an export."""

    async def export(format_: ExportFormat, since: datetime | None = None, until: datetime | None = None) -> str:
        return "".join([page.text async for page in pages(connection, format_, since=since, until=until)])

    return export


async def pages(connection: asyncpg.Connection, format_: ExportFormat, **span: Any) -> AsyncIterator[ExportedText]:
    page = ExportPage(format=format_, **span)
    while True:
        found = await exported(connection, TENANT, page)
        yield found
        if found.next is None:
            return
        page = page.model_copy(update={"place": found.next, "as_of": found.as_of})


def posted(book: Book) -> list[Transaction]:
    """Of what was said of transactions, the first of each."""
    return [
        said.resource
        for said in book.said
        if said.type == "ledger.transaction.posted" and isinstance(said.resource, Transaction)
    ]


def booked(book: Book, until: datetime | None = None) -> Balances:
    """What is dated before the time, added up from the transactions themselves."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for transaction in posted(book):
        if until is None or transaction.effective_at < until:
            for line in transaction.entries:
                sums[line.account, line.currency] += line.amount if line.side == "debit" else -line.amount
    return {key: in_major_units(amount, key[1]) for key, amount in sums.items() if amount}


@pytest.mark.parametrize(("since", "until"), SPANS)
async def test_hledger_accepts_it_and_finds_our_balances(export: Export, book: Book, since, until):
    journal = await export("hledger", since, until)

    hledger(journal, "check", "--strict")
    assert hledger_balances(journal) == booked(book, until)


@pytest.mark.parametrize(("since", "until"), SPANS)
async def test_beancount_accepts_it_and_finds_our_balances(export: Export, book: Book, tmp_path: Path, since, until):
    journal = await export("beancount", since, until)

    assert bean_check(journal, tmp_path) == ""
    assert beancount_balances(journal) == booked(book, until)


async def test_their_balances_are_those_of_our_trial_balance(export: Export, connection: asyncpg.Connection):
    reply = await ANSWERS["trial_balance"](connection, Query(tenant=TENANT, params={}))

    ours = {(line["account"], line["currency"]): line["debit"] - line["credit"] for line in reply.body["data"]}
    shown = {key: in_major_units(debit, key[1]) for key, debit in ours.items() if debit}
    assert {currency for _, currency in shown} == {"USD", "JPY", "KWD"}
    assert hledger_balances(await export("hledger")) == shown
    assert beancount_balances(await export("beancount")) == shown


async def test_a_spreadsheet_adds_up_to_the_closing_balances(export: Export, book: Book):
    since, until = SPANS[3]
    rows = list(csv.DictReader(io.StringIO(await export("csv", since, until), newline="")))

    sums: defaultdict[str, defaultdict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for row in rows[:-1]:
        minor = [int(row[side].replace(".", "") or 0) for side in ("debit", "credit")]
        sums[row["kind"]][row["account"], row["currency"]] += minor[0] - minor[1]
    assert {key: in_major_units(n, key[1]) for key, n in sums["closing"].items() if n} == booked(book, until)
    for key, closing in sums["closing"].items():
        assert sums["opening"][key] + sums["entry"][key] == closing
    assert (rows[-1]["kind"], rows[-1]["leaf_index"]) == ("end", str(len(posted(book))))


async def test_a_transaction_that_is_missing_is_found_out(export: Export, tmp_path: Path):
    for format_ in ("hledger", "beancount"):
        blocks = (await export(format_)).split("\n\n")
        missing = [block for block in blocks if "txn_late" not in block]
        assert len(missing) == len(blocks) - 1
        if format_ == "hledger":
            with pytest.raises(AssertionError, match="balance assertion"):
                hledger("\n\n".join(missing), "check")
        else:
            assert "Balance failed" in bean_check("\n\n".join(missing), tmp_path)


async def test_a_closing_balance_that_is_a_cent_off_is_found_out(export: Export, tmp_path: Path):
    journal = await export("beancount")
    assert "-132.90 ~ 0 USD" in journal
    assert "Balance failed" in bean_check(journal.replace("-132.90 ~ 0 USD", "-132.91 ~ 0 USD"), tmp_path)


async def test_each_transaction_says_what_it_is(export: Export, book: Book):
    journal = await export("hledger")

    read = {each["tcode"]: dict(each["ttags"]) for each in hledger_transactions(journal)}
    for known in posted(book):
        tags = read[known.id]
        assert tags["id"] == known.id
        assert tags["leaf"] == str(known.leaf_index)
        assert tags["source"] == f"{known.source.type}/{known.source.id}/{known.source.kind}"
        assert (tags.get("event"), tags.get("command")) == (known.event, known.command)
        assert tags.get("reverses") == known.reverses
    assert read["txn_wrong"]["reversed-by"] == posted(book)[-1].id
    assert "33.33 USD at 151.237 = 5041 JPY" in journal


@pytest.mark.parametrize("format_", FORMATS)
async def test_small_pages_hold_the_same_as_large_ones(
    export: Export, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, format_
):
    whole = await export(format_, *SPANS[3])
    monkeypatch.setattr(export_query, "ACCOUNTS_PER_PAGE", 4)
    monkeypatch.setattr(export_query, "LINES_PER_PAGE", 5)
    since, until = SPANS[3]
    small = [page.text async for page in pages(connection, format_, since=since, until=until)]

    assert "".join(small) == whole
    assert len(small) > 20
    monkeypatch.setattr(export_query, "LINES_PER_PAGE", 500)
    monkeypatch.setattr(export_query, "BYTES_PER_PAGE", 1)
    single = [page.text async for page in pages(connection, format_, since=since, until=until)]
    assert "".join(single) == whole


@pytest.mark.parametrize("format_", FORMATS)
async def test_what_is_posted_meanwhile_is_not_in_it(
    export: Export, connection: asyncpg.Connection, book: Book, monkeypatch: pytest.MonkeyPatch, format_
):
    # Given an export whose first page is there
    whole = await export(format_)
    monkeypatch.setattr(export_query, "ACCOUNTS_PER_PAGE", 4)
    text = ""
    async for page in pages(connection, format_):
        if not text:
            # When more is posted, on old accounts and new ones, dated back too, and an old one undone
            known = dict(book.view)
            by_hand(book, "txn_more", 77, currency="EUR", effective_at=book.now - timedelta(days=20))
            reverse(book, next(each for each in posted(book) if each.id == "txn_trap0"))
            await commit(connection, [state for key, state in book.view.items() if known.get(key) is not state])
        text += page.text
    # Then nothing of it shows but perhaps a currency that is not used
    assert text.replace("commodity 1000.00 EUR\n", "").replace("1970-01-01 commodity EUR\n", "") == whole


async def test_books_without_a_posting_are_whole_too(connection: asyncpg.Connection, tmp_path: Path):
    for format_ in FORMATS:
        page, text = ExportPage(format=format_), ""
        while True:
            found = await exported(connection, "nobody", page)
            text += found.text
            if found.next is None:
                break
            page = page.model_copy(update={"place": found.next, "as_of": found.as_of})
        if format_ == "hledger":
            hledger(text, "check", "--strict")
        if format_ == "beancount":
            assert bean_check(text, tmp_path) == ""
        assert text.splitlines()[-1].startswith(("; end of the export of 0", "end,,,0"))


async def test_the_actor_answers_with_a_page_and_the_next_place(connection: asyncpg.Connection):
    reply = await ANSWERS["export"](connection, Query(tenant=TENANT, params=json_of(ExportPage(format="csv"))))

    assert reply.status == 200
    page = ExportedText.model_validate(reply.body)
    assert page.text.startswith("kind,date,transaction,")
    assert page.next is not None
    assert page.next.part == "journal"
