"""`pocketpay ledger explain`, with the role that may only look."""

import json
from collections.abc import Callable

import asyncpg
import pytest
from typer.testing import CliRunner

from messages.ledger_queries import Explain
from pocketpay.ledger.explaining import CannotExplainError, explained, in_lines
from pocketpay.main import app
from storage.migrate import VERIFIER
from tests.ledger.tables import busy_book, commit, states_of


@pytest.fixture
async def dsn(books: asyncpg.Connection, database_as: Callable[[str], str]) -> str:
    """Of busy books, as the verifier."""
    await commit(books, states_of(busy_book()))
    return database_as(VERIFIER)


async def test_a_balance_is_opened_in_words(dsn: str) -> None:
    found = await explained(dsn, "demo", Explain(path="liabilities:wallets:bob"))
    lines = in_lines(found)
    assert [line.split()[-2:] for line in lines] == [
        ["0.00", "USD"],
        ["-13.00", "USD"],
        ["50.00", "USD"],
        ["37.00", "USD"],
    ]
    assert lines[0].startswith("balance at the beginning ")
    assert lines[1].startswith("  hold, 3 transactions ")
    assert lines[2].startswith("  top up, 1 transaction ")


async def test_what_cannot_be_explained_is_an_error_with_its_reason(dsn: str) -> None:
    for path, why in [("assets:moon", "The chart has no account"), ("user:box", "Name the currency")]:
        with pytest.raises(CannotExplainError, match=why):
            await explained(dsn, "demo", Explain(path=path))


def test_a_time_or_currency_that_is_none_is_wrong_usage() -> None:
    for wrong, why in [(["--from", "yesterday"], "yesterday"), (["--currency", "xyz"], "no currency such as")]:
        ended = CliRunner().invoke(app, ["ledger", "explain", "income:sales", *wrong])
        assert (ended.exit_code, why in ended.output) == (2, True)


async def test_the_command_answers_for_programs(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    monkeypatch.setenv("POCKETPAY_DATABASE_URL", dsn)
    arguments = ["ledger", "explain", "income:sales", "--to", "2026-12-01", "--json"]
    ended = await asyncio.to_thread(CliRunner().invoke, app, arguments)
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.output)["closing"] == 8_703
    ended = await asyncio.to_thread(CliRunner().invoke, app, ["ledger", "explain", "moon"])
    assert (ended.exit_code, ended.output) == (1, "The chart has no account moon.\n")
