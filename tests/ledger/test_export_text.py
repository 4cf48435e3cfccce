"""What people write stays text, whatever it looks like, and each account keeps a name of its own."""

import csv
import io
import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from actors.ledger.chart import CHART
from actors.ledger.export_beancount import BEANCOUNT, account_of
from actors.ledger.export_csv import COLUMNS, CSV, cell
from actors.ledger.export_hledger import HLEDGER
from actors.ledger.export_rows import Exported, Format, Line, Standing, in_one_line, visible
from messages.envelope import Reply
from messages.ledger_queries import ExportedText
from messages.wire import json_of
from tests.ledger.accounting_tools import bean_check, beancount_says, hledger, hledger_transactions
from tests.ledger.export_story import TRAPS

DAY = "2026-11-22"
LINES = [Line("user:a", "USD", 100, 100), Line("user:b", "USD", -100, -100)]
OURS = {"id", "leaf", "source", "effective", "recorded", "metadata"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60)


def exported(number: int, text: str = "", metadata: dict[str, str] | None = None) -> Exported:
    """A transaction by hand."""
    name, moment = f"txn_{number}", f"{DAY}T10:00:00.000Z"
    source = ("manual", name, "posted")
    unknown = (None, None, None, None, None, None)
    return Exported(number, name, moment, moment, *source, *unknown, (), text, to_json(metadata or {}).decode())


def journal(format_: Format, texts: list[str]) -> str:
    """A transaction per text, which is its description and a value and a key of its metadata."""
    standings = [Standing(line.account, line.currency, line.debit * len(texts)) for line in LINES]
    transactions = [exported(n, text, {"note": text, text[:40]: "x"}) for n, text in enumerate(texts)]
    return "".join(
        [
            format_.begin(["USD"]) + format_.accounts(standings),
            *(format_.transaction(transaction, LINES) for transaction in transactions),
            format_.begin_closing(DAY) + format_.closing(DAY, standings) + format_.end(len(texts)),
        ]
    )


def must_be_text_to_hledger(texts: list[str]) -> None:
    written = journal(HLEDGER, texts)
    hledger(written, "check", "--strict")
    read = hledger_transactions(written)
    assert [each["tcode"] for each in read] == [*(f"txn_{n}" for n in range(len(texts))), "closing"]
    for number, (text, each) in enumerate(zip(texts, read, strict=False)):
        tags = each["ttags"]
        assert {name for name, _ in tags} == OURS
        assert [value for name, value in tags if name == "id"] == [f"txn_{number}"]
        assert f"note={in_one_line(text).replace(',', chr(92) + 'u002c')}".strip() in [value for _, value in tags]
        assert each["tdate"] == DAY
        assert [posting["pdate"] for posting in each["tpostings"]] == [None, None]


def must_be_text_to_beancount(texts: list[str]) -> None:
    read = beancount_says(journal(BEANCOUNT, texts))["transactions"]
    assert len(read) == len(texts)
    for number, (text, each) in enumerate(zip(texts, read, strict=True)):
        assert each["narration"] == in_one_line(text)
        assert each["meta"]["id"] == f"txn_{number}"
        assert from_json(each["meta"]["metadata"])["note"] == text


def must_be_text_to_a_spreadsheet(texts: list[str]) -> None:
    rows = list(csv.reader(io.StringIO(journal(CSV, texts), newline="")))
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert len(rows) == 1 + 2 * len(texts) + len(LINES) + 1
    shown = [row[COLUMNS.index("description")] for row in rows[1 : 1 + 2 * len(texts)]]
    for text, first, second in zip(texts, shown[::2], shown[1::2], strict=True):
        assert not first.lstrip().startswith(("=", "+", "-", "@"))
        assert (first.removeprefix("'"), second) == (in_one_line(text).removeprefix("'"), "")


def test_what_looks_like_a_journal_is_text_to_all_three():
    texts = list(TRAPS)
    must_be_text_to_hledger(texts)
    must_be_text_to_beancount(texts)
    must_be_text_to_a_spreadsheet(texts)


@settings(max_examples=10, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_any_text_is_text_to_all_three(texts: list[str]):
    must_be_text_to_hledger(texts)
    must_be_text_to_beancount(texts)
    must_be_text_to_a_spreadsheet(texts)


@given(st.text())
def test_a_text_in_one_line_can_be_read_back(text: str):
    shown = in_one_line(text)
    assert shown.isprintable()
    assert from_json('"' + shown.replace('"', '\\"') + '"') == text


@given(st.dictionaries(st.text(), st.text()))
def test_json_that_is_made_visible_says_the_same(metadata: dict[str, str]):
    shown = visible(to_json(metadata).decode())
    assert shown.isprintable()
    assert from_json(shown) == metadata


def test_different_paths_have_different_names():
    segments = ["".join(letters) for length in (1, 2, 3) for letters in product("XYau0_-", repeat=length)]
    names = {account_of(f"user:{segment}") for segment in segments}
    assert len(names) == len(segments)
    assert all(re.fullmatch(r"Equity:User:[A-Z0-9][A-Za-z0-9-]*", name) for name in names)


def test_every_row_of_the_chart_has_a_name_of_its_own(tmp_path: Path):
    paths = [row.pattern.replace("**", "a_b:C-d").replace("*", "a_b") for row in CHART]
    names = {account_of(path) for path in paths}
    assert len(names) == len(CHART)
    assert bean_check(BEANCOUNT.accounts([Standing(path, "USD", 0) for path in paths]), tmp_path) == ""
    with pytest.raises(ValueError, match="no account"):
        account_of("assets:moon")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "  =1", "\uff1d1"])
def test_a_spreadsheet_runs_nothing(text: str):
    assert cell(text).startswith("\"'")


@pytest.mark.parametrize("format_", [HLEDGER, BEANCOUNT, CSV])
def test_the_largest_transaction_fits_into_a_reply(format_: Format):
    # Given 1,000 postings on long paths, and as much text as may be
    long = [Line(f"user:{'a' * 64}:{'b' * 64}:{'c' * 64}:{n:055}", "USD", 2**53 - 1, 2**53 - 1) for n in range(1_000)]
    metadata = {f"{n:040}": '"' * 500 for n in range(50)}
    text = format_.transaction(exported(1, '"' * 500, metadata), long)
    # Then
    reply = Reply(body=json_of(ExportedText(as_of=1, text=text)))
    assert len(reply.model_dump_json().encode()) < 900_000
