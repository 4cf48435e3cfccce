"""A bar shows how far long work has come, on a terminal alone."""

from io import StringIO

import pytest
from rich.console import Console

from pocketpay.progress import bar


@pytest.fixture(autouse=True)
def _no_dumb_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


def written(*, terminal: bool, hidden: bool = False) -> str:
    out = StringIO()
    console = Console(file=out, force_terminal=terminal, width=80, color_system=None)
    with bar("the invariants", hidden=hidden, console=console) as progress:
        progress(1, 4)
        progress(3, 4)
    return out.getvalue()


def test_on_a_terminal_the_last_state_was_shown() -> None:
    assert "the invariants" in written(terminal=True)
    assert " 75%" in written(terminal=True)


def test_elsewhere_nothing_is_written() -> None:
    assert written(terminal=False) == ""


def test_it_hides_where_it_would_stand_in_the_answer() -> None:
    assert written(terminal=True, hidden=True) == ""


def test_how_much_it_will_be_may_be_unknown() -> None:
    out = StringIO()
    with bar("the journal", in_bytes=True, console=Console(file=out, force_terminal=True, width=80)) as progress:
        progress(2_000, None)
    assert "2.0" in out.getvalue()
