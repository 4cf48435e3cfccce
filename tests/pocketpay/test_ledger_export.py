"""A file with books in it is a whole one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from messages.ledger_queries import ExportedText, ExportPage
from pocketpay.ledger import export
from storage.migrate import VERIFIER
from tests.ledger.tables import busy_book, commit, states_of


@pytest.fixture
async def books(database_as: Callable[[str], str]) -> str:
    """URL, as the role that may only look, of a database with a busy book."""
    connection = await asyncpg.connect(database_as("pocketpay_ledger"), timeout=10)
    await commit(connection, states_of(busy_book()))
    await connection.close(timeout=10)
    return database_as(VERIFIER)


async def test_an_export_replaces_the_file_that_was_there(books: str, tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text("old")

    await export.write_file(books, "demo", ExportPage(format="csv"), path)

    text = path.read_bytes().decode()
    assert (text[:5], text.splitlines()[-1][:4]) == ("kind,", "end,")
    assert list(tmp_path.iterdir()) == [path]


async def test_an_export_that_breaks_off_leaves_the_old_file(
    books: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a database that goes away after a page
    whole, asked = export.exported, []

    async def once(*of: Any) -> ExportedText:
        asked.append(of)
        if len(asked) > 1:
            raise asyncpg.ConnectionDoesNotExistError("gone")
        return await whole(*of)

    monkeypatch.setattr(export, "exported", once)
    path = tmp_path / "books.csv"
    path.write_text("old")
    # When
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await export.write_file(books, "demo", ExportPage(format="csv"), path)
    # Then
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
