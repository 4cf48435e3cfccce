"""A balance opened by cause: the lines always make the difference."""

from collections import defaultdict
from datetime import datetime, timedelta

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actors.ledger.chart import class_of
from actors.ledger.explain import CAUSES, cause_of
from actors.ledger.explain_queries import explained
from messages.ledger import EntryLine, Transaction
from messages.ledger_queries import Explain
from messages.wire import in_utc_milliseconds
from tests.ledger.asking import Ask, questions
from tests.ledger.book import START, Book, payment
from tests.ledger.stories import HISTORIES, Step, posted, told
from tests.ledger.tables import commit, states_of


def signed(line: EntryLine) -> int:
    row = class_of(line.account)
    assert row is not None
    return line.amount if line.side == row.normal_side else -line.amount


def between(
    book: Book, account: str, currency: str, since: datetime | None, until: datetime | None
) -> list[Transaction]:
    """Those that move the account, recorded in the span."""
    return [
        one
        for one in posted(book)
        if any((line.account, line.currency) == (account, currency) for line in one.entries)
        and (since is None or one.recorded_at >= since)
        and (until is None or one.recorded_at < until)
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES, span=st.tuples(st.none() | st.integers(0, 99), st.none() | st.integers(0, 99)))
async def test_the_lines_add_up_for_every_account_and_span(
    books: asyncpg.Connection, history: list[Step], span: tuple[int | None, int | None]
) -> None:
    # Given whatever history in real tables
    book = told(history)
    rolled_back = books.transaction()
    await rolled_back.start()
    try:
        await commit(books, states_of(book))
        length = book.now - START + timedelta(milliseconds=1)
        since, until = [None if part is None else in_utc_milliseconds(START + part * length // 99) for part in span]
        if since and until and since > until:
            since, until = until, since
        accounts = {(line.account, line.currency) for one in posted(book) for line in one.entries}
        # When each account is explained between two times
        for account, currency in accounts:
            await assert_adds_up(book, books, (account, currency), since, until)
    finally:
        await rolled_back.rollback()


async def assert_adds_up(
    book: Book,
    books: asyncpg.Connection,
    account: tuple[str, str],
    since: datetime | None,
    until: datetime | None,
) -> None:
    path, currency = account
    found = await explained(books, "demo", Explain(path=path, since=since, until=until), currency)
    # Then the lines are the difference, and each transaction is in exactly one of them
    assert found.opening + sum(line.amount for line in found.lines) == found.closing
    moved = between(book, path, currency, since, until)
    lines = [line for one in moved for line in one.entries if (line.account, line.currency) == account]
    assert found.closing - found.opening == sum(map(signed, lines))
    assert sum(line.count for line in found.lines) == len(moved)
    shown = [transaction for line in found.lines for transaction in line.transactions]
    assert len(shown) == len(set(shown))
    assert set(shown) <= {one.id for one in moved}


async def test_each_cause_has_its_line_with_what_is_behind_it(ask: Ask) -> None:
    # Given a wallet that was topped up, held from twice and confirmed once
    status, found = await ask("explain", path="liabilities:wallets:bob")
    # Then a top-up is no payment, and each line leads to the events and commands behind it
    lines = {line["cause"]: line for line in found["lines"]}
    assert (status, found["opening"], found["closing"], found["opening_at"]) == (200, 0, 3_700, None)
    assert {cause: (line["count"], line["amount"]) for cause, line in lines.items()} == {
        "top_up": (1, 5_000),
        "hold": (3, -1_300),
    }
    assert len(lines["top_up"]["events"]) == 1
    assert len(lines["hold"]["commands"]) == 3
    # And the clearing account knows a top-up from a sale as well
    _, clearing = await ask("explain", path="assets:psp:simulated:pending", currency="USD")
    assert {line["cause"]: line["amount"] for line in clearing["lines"]} == {"payment": 10_000, "top_up": 5_000}


async def test_a_line_shows_the_newest_twenty(books: asyncpg.Connection) -> None:
    book = Book()
    for number in range(23):
        book.now = START + timedelta(seconds=number)
        book.hear("payment.succeeded", payment(100, payment_id=f"pay_{number}"))
    await commit(books, states_of(book))
    _, found = await questions(books)("explain", path="income:sales", since=START + timedelta(seconds=1))
    [line] = found["lines"]
    assert (line["count"], line["amount"], line["has_more"]) == (22, 2_200, True)
    assert line["transactions"] == [one.id for one in reversed(posted(book))][:20]
    assert (found["opening"], found["closing"]) == (100, 2_300)


async def test_what_cannot_be_explained_says_why(ask: Ask) -> None:
    assert (await ask("explain", path="assets:moon"))[0] == 404
    status, body = await ask("explain", path="user:box")
    assert (status, body["code"]) == (400, "invalid_parameter")
    status, body = await ask("explain", path="income:sales", since=START, until=START - timedelta(seconds=1))
    assert (status, body["code"]) == (400, "invalid_parameter")


def test_every_source_that_posts_has_a_cause() -> None:
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    steps: list[Step] = [(step, 700, 90_000) for step in ("sale", "adjust", "convert", "invoice", "settle")]
    for one in posted(told(steps)):
        kinds[cause_of(one.source.type, one.source.kind.partition(":")[0], to_wallet=False)].add(one.source.type)
    assert set(kinds) == {"payment", "adjustment", "conversion", "invoice", "payout"}
    assert cause_of("payment", "fee", to_wallet=False) == "fee"
    assert cause_of("something_new", "x", to_wallet=False) == "something_new"
    assert "ledger_transaction" in CAUSES
