"""The books of a running system, at the door and from the command line, as accounting programs take them."""

from pathlib import Path

from tests.ledger.accounting_tools import bean_check, beancount_balances, hledger, hledger_balances
from tests.walks.system import System
from tests.walks.test_wallet_money import top_up


async def exported(system: System, name: str, position: str) -> str:
    path = "/api/v1/ledger/export"
    async with system.http.get(path, params={"format": name, "min_position": position}) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_the_door_and_the_command_line_give_the_same_books(system: System, tmp_path: Path) -> None:
    # Given
    filled = await top_up(system, "export_1", 1234)
    # When
    by_http = await exported(system, "hledger", filled.position)
    code, said = await system.command("ledger", "export")
    # Then
    hledger(by_http, "check", "--strict")
    assert hledger_balances(by_http)["liabilities:wallets:export_1", "USD"] == "-12.34"
    assert code == 0
    assert hledger_balances(said).items() >= {(("liabilities:wallets:export_1", "USD"), "-12.34")}
    # And into a file
    path = tmp_path / "books.beancount"
    code, _ = await system.command("ledger", "export", "--format", "beancount", "-o", str(path))
    assert (code, [file.name for file in tmp_path.iterdir()]) == (0, [path.name])
    journal = path.read_text()
    assert bean_check(journal, tmp_path) == ""
    assert beancount_balances(journal)["liabilities:wallets:export_1", "USD"] == "-12.34"


async def test_a_wish_of_the_command_line_that_cannot_be_is_wrong_usage(system: System) -> None:
    for wish in (["--format", "xls"], ["--from", "2026-11-02", "--to", "2026-11-01"], ["--from", "yesterday"]):
        assert (await system.command("ledger", "export", *wish))[0] == 2
