"""Documents that follow from the code are those that the code gives now."""

import re
from pathlib import Path

import pytest

from actors.ledger.balances import check_shape
from scripts import command_pages, generated, postings


def test_generated_documents_are_up_to_date() -> None:
    assert generated.stale() == [], "run `make generated` and commit what it writes"


def test_the_table_of_postings_is_what_the_rules_give() -> None:
    assert postings.PAGE.read_text() == postings.page(), "run `make generated` and commit what it writes"


def test_the_page_of_commands_is_what_the_program_has() -> None:
    text = command_pages.PAGE.read_text()
    assert text == command_pages.page(text), "run `make generated` and commit what it writes"


def test_every_example_of_a_posting_balances() -> None:
    for example in postings.examples():
        check_shape(tuple(example.postings))


def test_a_stale_a_missing_and_a_left_over_document_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated, "DOCS", tmp_path)
    generated.write()
    assert generated.stale() == []
    (tmp_path / "openapi.json").write_text("{}")
    (tmp_path / "messages.md").unlink()
    (tmp_path / "schemas" / "command.gold.make.json").write_text("{}")
    assert generated.stale() == ["messages.md", "openapi.json", "schemas/command.gold.make.json"]


def test_every_link_in_the_page_of_messages_leads_to_a_heading() -> None:
    page = (generated.DOCS / "messages.md").read_text()
    headings = {line.removeprefix("### ").lower() for line in page.splitlines() if line.startswith("### ")}
    assert set(re.findall(r"\]\(#([a-z]+)\)", page)) <= headings
