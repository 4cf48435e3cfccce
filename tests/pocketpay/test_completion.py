"""The shell asks the program what can follow what is typed."""

import pytest
from typer.testing import CliRunner

from pocketpay.commands.completing import processes
from pocketpay.main import app
from pocketpay.serve import PROCESSES


def offered(typed: str) -> set[str]:
    """As bash asks: the whole line, and which of its words is to be completed."""
    asking = {"_POCKETPAY_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split(" ")) - 1)}
    return set(CliRunner().invoke(app, [], prog_name="pocketpay", env=asking).stdout.split())


@pytest.mark.parametrize(
    ("typed", "some"),
    [
        ("pocketpay st", {"status"}),
        ("pocketpay ledger re", {"rebuild"}),
        ("pocketpay status --js", {"--json"}),
        ("pocketpay serve led", {"ledger"}),
        ("pocketpay up --provider s", {"simulated", "stripe"}),
        ("pocketpay ledger export --format ", {"hledger", "beancount", "csv"}),
        ("pocketpay keys create --scope refunds", {"refunds:read", "refunds:write"}),
    ],
)
def test_what_is_begun_is_completed(typed: str, some: set[str]) -> None:
    assert offered(typed) == some


def test_all_processes_are_offered() -> None:
    assert set(processes()) == set(PROCESSES)


def test_a_shell_gets_a_script_that_asks_this_program() -> None:
    script = CliRunner().invoke(
        app, [], prog_name="pocketpay", env={"_POCKETPAY_COMPLETE": "source_bash", "_TYPER_COMPLETE_ARGS": ""}
    )
    assert (script.exit_code, "_POCKETPAY_COMPLETE=complete_bash" in script.stdout) == (0, True)
